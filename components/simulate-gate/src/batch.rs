//! Many subjects at once: each is decided by itself, by one or two sets of policies, and the store is
//! asked once for the results and once for the waivers of all of them.

use crate::READS;
use crate::lines::told_json;
use endpoint::gates::remote;
use gate::simulate::body::{ListedSubject, MAX_NAME_CHARS, Simulation};
use gate::simulate::verdict::Verdict;
use gate::{
    DecisionRequest, Evaluation, Facts, GateConfig, Plan, PolicySet, QueryResults, ResultRead,
    Subject, Waiver,
};
use http_edge::{Error, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most subjects of a batch.
pub const MAX_SUBJECTS: usize = 200;
/// A batch in which so many requirements were planned takes no more subjects.
const MANY_STEPS: usize = 50_000;

/// What each side says of a subject, or why that can't be told.
pub type Decided = std::result::Result<Vec<Verdict>, String>;

/// Whether there is no time left.
pub type IsLate<'t> = &'t dyn Fn() -> bool;

/// What all decisions of a simulation have in common.
pub struct Batches<'s> {
    /// The policies to decide by, one after the other.
    pub sides: Vec<&'s PolicySet>,
    /// What is asked.
    pub asked: &'s Simulation,
    /// Decide as of this time, µs since the epoch; none for now.
    pub when_us: Option<i64>,
    /// When to stop: it then ends with fewer subjects.
    pub is_late: IsLate<'s>,
}

impl Batches<'_> {
    /// Decides about the first of these subjects, as many as fit; at least one.
    ///
    /// # Errors
    /// What the store returns.
    pub async fn decide(&self, subjects: &[ListedSubject]) -> Result<Vec<Decided>> {
        let config = GateConfig::default();
        let requests: Vec<Vec<DecisionRequest>> = subjects
            .iter()
            .take(MAX_SUBJECTS)
            .map(|subject| self.requests(subject))
            .collect();
        let plans = self.plans(&config, &requests).await;
        let reads = reads(&plans);
        let results = READS.results_of(plans.len(), &reads, &config.distinct_on, self.when_us)?;
        let mut judged = Vec::with_capacity(plans.len());
        for (plans, results) in plans.into_iter().zip(&results) {
            judged.push(plans.and_then(|plans| judge(plans, results)));
        }
        let wanted: BTreeSet<gate::WaiverFilter> = judged
            .iter()
            .flatten()
            .flatten()
            .filter_map(|judged| judged.as_ref().ok())
            .flat_map(Evaluation::waiver_filters)
            .collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let waivers = READS.waivers_of(&wanted, self.when_us)?;
        let mut by_item: BTreeMap<String, Vec<Waiver>> = BTreeMap::new();
        for waiver in waivers {
            let list = by_item.entry(waiver.subject_identifier.clone());
            list.or_default().push(waiver);
        }
        let subjects = subjects.iter().zip(judged);
        Ok(subjects
            .map(|(subject, judged)| settle(judged?, by_item.get(&subject.item)))
            .collect())
    }

    /// The question about one subject, for each side: its subject types may be others.
    fn requests(&self, subject: &ListedSubject) -> Vec<DecisionRequest> {
        let request = |policies: &&PolicySet| DecisionRequest {
            product_version: self.asked.product_version.clone(),
            decision_contexts: self.asked.contexts.clone(),
            on_demand: None,
            subjects: vec![Arc::new(Subject {
                subject_type: policies.subject_type(&subject.kind),
                identifier: subject.item.clone(),
            })],
            verbose: false,
            ignore_result: BTreeSet::new(),
            ignore_waiver: BTreeSet::new(),
            when_us: self.when_us,
        };
        self.sides.iter().map(request).collect()
    }

    /// The plans of each subject, of as many as fit.
    async fn plans<'r>(
        &self,
        config: &'r GateConfig,
        requests: &'r [Vec<DecisionRequest>],
    ) -> Vec<std::result::Result<Vec<Plan<'r>>, String>> {
        let facts = remote::facts_of_now();
        let (mut plans, mut steps, mut in_need) = (Vec::new(), 0_usize, Vec::new());
        for (index, requests) in requests.iter().enumerate() {
            if index > 0 && (steps > MANY_STEPS || (self.is_late)()) {
                break;
            }
            if is_too_long(requests) {
                plans.push(Err(format!(
                    "The name of the subject is longer than {MAX_NAME_CHARS} characters"
                )));
                continue;
            }
            let planned = self.plan(config, requests, &facts);
            let subjects = planned.iter().flat_map(Plan::subjects);
            steps = steps.saturating_add(subjects.map(|one| one.steps.len()).sum());
            if planned.iter().any(needs_facts) {
                in_need.push(index);
            }
            plans.push(Ok(planned));
        }
        self.meet_needs(config, requests, &in_need, facts, &mut plans)
            .await;
        plans
    }

    fn plan<'r>(
        &self,
        config: &'r GateConfig,
        requests: &'r [DecisionRequest],
        facts: &Facts,
    ) -> Vec<Plan<'r>> {
        let sides = self.sides.iter().zip(requests);
        sides
            .map(|(policies, request)| gate::plan_anyway(policies, config, request, facts))
            .collect()
    }

    /// Makes the plans of these subjects anew with what only the world outside knows: looked up for
    /// all at once, and if that fails for each alone, so that one failure is not everybody's.
    async fn meet_needs<'r>(
        &self,
        config: &'r GateConfig,
        requests: &'r [Vec<DecisionRequest>],
        in_need: &[usize],
        mut facts: Facts,
        plans: &mut [std::result::Result<Vec<Plan<'r>>, String>],
    ) {
        let alone = facts.clone();
        let of = |index: &usize| requests.get(*index).map(Vec::as_slice).unwrap_or_default();
        let is_met = match in_need {
            [] => return,
            [_] => false,
            _ => {
                let all: Vec<_> = in_need.iter().map(of).collect();
                self.look_up(&mut facts, config, &together(&all))
                    .await
                    .is_ok()
            }
        };
        for index in in_need {
            let Some(place) = plans.get_mut(*index) else {
                continue;
            };
            let mut own = alone.clone();
            *place = match is_met {
                true => Ok(self.plan(config, of(index), &facts)),
                false if (self.is_late)() => Err("There was no time left to look it up".to_owned()),
                false => self
                    .look_up(&mut own, config, of(index))
                    .await
                    .map(|()| self.plan(config, of(index), &own))
                    .map_err(reason),
            };
        }
    }

    async fn look_up(
        &self,
        facts: &mut Facts,
        config: &GateConfig,
        requests: &[DecisionRequest],
    ) -> Result<()> {
        for (policies, request) in self.sides.iter().zip(requests) {
            remote::add_facts(facts, policies, config, request).await?;
        }
        Ok(())
    }
}

fn is_too_long(requests: &[DecisionRequest]) -> bool {
    let mut subjects = requests.iter().flat_map(|request| &request.subjects);
    subjects.any(|subject| {
        let names = [&subject.identifier, &subject.subject_type.id];
        names
            .iter()
            .any(|name| name.chars().count() > MAX_NAME_CHARS)
    })
}

fn needs_facts(plan: &Plan<'_>) -> bool {
    !plan.remote_needs().is_empty()
        || !plan.creation_time_needs().is_empty()
        || !plan.informative_creation_time_needs().is_empty()
}

/// One question about the subjects of several, for each side.
fn together(all: &[&[DecisionRequest]]) -> Vec<DecisionRequest> {
    let mut together = all.first().map(|first| first.to_vec()).unwrap_or_default();
    for requests in all.iter().skip(1) {
        for (whole, one) in together.iter_mut().zip(*requests) {
            whole.subjects.extend(one.subjects.iter().cloned());
        }
    }
    together
}

/// What a client would have been told of a decision that failed so.
fn reason(error: Error) -> String {
    let body = told_json(error);
    let message = body.get("message").and_then(Value::as_str);
    message.unwrap_or("It can't be told why").to_owned()
}

/// What is to be read for all plans: alike test cases for all, as the store answers such questions by
/// one statement.
fn reads(plans: &[std::result::Result<Vec<Plan<'_>>, String>]) -> Vec<ResultRead> {
    let mut reads: Vec<ResultRead> = Vec::new();
    let mut testcases = BTreeSet::new();
    for (index, plans) in plans.iter().enumerate() {
        for read in plans.iter().flatten().flat_map(Plan::reads) {
            testcases.extend(read.testcases.into_iter().flatten());
            match reads.last_mut().filter(|last| last.subject == index) {
                Some(last) => {
                    let known = |query: &_| last.queries.contains(query);
                    let new: Vec<_> = read.queries.into_iter().filter(|one| !known(one)).collect();
                    last.queries.extend(new);
                }
                None => reads.push(ResultRead {
                    subject: index,
                    queries: read.queries,
                    testcases: None,
                }),
            }
        }
    }
    for read in &mut reads {
        read.testcases = Some(testcases.iter().cloned().collect());
    }
    reads
}

/// A side's plan with its results, or what it says where no policy applies.
type Judged<'r> = std::result::Result<Evaluation<'r>, Verdict>;

fn judge<'r>(
    plans: Vec<Plan<'r>>,
    found: &'r Vec<QueryResults>,
) -> std::result::Result<Vec<Judged<'r>>, String> {
    let judge = |plan: Plan<'r>| match plan.refusal() {
        Some(refusal) => Ok(Err(Verdict::without_policy(refusal))),
        None => plan
            .evaluate(std::slice::from_ref(found))
            .map(Ok)
            .map_err(|error| error.to_string()),
    };
    plans.into_iter().map(judge).collect()
}

fn settle(sides: Vec<Judged<'_>>, waivers: Option<&Vec<Waiver>>) -> Decided {
    let waivers = waivers.map(Vec::as_slice).unwrap_or_default();
    let settle = |side: Judged<'_>| {
        let verdict = match side {
            Ok(evaluation) => evaluation.apply_waivers(waivers).into(),
            Err(verdict) => verdict,
        };
        match verdict.obstacle() {
            Some(reason) => Err(reason),
            None => Ok(verdict),
        }
    };
    sides.into_iter().map(settle).collect()
}

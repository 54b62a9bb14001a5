//! The plan of a decision: which policies apply to which subject and why, what they come down to, and what has to be read to judge it.
//! No result or waiver is looked at here.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use foldhash::HashSet;

use super::expand::expand;
use super::facts::Facts;
use super::request::DecisionRequest;
use super::step::Step;
use crate::domain::config::GateConfig;
use crate::domain::policy::{Mismatch, Policy, PolicyMatch};
use crate::domain::records::{ERROR_REASON, SCENARIO};
use crate::domain::subject::{ResultQuery, Subject};
use crate::domain::subject_type::SubjectType;
use crate::load::policy_set::PolicySet;

/// Why there is no plan. `Display` is the `message` of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// No policy applies to a subject, and its type does not put up with that.
    NoApplicablePolicies {
        /// Id of the subject's type.
        subject_type: String,
        /// The contexts asked for.
        decision_contexts: Vec<String>,
        /// The product version asked for.
        product_version: String,
    },
}

impl PlanError {
    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoApplicablePolicies { .. } => 404,
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::NoApplicablePolicies {
            subject_type,
            decision_contexts,
            product_version,
        } = self;
        let contexts = decision_contexts.join(" ");
        write!(
            out,
            "Found no applicable policies for {subject_type} subjects at gating point(s) {contexts} in {product_version}"
        )
    }
}

impl std::error::Error for PlanError {}

/// What is to be done for one subject.
#[derive(Clone, Debug)]
pub struct SubjectPlan {
    /// The subject.
    pub subject: Arc<Subject>,
    /// All policies there are, in order, each with why it applies or not. Subjects of one type share the list.
    pub considered: Arc<[Considered]>,
    /// What the policies come down to, in order.
    pub steps: Vec<Step>,
}

/// A policy that was looked at, and whether it applies to subjects of a type.
#[derive(Clone, Debug)]
pub struct Considered {
    /// The policy.
    pub policy: Arc<Policy>,
    /// What made it apply, or why it doesn't.
    pub matched: Result<PolicyMatch, Mismatch>,
}

impl SubjectPlan {
    /// The policies that apply, in order, each with what made it apply.
    pub fn policies(&self) -> impl Iterator<Item = (&Arc<Policy>, &PolicyMatch)> {
        applying(&self.considered)
    }

    /// Whether any policy applies. Without one, a subject takes no part in the decision, if its type puts up with that.
    pub fn takes_part(&self) -> bool {
        self.policies().next().is_some()
    }
}

fn applying(considered: &[Considered]) -> impl Iterator<Item = (&Arc<Policy>, &PolicyMatch)> {
    considered
        .iter()
        .filter_map(|one| Some((&one.policy, one.matched.as_ref().ok()?)))
}

/// Results to read for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRead {
    /// Index of the subject in the plan, and of what is found in the argument of `evaluate`.
    pub subject: usize,
    /// The data queries, each of which has results of its own.
    pub queries: Vec<ResultQuery>,
    /// Names of the test cases needed, each once; none for all.
    pub testcases: Option<Vec<String>>,
}

/// The data keys of results that a decision looks at, but for an explanation: the others may be left out.
pub fn data_keys(distinct_on: &[String]) -> BTreeSet<&str> {
    let keys = distinct_on.iter().map(String::as_str);
    keys.chain([SCENARIO, ERROR_REASON]).collect()
}

/// A remote rule whose file should be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteNeed {
    /// The subject it is for.
    pub subject: Arc<Subject>,
    /// The rule's own URL templates; empty for the configured ones.
    pub sources: Vec<String>,
    /// Whether only informative rules ask for it. Then a look-up that fails must not fail the decision, but become a fact.
    pub informative: bool,
}

/// The plan of a decision.
#[derive(Clone, Debug)]
pub struct Plan<'r> {
    pub(crate) request: &'r DecisionRequest,
    pub(crate) config: &'r GateConfig,
    subjects: Vec<SubjectPlan>,
    remote_needs: Vec<RemoteNeed>,
    creation_time_needs: BTreeSet<String>,
    informative_creation_time_needs: BTreeSet<String>,
    needs_now: bool,
    refusal: Option<PlanError>,
}

/// Plans a decision while no facts are known.
pub fn plan<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
) -> Result<Plan<'r>, PlanError> {
    plan_with(policies, config, request, &Facts::default())
}

/// Plans a decision. If the plan has needs, look them up, add the facts and plan again.
pub fn plan_with<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
    facts: &Facts,
) -> Result<Plan<'r>, PlanError> {
    let plan = plan_anyway(policies, config, request, facts);
    match plan.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(plan),
    }
}

/// Plans a decision even if there will be none because a subject has no applicable policies: the plan still says why.
pub fn plan_anyway<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
    facts: &Facts,
) -> Plan<'r> {
    let mut plan = Plan {
        request,
        config,
        subjects: Vec::new(),
        remote_needs: Vec::new(),
        creation_time_needs: BTreeSet::new(),
        informative_creation_time_needs: BTreeSet::new(),
        needs_now: false,
        refusal: None,
    };
    // Greenwave makes an on-demand policy for each subject and applies all of them to all subjects, which only repeats `excluded` answers.
    // Here it is one policy.
    let candidates = request
        .on_demand
        .as_ref()
        .map_or_else(|| policies.policies(), std::slice::from_ref);
    let mut by_type: Vec<(&SubjectType, Arc<[Considered]>)> = Vec::new();
    for subject in &request.subjects {
        let known = by_type
            .iter()
            .find(|(subject_type, _)| *subject_type == &*subject.subject_type);
        let considered = known.map(|(_, considered)| considered.clone());
        let considered = considered.unwrap_or_else(|| {
            let considered = consider(candidates, request, subject);
            by_type.push((&subject.subject_type, considered.clone()));
            considered
        });
        plan.add(subject, considered, facts);
    }
    plan
}

/// Whether each policy applies to subjects of this type: which subject it is makes no difference.
fn consider(
    candidates: &[Arc<Policy>],
    request: &DecisionRequest,
    subject: &Subject,
) -> Arc<[Considered]> {
    let consider = |policy: &Arc<Policy>| Considered {
        policy: policy.clone(),
        matched: policy.matches(
            &request.decision_contexts,
            &request.product_version,
            subject,
        ),
    };
    candidates.iter().map(consider).collect()
}

impl Plan<'_> {
    fn add(&mut self, subject: &Arc<Subject>, considered: Arc<[Considered]>, facts: &Facts) {
        let request = self.request;
        let applying = applying(&considered).map(|(policy, _)| policy);
        let expanded = expand(request, subject, applying, facts);
        self.remote_needs.extend(expanded.remote_needs);
        if expanded.needs_creation_time {
            self.creation_time_needs.insert(subject.identifier.clone());
        }
        if expanded.informs_by_creation_time {
            let needs = &mut self.informative_creation_time_needs;
            needs.insert(subject.identifier.clone());
        }
        self.needs_now |= expanded.needs_now;
        let planned = SubjectPlan {
            subject: subject.clone(),
            considered,
            steps: expanded.steps,
        };
        let is_refused = !planned.takes_part() && !subject.subject_type.ignore_missing_policy;
        if is_refused && self.refusal.is_none() {
            self.refusal = Some(PlanError::NoApplicablePolicies {
                subject_type: subject.subject_type.id.clone(),
                decision_contexts: request.decision_contexts.clone(),
                product_version: request.product_version.clone(),
            });
        }
        self.subjects.push(planned);
    }
}

impl Plan<'_> {
    /// What is to be done for each subject, in the order of the request.
    pub fn subjects(&self) -> &[SubjectPlan] {
        &self.subjects
    }

    /// Remote rules with unknown files. A decision made without looking for them fails.
    pub fn remote_needs(&self) -> &[RemoteNeed] {
        &self.remote_needs
    }

    /// Identifiers of builds whose creation time is unknown and would matter for what closes the gate.
    pub fn creation_time_needs(&self) -> &BTreeSet<String> {
        &self.creation_time_needs
    }

    /// The same for informative rules. A look-up that only these need must not fail the decision, but become a fact.
    pub fn informative_creation_time_needs(&self) -> &BTreeSet<String> {
        &self.informative_creation_time_needs
    }

    /// Whether it matters what time it is, and nobody said.
    pub fn needs_now(&self) -> bool {
        self.needs_now
    }

    /// Why there will be no decision; only of a plan made anyway.
    pub fn refusal(&self) -> Option<&PlanError> {
        self.refusal.as_ref()
    }

    /// The results needed; a subject that needs none is left out. For each query and test case at least the latest of each combination of
    /// `distinct_on` up to `when_us` must come back; more may.
    pub fn reads(&self) -> Vec<ResultRead> {
        let mut reads = Vec::new();
        for (index, planned) in self.subjects.iter().enumerate() {
            let mut seen = HashSet::default();
            let testcases = planned.steps.iter().filter_map(Step::testcase);
            let testcases = testcases.filter(|testcase| seen.insert(*testcase));
            let testcases: Vec<String> = testcases.map(str::to_owned).collect();
            if planned.takes_part() && (self.request.verbose || !testcases.is_empty()) {
                let testcases = (!self.request.verbose).then_some(testcases);
                reads.push(ResultRead {
                    subject: index,
                    queries: planned.subject.result_queries(),
                    testcases,
                });
            }
        }
        reads
    }

    /// Data keys that tell results of one test case apart.
    pub fn distinct_on(&self) -> &[String] {
        &self.config.distinct_on
    }

    /// Latest time that counts, inclusive, µs since the epoch; none for now.
    pub fn when_us(&self) -> Option<i64> {
        self.request.when_us
    }

    /// Ids of the applicable policies, in order, again for each subject. None for on-demand rules.
    pub fn applicable_policies(&self) -> Option<Vec<String>> {
        let ids = self
            .subjects
            .iter()
            .flat_map(SubjectPlan::policies)
            .filter_map(|(policy, _)| policy.id.clone());
        self.request.on_demand.is_none().then(|| ids.collect())
    }

    /// Whether any step is informative.
    pub(crate) fn asks_informatively(&self) -> bool {
        let mut steps = self.subjects.iter().flat_map(|planned| &planned.steps);
        steps.any(|step| step.informative)
    }
}

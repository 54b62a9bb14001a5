//! Judges results: every step of a plan becomes answers. Waivers come afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::answer::{Answer, AnswerKind, ResultAnswer};
use super::latest::{Latest, finds};
use super::plan::{Plan, SubjectPlan};
use super::step::{Step, StepKind};
use super::waive::{WaiverFilter, WaiverQuery};
use crate::domain::config::{GateConfig, OutcomeClass};
use crate::domain::policy::{PassingTestCaseRule, Policy, Rule};
use crate::domain::records::TestResult;
use crate::domain::subject::Subject;

/// Why a plan cannot be judged. `Display` is the `message` of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvaluateError {
    /// A remote rule whose file nobody looked for, or nobody could for lack of configuration.
    RemoteRuleUnknown {
        /// Id of the subject's type, for the log.
        subject_type: String,
        /// The subject, for the log.
        subject_identifier: String,
    },
}

impl EvaluateError {
    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::RemoteRuleUnknown { .. } => 502,
        }
    }
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::RemoteRuleUnknown { .. } = self;
        out.write_str("Unexpected error while fetching remote policies")
    }
}

impl std::error::Error for EvaluateError {}

/// A plan with its results judged: the trace from which the decision is made, and its explanation.
#[derive(Clone, Debug)]
pub struct Evaluation<'r> {
    pub(crate) plan: Plan<'r>,
    /// For each subject of the plan.
    pub(crate) subjects: Vec<JudgedSubject<'r>>,
    /// In the order of subjects and their steps.
    pub(crate) answers: Vec<Answer>,
    pub(crate) result_ids: Option<Vec<i64>>,
}

/// What was made of the results of one subject.
#[derive(Clone, Debug)]
pub(crate) struct JudgedSubject<'r> {
    /// All that were handed over.
    pub results: &'r [TestResult],
    /// The latest for each query, with what they stand for.
    pub by_query: Vec<Latest<'r>>,
    /// The same in the order of the queries, each newest first; those the request ignores are still among them.
    pub latest: Vec<&'r TestResult>,
    /// For each step the range of its answers.
    pub answers: Vec<Range<usize>>,
}

impl<'r> Plan<'r> {
    /// Judges the results. `results` has one list for each subject of the plan, at its index; a missing list is empty. Results nobody asked
    /// for do no harm.
    pub fn evaluate(self, results: &'r [Vec<TestResult>]) -> Result<Evaluation<'r>, EvaluateError> {
        let mut answers = Vec::new();
        let mut result_ids: Vec<i64> = Vec::new();
        let mut subjects = Vec::with_capacity(self.subjects().len());
        let requested: Arc<[String]> = self.request.decision_contexts.as_slice().into();
        for (index, planned) in self.subjects().iter().enumerate() {
            let results = results.get(index).map(Vec::as_slice).unwrap_or_default();
            let by_query = self.latest(planned, results);
            let mut judged = JudgedSubject {
                results,
                latest: by_query.iter().flat_map(Latest::results).collect(),
                by_query,
                answers: Vec::with_capacity(planned.steps.len()),
            };
            let mut by_testcase: BTreeMap<&str, Vec<&TestResult>> = BTreeMap::new();
            for result in judged.latest.iter().copied() {
                if !self.request.ignore_result.contains(&result.id) {
                    by_testcase
                        .entry(&result.testcase)
                        .or_default()
                        .push(result);
                }
            }
            if self.request.verbose && planned.takes_part() {
                let ids = judged.latest.iter().map(|result| result.id);
                result_ids.extend(ids.filter(|id| !self.request.ignore_result.contains(id)));
            }
            for step in &planned.steps {
                let kinds = judge(step, &by_testcase, self.config).ok_or_else(|| {
                    EvaluateError::RemoteRuleUnknown {
                        subject_type: planned.subject.subject_type.id.clone(),
                        subject_identifier: planned.subject.identifier.clone(),
                    }
                })?;
                let contexts = match requested.len() {
                    0 | 1 => Arc::clone(&requested),
                    _ => asking(&requested, planned, step),
                };
                let first = answers.len();
                answers.extend(kinds.into_iter().map(|kind| Answer {
                    subject: planned.subject.clone(),
                    policy: Arc::clone(&step.policy),
                    contexts: Arc::clone(&contexts),
                    informative: step.informative,
                    kind,
                    waiver_id: None,
                }));
                judged.answers.push(first..answers.len());
            }
            subjects.push(judged);
        }
        let result_ids = self
            .request
            .verbose
            .then(|| without_repetitions(result_ids));
        Ok(Evaluation {
            plan: self,
            subjects,
            answers,
            result_ids,
        })
    }

    /// For each query the latest results. A result that several queries find is there as often, as in Greenwave.
    fn latest(&self, planned: &SubjectPlan, results: &'r [TestResult]) -> Vec<Latest<'r>> {
        let in_time = |result: &&TestResult| {
            self.when_us()
                .is_none_or(|when_us| result.submit_time_us <= when_us)
        };
        let queries = planned.subject.result_queries().into_iter();
        let latest = queries.map(|query| {
            let found = results
                .iter()
                .filter(in_time)
                .filter(|result| finds(&query, &result.data));
            Latest::of(found, self.distinct_on())
        });
        latest.collect()
    }
}

/// The requested contexts in which a policy asks for what this step asks for, be it that an equal rule came before.
fn asking(requested: &[String], planned: &SubjectPlan, step: &Step) -> Arc<[String]> {
    let asks_again = |later: &&Step| match (&later.kind, &step.kind) {
        (
            StepKind::AlreadyChecked {
                rule: Rule::PassingTestCase(rule),
                ..
            },
            StepKind::TestCase(own),
        ) => (&rule.test_case_name, &rule.scenario) == (&own.test_case_name, &own.scenario),
        // What a remote file brought, or that it brought nothing, goes back to remote rules.
        (
            StepKind::AlreadyChecked {
                rule: Rule::Remote(_),
                ..
            },
            kind,
        ) => !matches!(kind, StepKind::TestCase(_)),
        _ => false,
    };
    let again = planned
        .steps
        .iter()
        .filter(|later| later.informative == step.informative)
        .filter(asks_again);
    let policies: Vec<&Policy> = std::iter::once(step)
        .chain(again)
        .map(|step| &*step.policy)
        .collect();
    let is_asking = |context: &&String| {
        let mut contexts = policies
            .iter()
            .flat_map(|policy| policy.all_decision_contexts());
        contexts.any(|own| own == *context)
    };
    requested.iter().filter(is_asking).cloned().collect()
}

/// The answers to a step; none if it cannot be answered.
fn judge(
    step: &Step,
    results: &BTreeMap<&str, Vec<&TestResult>>,
    config: &GateConfig,
) -> Option<Vec<AnswerKind>> {
    Some(match &step.kind {
        StepKind::TestCase(rule) => {
            let results = results
                .get(rule.test_case_name.as_str())
                .map(Vec::as_slice)
                .unwrap_or_default();
            judge_test_case(rule, results, config)
        }
        StepKind::PackageExcluded { .. } => vec![AnswerKind::Excluded],
        StepKind::PackageNotListed { .. }
        | StepKind::OutsideValidity { .. }
        | StepKind::AlreadyChecked { .. }
        | StepKind::RemotePolicyApplies(_)
        | StepKind::RemotePolicyRejected(_)
        | StepKind::RemoteRuleAbsent { .. } => Vec::new(),
        StepKind::RemoteRuleUnknown(_) => return None,
        StepKind::RemoteRuleMissing { sources } => vec![AnswerKind::MissingGatingYaml {
            sources: sources.clone(),
        }],
        StepKind::RemoteRuleFailed { sources, error } => {
            vec![AnswerKind::FailedFetchGatingYaml {
                sources: sources.clone(),
                error: error.clone(),
            }]
        }
        StepKind::RemoteRuleFetched { source } => vec![AnswerKind::FetchedGatingYaml {
            source: source.clone(),
        }],
        StepKind::RemoteRuleInvalid { source, details } => {
            vec![AnswerKind::InvalidGatingYaml {
                source: source.clone(),
                details: details.clone(),
            }]
        }
    })
}

fn judge_test_case(
    rule: &PassingTestCaseRule,
    results: &[&TestResult],
    config: &GateConfig,
) -> Vec<AnswerKind> {
    let in_scenario = |result: &&&TestResult| match &rule.scenario {
        None => true,
        Some(scenario) => result
            .data
            .get("scenario")
            .is_some_and(|scenarios| scenarios.contains(scenario)),
    };
    let answers: Vec<AnswerKind> = results
        .iter()
        .filter(in_scenario)
        .map(|result| judge_result(result, config))
        .collect();
    if answers.is_empty() {
        return vec![AnswerKind::Missing {
            testcase: rule.test_case_name.clone(),
            scenario: rule.scenario.clone(),
        }];
    }
    answers
}

fn judge_result(result: &TestResult, config: &GateConfig) -> AnswerKind {
    let first = |key: &String| (key.clone(), result.first(key).map(str::to_owned));
    let answer = ResultAnswer {
        testcase: result.testcase.clone(),
        result_id: result.id,
        keys: config.distinct_on.iter().map(first).collect(),
    };
    match config.classify(&result.outcome) {
        OutcomeClass::Passed => AnswerKind::Passed(answer),
        OutcomeClass::Incomplete => AnswerKind::Incomplete(answer),
        OutcomeClass::Errored => AnswerKind::Errored {
            result: answer,
            error_reason: result.first("error_reason").map(str::to_owned),
        },
        OutcomeClass::Failed => AnswerKind::Failed(answer),
    }
}

impl Evaluation<'_> {
    /// The plan that was judged.
    pub fn plan(&self) -> &Plan<'_> {
        &self.plan
    }

    /// The answers so far, satisfied and not, informative ones included, in order.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// The waivers needed; if there are none, no read is. In verbose mode all of each subject, else those for what is unsatisfied.
    pub fn waiver_filters(&self) -> Vec<WaiverFilter> {
        let request = self.plan.request;
        let filter = |subject: &Subject, testcase: Option<&str>| WaiverFilter {
            subject_type: subject.subject_type.id.clone(),
            subject_identifier: subject.identifier.clone(),
            product_version: request.product_version.clone(),
            testcase: testcase.map(str::to_owned),
        };
        let filters: Vec<WaiverFilter> = if request.verbose {
            let taking_part = self
                .plan
                .subjects()
                .iter()
                .filter(|planned| planned.takes_part());
            taking_part
                .map(|planned| filter(&planned.subject, None))
                .collect()
        } else {
            let unsatisfied = self.answers.iter().filter(|answer| answer.closes_gate());
            unsatisfied
                .map(|answer| filter(&answer.subject, Some(answer.kind.testcase())))
                .collect()
        };
        without_repetitions(filters)
    }

    /// The waivers needed to explain a decision, in place of `waiver_filters`, whose are among them: all of each subject that could need one.
    pub fn explanation_waiver_filters(&self) -> Vec<WaiverQuery> {
        let subjects = self.plan.subjects().iter().filter(|one| one.takes_part());
        let shown = subjects
            .filter(|_| self.plan.request.verbose)
            .map(|planned| &planned.subject);
        let unsatisfied = self.answers.iter().filter(|answer| answer.closes_gate());
        let filters = shown
            .chain(unsatisfied.map(|answer| &answer.subject))
            .map(|subject| WaiverQuery {
                subject_identifier: subject.identifier.clone(),
            });
        without_repetitions(filters.collect())
    }
}

/// The items in the order in which each first appears.
pub(crate) fn without_repetitions<T: Clone + Ord>(mut items: Vec<T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(item.clone()));
    items
}

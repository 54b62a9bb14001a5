//! Judges results: every step of a plan becomes answers. Waivers come afterwards.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::answer::{Answer, AnswerKind, ResultAnswer};
use super::asking::Asking;
use super::latest::Latest;
use super::plan::{Plan, SubjectPlan};
use super::step::{Step, StepKind};
use super::waive::{WaiverFilter, WaiverQuery};
use crate::domain::config::{GateConfig, OutcomeClass};
use crate::domain::policy::PassingTestCaseRule;
use crate::domain::records::{ERROR_REASON, QueryResults, SCENARIO, TestResult};
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
    pub found: &'r [QueryResults],
    /// The latest for each query, with what they stand for.
    pub by_query: Vec<Latest<'r>>,
    /// The same in the order of the queries, each newest first; those the request ignores are still among them.
    pub latest: Vec<&'r TestResult>,
    /// For each step the range of its answers.
    pub answers: Vec<Range<usize>>,
}

impl<'r> Plan<'r> {
    /// Judges the results. `found` has for each subject of the plan, at its index, what each of its queries found; what is missing is empty.
    /// What other queries found does no harm.
    pub fn evaluate(self, found: &'r [Vec<QueryResults>]) -> Result<Evaluation<'r>, EvaluateError> {
        let (mut answers, mut kinds) = (Vec::new(), Vec::new());
        let mut result_ids: Vec<i64> = Vec::new();
        let mut subjects = Vec::with_capacity(self.subjects().len());
        let keys: Arc<[String]> = self.config.distinct_on.as_slice().into();
        for (index, planned) in self.subjects().iter().enumerate() {
            let found = found.get(index).map(Vec::as_slice).unwrap_or_default();
            let by_query = self.latest(planned, found);
            let mut judged = JudgedSubject {
                found,
                latest: by_query.iter().flat_map(Latest::results).collect(),
                by_query,
                answers: Vec::with_capacity(planned.steps.len()),
            };
            let heeded = judged.latest.iter().copied();
            let heeded = heeded.filter(|one| !self.request.ignore_result.contains(&one.id));
            if self.request.verbose && planned.takes_part() {
                let ids = judged.latest.iter().map(|result| result.id);
                result_ids.extend(ids.filter(|id| !self.request.ignore_result.contains(id)));
            }
            let judge = Judge {
                results: ByTestcase::new(heeded),
                config: self.config,
                keys: &keys,
            };
            let mut asking = Asking::new(&self.request.decision_contexts, planned);
            for step in &planned.steps {
                if let StepKind::RemoteRuleUnknown(_) = step.kind {
                    return Err(EvaluateError::RemoteRuleUnknown {
                        subject_type: planned.subject.subject_type.id.clone(),
                        subject_identifier: planned.subject.identifier.clone(),
                    });
                }
                judge.step(step, &mut kinds);
                let contexts = asking.of(step);
                let first = answers.len();
                answers.extend(kinds.drain(..).map(|kind| Answer {
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
    fn latest(&self, planned: &SubjectPlan, found: &'r [QueryResults]) -> Vec<Latest<'r>> {
        let in_time = |result: &&TestResult| {
            self.when_us()
                .is_none_or(|when_us| result.submit_time_us <= when_us)
        };
        let queries = planned.subject.result_queries().into_iter();
        let latest = queries.map(|query| {
            let found = found.iter().find(|found| found.query == query);
            let results = found.into_iter().flat_map(|found| &found.results);
            Latest::of(results.filter(in_time), self.distinct_on())
        });
        latest.collect()
    }
}

/// Results by their test cases.
struct ByTestcase<'r> {
    results: Vec<&'r TestResult>,
    /// Of each test case the index of the first.
    first: HashMap<&'r str, usize>,
    /// Of each result the index of the next one of its test case.
    next: Vec<Option<usize>>,
}

impl<'r> ByTestcase<'r> {
    fn new(results: impl Iterator<Item = &'r TestResult>) -> Self {
        let results: Vec<&TestResult> = results.collect();
        let mut first = HashMap::with_capacity(results.len());
        let mut next = vec![None; results.len()];
        for (index, result) in results.iter().enumerate().rev() {
            let later = first.insert(result.testcase.as_str(), index);
            if let Some(place) = next.get_mut(index) {
                *place = later;
            }
        }
        Self {
            results,
            first,
            next,
        }
    }

    /// The results of a test case, in their order.
    fn of(&self, testcase: &str) -> impl Iterator<Item = &'r TestResult> {
        let indices = std::iter::successors(self.first.get(testcase).copied(), |index| {
            self.next.get(*index).copied().flatten()
        });
        indices.filter_map(|index| self.results.get(index).copied())
    }
}

/// Judges the steps of one subject.
struct Judge<'j> {
    /// The latest results that are not ignored.
    results: ByTestcase<'j>,
    config: &'j GateConfig,
    /// The config's `distinct_on`, to be shared.
    keys: &'j Arc<[String]>,
}

impl Judge<'_> {
    /// Adds the answers to a step.
    fn step(&self, step: &Step, answers: &mut Vec<AnswerKind>) {
        answers.extend(match &step.kind {
            StepKind::TestCase(rule) => return self.test_case(rule, answers),
            StepKind::PackageExcluded { .. } => Some(AnswerKind::Excluded),
            StepKind::PackageNotListed { .. }
            | StepKind::OutsideValidity { .. }
            | StepKind::AlreadyChecked { .. }
            | StepKind::RemotePolicyApplies(_)
            | StepKind::RemotePolicyRejected(_)
            | StepKind::RemoteRuleUnknown(_)
            | StepKind::RemoteRuleAbsent { .. } => None,
            StepKind::RemoteRuleMissing { sources } => Some(AnswerKind::MissingGatingYaml {
                sources: sources.clone(),
            }),
            StepKind::RemoteRuleFailed { sources, error } => {
                Some(AnswerKind::FailedFetchGatingYaml {
                    sources: sources.clone(),
                    error: error.clone(),
                })
            }
            StepKind::CreationTimeFailed { error } => Some(AnswerKind::FailedFetchGatingYaml {
                sources: Vec::new(),
                error: error.clone(),
            }),
            StepKind::RemoteRuleFetched { source } => Some(AnswerKind::FetchedGatingYaml {
                source: source.clone(),
            }),
            StepKind::RemoteRuleInvalid { source, details } => {
                Some(AnswerKind::InvalidGatingYaml {
                    source: source.clone(),
                    details: details.clone(),
                })
            }
        });
    }

    fn test_case(&self, rule: &PassingTestCaseRule, answers: &mut Vec<AnswerKind>) {
        let in_scenario = |result: &&TestResult| match &rule.scenario {
            None => true,
            Some(scenario) => result
                .data
                .get(SCENARIO)
                .is_some_and(|scenarios| scenarios.contains(scenario)),
        };
        let results = self.results.of(&rule.test_case_name).filter(in_scenario);
        let before = answers.len();
        answers.extend(results.map(|result| self.result(result)));
        if answers.len() == before {
            answers.push(AnswerKind::Missing {
                testcase: rule.test_case_name.clone(),
                scenario: rule.scenario.clone(),
            });
        }
    }

    fn result(&self, result: &TestResult) -> AnswerKind {
        let first = |key: &String| result.first(key).map(str::to_owned);
        let answer = ResultAnswer {
            testcase: result.testcase.clone(),
            result_id: result.id,
            values: self.keys.iter().map(first).collect(),
            keys: self.keys.clone(),
        };
        match self.config.classify(&result.outcome) {
            OutcomeClass::Passed => AnswerKind::Passed(answer),
            OutcomeClass::Incomplete => AnswerKind::Incomplete(answer),
            OutcomeClass::Errored => AnswerKind::Errored {
                result: answer,
                error_reason: result.first(ERROR_REASON).map(str::to_owned),
            },
            OutcomeClass::Failed => AnswerKind::Failed(answer),
        }
    }
}

impl Evaluation<'_> {
    /// The plan that was judged.
    pub fn plan(&self) -> &Plan<'_> {
        &self.plan
    }

    /// The answers to the steps of a subject, in order.
    pub(crate) fn answers_of<'e>(
        &'e self,
        judged: &'e JudgedSubject<'_>,
    ) -> impl Iterator<Item = &'e Answer> {
        let ranges = judged.answers.iter().cloned();
        ranges.filter_map(|range| self.answers.get(range)).flatten()
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

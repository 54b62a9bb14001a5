//! What each rule came to for one subject, put together from the steps of the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::make;
use super::near;
use super::view::{
    ClassView, LeftOut, MismatchKind, MismatchView, PolicyExplanation, RemoteFileExplanation,
    RemoteFileState, RequirementExplanation, ResultExplanation, RuleExplanation, RuleOutcome,
    RuleShown, Skipped,
};
use crate::decide::answer::Answer;
use crate::decide::evaluate::JudgedSubject;
use crate::decide::plan::SubjectPlan;
use crate::decide::request::DecisionRequest;
use crate::decide::settle::Settled;
use crate::decide::step::{Step, StepKind};
use crate::domain::config::OutcomeClass;
use crate::domain::policy::{PassingTestCaseRule, Policy, Rule};
use crate::domain::records::TestResult;
use crate::text::time;

/// The steps of one subject, in order of policies and rules.
pub(crate) struct Rules<'s> {
    settled: &'s Settled<'s>,
    planned: &'s SubjectPlan,
    judged: Option<&'s JudgedSubject<'s>>,
    /// Indices of the steps of each policy, by its address.
    by_policy: BTreeMap<usize, Vec<usize>>,
    /// Indices of the steps about whole policies of a file, by the step that fetched it.
    by_file: BTreeMap<usize, Vec<usize>>,
}

impl<'s> Rules<'s> {
    pub fn new(settled: &'s Settled<'s>, index: usize, planned: &'s SubjectPlan) -> Self {
        let mut by_policy: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, step) in planned.steps.iter().enumerate() {
            let about_policy = matches!(
                step.kind,
                StepKind::RemotePolicyApplies(_) | StepKind::RemotePolicyRejected(_)
            );
            match step.parent {
                Some(file) if about_policy => by_file.entry(file).or_default().push(index),
                _ => by_policy
                    .entry(address(&step.policy))
                    .or_default()
                    .push(index),
            }
        }
        Self {
            settled,
            planned,
            judged: settled.evaluation.subjects.get(index),
            by_policy,
            by_file,
        }
    }

    pub fn request(&self) -> &'s DecisionRequest {
        self.settled.evaluation.plan.request
    }

    /// All names of the subject's type.
    pub fn names_of_type(&self) -> Vec<String> {
        let subject_type = &self.planned.subject.subject_type;
        let names = std::iter::once(&subject_type.id).chain(&subject_type.aliases);
        names.cloned().collect()
    }

    fn steps_of(&self, policy: &Policy) -> impl Iterator<Item = (usize, &'s Step)> {
        let indices = self.by_policy.get(&address(policy));
        let steps = &self.planned.steps;
        let with_step = |index: &usize| Some((*index, steps.get(*index)?));
        indices.into_iter().flatten().filter_map(with_step)
    }

    /// Why a policy that matches does not apply to the package.
    pub fn package_mismatch(&self, policy: &Policy) -> Option<MismatchView> {
        self.steps_of(policy).find_map(|(_, step)| {
            let (what, package, policy_has) = match &step.kind {
                StepKind::PackageExcluded { package, pattern } => (
                    MismatchKind::PackageExcluded,
                    package,
                    vec![pattern.clone()],
                ),
                StepKind::PackageNotListed { package } => (
                    MismatchKind::PackageNotListed,
                    package,
                    policy.packages.clone(),
                ),
                _ => return None,
            };
            Some(MismatchView {
                what,
                asked: vec![package.clone()],
                policy_has,
            })
        })
    }

    /// The rules of a policy that applies.
    pub fn of(&self, policy: &Policy) -> Vec<RuleExplanation> {
        let mut by_rule: BTreeMap<usize, Vec<(usize, &Step)>> = BTreeMap::new();
        for (index, step) in self.steps_of(policy) {
            if let Some(rule) = step.rule {
                by_rule.entry(rule).or_default().push((index, step));
            }
        }
        let explained = |(rule, steps): (usize, Vec<(usize, &Step)>)| {
            Some(self.rule(policy, policy.rules.get(rule)?, &steps))
        };
        by_rule.into_iter().filter_map(explained).collect()
    }

    fn rule(&self, policy: &Policy, rule: &Rule, steps: &[(usize, &Step)]) -> RuleExplanation {
        let answers: Vec<&Answer> = steps
            .iter()
            .flat_map(|(index, _)| self.answers(*index))
            .collect();
        let skipped = steps.iter().find_map(|(_, step)| skipped(step));
        let outcome = match answers.as_slice() {
            [] => RuleOutcome::Skipped,
            answers if answers.iter().any(|answer| !answer.is_satisfied()) => {
                RuleOutcome::Unsatisfied
            }
            answers if answers.iter().any(|answer| answer.waiver_id.is_some()) => {
                RuleOutcome::Waived
            }
            _ => RuleOutcome::Satisfied,
        };
        let results = match rule {
            Rule::PassingTestCase(rule) if skipped.is_none() => self.results(rule, &answers),
            _ => Vec::new(),
        };
        RuleExplanation {
            rule: shown(rule),
            informative: steps.iter().any(|(_, step)| step.informative),
            outcome,
            skipped,
            results,
            requirements: answers
                .iter()
                .map(|answer| RequirementExplanation {
                    satisfied: answer.is_satisfied(),
                    requirement: (*answer).clone(),
                    near_waivers: near::waivers(self.settled, answer),
                })
                .collect(),
            remote_file: self.remote_file(policy, steps),
        }
    }

    fn answers(&self, step: usize) -> &'s [Answer] {
        let range = self.judged.and_then(|judged| judged.answers.get(step));
        let answers = range.and_then(|range| self.settled.evaluation.answers.get(range.clone()));
        answers.unwrap_or_default()
    }

    /// The results of the test case, each once.
    fn results(&self, rule: &PassingTestCaseRule, answers: &[&Answer]) -> Vec<ResultExplanation> {
        let Some(judged) = self.judged else {
            return Vec::new();
        };
        let plan = &self.settled.evaluation.plan;
        let queries = self.planned.subject.result_queries();
        let deciding: BTreeSet<i64> = answers
            .iter()
            .filter_map(|answer| Some(answer.kind.result()?.result_id))
            .collect();
        let left_out = |result: &TestResult| {
            if judged.latest.iter().any(|latest| latest.id == result.id) {
                return match plan.request.ignore_result.contains(&result.id) {
                    true => LeftOut::Ignored,
                    false => LeftOut::OtherScenario,
                };
            }
            let is_later = plan
                .when_us()
                .is_some_and(|when_us| when_us < result.submit_time_us);
            match is_later {
                true => LeftOut::Later,
                false => LeftOut::Replaced,
            }
        };
        let mut seen = BTreeSet::new();
        let mut results: Vec<&TestResult> = judged
            .found
            .iter()
            .filter(|found| queries.contains(&found.query))
            .flat_map(|found| &found.results)
            .filter(|result| result.testcase == rule.test_case_name)
            .filter(|result| seen.insert(result.id))
            .collect();
        results.sort_by_key(|result| std::cmp::Reverse((result.submit_time_us, result.id)));
        let explained = |result: &TestResult| {
            let decided = deciding.contains(&result.id);
            ResultExplanation {
                result_id: result.id,
                outcome: result.outcome.clone(),
                class: class(plan.config.classify(&result.outcome)),
                submit_time: time::format(result.submit_time_us),
                data: distinct_data(result, plan.distinct_on()),
                decided,
                left_out: (!decided).then(|| left_out(result)),
            }
        };
        results.into_iter().map(explained).collect()
    }

    fn remote_file(
        &self,
        parent: &Policy,
        steps: &[(usize, &Step)],
    ) -> Option<RemoteFileExplanation> {
        // An invalid file has been fetched before, so that the last step says most.
        let told = steps.iter().rev().find_map(|(_, step)| match &step.kind {
            StepKind::RemoteRuleAbsent { sources } => {
                Some((RemoteFileState::Absent, sources.clone(), None))
            }
            StepKind::RemoteRuleMissing { sources } => {
                Some((RemoteFileState::Missing, sources.clone(), None))
            }
            StepKind::RemoteRuleFailed { sources, error } => Some((
                RemoteFileState::Failed,
                sources.clone(),
                Some(error.clone()),
            )),
            StepKind::RemoteRuleFetched { source } => {
                Some((RemoteFileState::Fetched, vec![source.clone()], None))
            }
            StepKind::RemoteRuleInvalid { source, details } => Some((
                RemoteFileState::Invalid,
                vec![source.clone()],
                Some(details.clone()),
            )),
            _ => None,
        });
        let (state, sources, error) = told?;
        let files = steps
            .iter()
            .filter_map(|(index, _)| self.by_file.get(index));
        let policies = files.flatten().filter_map(|index| {
            let step = self.planned.steps.get(*index)?;
            Some(self.remote_policy(parent, step))
        });
        Some(RemoteFileExplanation {
            state,
            sources,
            error,
            policies: policies.collect(),
        })
    }

    fn remote_policy(&self, parent: &Policy, step: &Step) -> PolicyExplanation {
        let matched = match &step.kind {
            StepKind::RemotePolicyRejected(mismatch) => Err(*mismatch),
            StepKind::RemotePolicyApplies(matched) => Ok(matched),
            _ => Err(crate::domain::policy::Mismatch::RemoteRule),
        };
        make::policy(self, &step.policy, parent, matched)
    }
}

/// What tells policies of one decision apart: ids may be missing, or be there twice.
fn address(policy: &Policy) -> usize {
    std::ptr::from_ref(policy).addr()
}

fn shown(rule: &Rule) -> RuleShown {
    match rule {
        Rule::PassingTestCase(rule) => RuleShown::PassingTestCaseRule {
            test_case_name: rule.test_case_name.clone(),
            scenario: rule.scenario.clone(),
        },
        Rule::Remote(rule) => RuleShown::RemoteRule {
            sources: rule.sources.clone(),
            required: rule.required,
        },
    }
}

fn skipped(step: &Step) -> Option<Skipped> {
    match &step.kind {
        StepKind::AlreadyChecked { earlier, .. } => Some(Skipped::AlreadyChecked {
            policy: earlier.id.clone(),
            origin: make::origin(earlier),
        }),
        StepKind::OutsideValidity { rule, created_us } => Some(Skipped::OutsideValidity {
            created: time::format(*created_us),
            valid_since: rule.valid_since_us.map(time::format),
            valid_until: rule.valid_until_us.map(time::format),
        }),
        StepKind::RemoteRuleAbsent { .. } => Some(Skipped::NoRemoteFile),
        _ => None,
    }
}

fn class(class: OutcomeClass) -> ClassView {
    match class {
        OutcomeClass::Passed => ClassView::Passed,
        OutcomeClass::Incomplete => ClassView::Incomplete,
        OutcomeClass::Errored => ClassView::Errored,
        OutcomeClass::Failed => ClassView::Failed,
    }
}

/// The values of the keys that tell results of one test case apart, as far as a result has them.
pub(crate) fn distinct_data(result: &TestResult, keys: &[String]) -> BTreeMap<String, Vec<String>> {
    let own = |key: &String| Some((key.clone(), result.data.get(key)?.clone()));
    keys.iter().filter_map(own).collect()
}

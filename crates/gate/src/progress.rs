//! How far subjects have come, from the trace that the decision is made from.
//!
//! This room counts; it judges nothing. What closes the gate, what is waived and what is missing is as in the decision.

use serde::Serialize;

use crate::decide::answer::{Answer, AnswerKind};
use crate::decide::settle::Settled;
use crate::domain::subject::Subject;

/// How far one or several subjects have come. Serialized, it is the JSON answer; its keys are stable.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// Whether everything required is there or waived, as in the decision.
    pub policies_satisfied: bool,
    /// One sentence, as in the decision.
    pub summary: String,
    /// The policies that were used, by a hash of their content; absent if nobody knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub policy_revision: Option<String>,
    /// Of all subjects.
    #[serde(flatten)]
    pub counts: Counts,
    /// The subjects, in the order of the request.
    pub subjects: Vec<SubjectProgress>,
}

/// How many requirements have come how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// All that closes the gate unless it is there or waived.
    pub total: usize,
    /// Passed, failed or waived: nobody waits for a result.
    pub done: usize,
    /// Passed.
    pub passed: usize,
    /// Failed, could not be carried out, or asked for by a remote file that is not as it should be; and not waived.
    pub failed: usize,
    /// Begun and not finished.
    pub running: usize,
    /// Not passed, and waived.
    pub waived: usize,
    /// Without any result.
    pub missing: usize,
    /// What is done of all, in hundredths, rounded down; 100 if nothing is required.
    pub percent: usize,
}

/// How far one subject has come.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectProgress {
    /// Id of its type.
    pub subject_type: String,
    /// What it is called.
    pub subject_identifier: String,
    /// Whether everything required of it is there or waived.
    pub policies_satisfied: bool,
    /// Of this subject.
    #[serde(flatten)]
    pub counts: Counts,
    /// What is required of it, in the order of the policies, each with the result or waiver that counts.
    pub required: Vec<RequirementProgress>,
    /// What informative rules came to, which counts nowhere.
    pub informative: Vec<RequirementProgress>,
}

/// How far a requirement has come.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequirementProgress {
    /// How far.
    pub state: State,
    /// As the decision shows it.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::decide::requirement::Requirement))]
    pub requirement: Answer,
}

/// How far a requirement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "they are said of `Counts`")]
pub enum State {
    Passed,
    Failed,
    Running,
    Waived,
    Missing,
}

impl State {
    /// How far it is; nothing of what asks for nothing more than there is.
    fn of(answer: &Answer) -> Option<Self> {
        if answer.waiver_id.is_some() {
            // Faults of remote files that are waived vanish from decisions.
            return answer.kind.is_test_result().then_some(Self::Waived);
        }
        match answer.kind {
            AnswerKind::Passed(_) => Some(Self::Passed),
            AnswerKind::Missing { .. } => Some(Self::Missing),
            AnswerKind::Incomplete(_) => Some(Self::Running),
            AnswerKind::Failed(_)
            | AnswerKind::Errored { .. }
            | AnswerKind::InvalidGatingYaml { .. }
            | AnswerKind::MissingGatingYaml { .. }
            | AnswerKind::FailedFetchGatingYaml { .. } => Some(Self::Failed),
            AnswerKind::Excluded | AnswerKind::FetchedGatingYaml { .. } => None,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Waived => "waived",
            Self::Missing => "missing",
        }
    }
}

impl Counts {
    /// How many have come so far.
    pub fn count(&self, state: State) -> usize {
        match state {
            State::Passed => self.passed,
            State::Failed => self.failed,
            State::Running => self.running,
            State::Waived => self.waived,
            State::Missing => self.missing,
        }
    }

    fn of(states: impl Iterator<Item = State>) -> Self {
        let mut counts = Self::default();
        for state in states {
            let count = match state {
                State::Passed => &mut counts.passed,
                State::Failed => &mut counts.failed,
                State::Running => &mut counts.running,
                State::Waived => &mut counts.waived,
                State::Missing => &mut counts.missing,
            };
            *count = count.saturating_add(1);
            counts.total = counts.total.saturating_add(1);
        }
        let open = counts.running.saturating_add(counts.missing);
        counts.done = counts.total.saturating_sub(open);
        let hundredths = counts.done.saturating_mul(100);
        counts.percent = hundredths.checked_div(counts.total).unwrap_or(100);
        counts
    }
}

impl Settled<'_> {
    /// How far the subjects have come. `policy_revision` is left to the caller.
    pub fn progress(&self) -> Progress {
        let judged = self.evaluation.plan.subjects().iter();
        let subjects: Vec<SubjectProgress> = judged
            .zip(&self.evaluation.subjects)
            .map(|(planned, judged)| subject(&planned.subject, self.evaluation.answers_of(judged)))
            .collect();
        let required = subjects.iter().flat_map(|subject| &subject.required);
        Progress {
            policies_satisfied: self.policies_satisfied(),
            summary: self.summary(),
            policy_revision: None,
            counts: Counts::of(required.map(|one| one.state)),
            subjects,
        }
    }
}

fn subject<'a>(subject: &Subject, answers: impl Iterator<Item = &'a Answer>) -> SubjectProgress {
    let (mut required, mut informative) = (Vec::new(), Vec::new());
    for answer in answers {
        let Some(state) = State::of(answer) else {
            continue;
        };
        let list = match answer.informative {
            true => &mut informative,
            false => &mut required,
        };
        list.push(RequirementProgress {
            state,
            requirement: answer.clone(),
        });
    }
    let is_there = |one: &RequirementProgress| one.requirement.is_satisfied();
    SubjectProgress {
        subject_type: subject.subject_type.id.clone(),
        subject_identifier: subject.identifier.clone(),
        policies_satisfied: required.iter().all(is_there),
        counts: Counts::of(required.iter().map(|one| one.state)),
        required,
        informative,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_rounded_down() {
        let percent = |states: &[State]| Counts::of(states.iter().copied()).percent;
        assert_eq!(percent(&[]), 100);
        assert_eq!(percent(&[State::Running]), 0);
        assert_eq!(percent(&[State::Failed, State::Waived, State::Missing]), 66);
        let mut nearly = vec![State::Passed; 999];
        assert_eq!(percent(&nearly), 100);
        nearly.push(State::Missing);
        assert_eq!(percent(&nearly), 99);
    }
}

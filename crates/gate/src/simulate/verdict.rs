//! What a set of policies says of one subject, be it that it has no policy for it.

use super::flip::Side;
use crate::decide::answer::{Answer, AnswerKind};
use crate::decide::decision::Decision;
use crate::decide::plan::PlanError;

/// What is said of one subject.
#[derive(Debug)]
pub struct Verdict {
    /// What people read first.
    pub side: Side,
    /// What counts, satisfied or not.
    pub answers: Vec<Answer>,
    /// What doesn't.
    pub informative: Vec<Answer>,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        let mut answers = decision.satisfied_requirements;
        answers.extend(decision.unsatisfied_requirements);
        Self {
            side: Side {
                policies_satisfied: decision.policies_satisfied,
                summary: decision.summary,
                applicable_policies: decision.applicable_policies.unwrap_or_default(),
            },
            answers,
            informative: decision.informative_requirements.unwrap_or_default(),
        }
    }
}

impl Verdict {
    /// Where there is no decision because no policy applies, nothing is closed.
    pub fn without_policy(refusal: &PlanError) -> Self {
        Self {
            side: Side {
                policies_satisfied: true,
                summary: refusal.to_string(),
                applicable_policies: Vec::new(),
            },
            answers: Vec::new(),
            informative: Vec::new(),
        }
    }

    /// Whether any policy applies.
    pub fn has_policy(&self) -> bool {
        !self.side.applicable_policies.is_empty()
    }

    /// Whether it lets the subject pass.
    pub fn is_open(&self) -> bool {
        self.side.policies_satisfied
    }

    /// What keeps it closed.
    pub fn closing(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|answer| answer.closes_gate())
    }

    /// Why it says nothing about the policies: a remote file that could not be looked for now says nothing of what it asks for.
    pub fn obstacle(&self) -> Option<String> {
        self.closing().find_map(|answer| match &answer.kind {
            AnswerKind::FailedFetchGatingYaml { error, .. } => Some(error.clone()),
            _ => None,
        })
    }
}

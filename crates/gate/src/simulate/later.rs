//! What became of subjects that a draft would have blocked: an estimate of the blocks that would have been for nothing.
//!
//! What is compared is the draft with itself, as of the time of the decision and as of now, about the same subject. So a build that was fixed by
//! a new build stays blocked, and one that passed when the test was done again, or was waived, was blocked for nothing. What people would have
//! done had they been blocked, and whether the subject went on, is not known.

use serde::Serialize;

use super::verdict::Verdict;
use crate::decide::answer::AnswerKind;

/// What became of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Something that had failed has passed since, and nothing is left.
    Passed,
    /// Nothing is left, and something is waived that was not.
    Waived,
    /// Nothing had failed; what was missing has passed since.
    Completed,
    /// Something still closes the gate.
    Blocked,
}

/// What became of a subject that was blocked, by the draft's verdict of now.
pub fn since(blocked: &Verdict, now: &Verdict) -> Since {
    if !now.is_open() {
        return Since::Blocked;
    }
    let is_waived = |testcase: &str| {
        let mut answers = now.answers.iter();
        answers.any(|answer| answer.waiver_id.is_some() && answer.kind.testcase() == testcase)
    };
    if blocked
        .closing()
        .any(|answer| is_waived(answer.kind.testcase()))
    {
        return Since::Waived;
    }
    let is_waiting =
        |kind: &AnswerKind| matches!(kind, AnswerKind::Missing { .. } | AnswerKind::Incomplete(_));
    match blocked.closing().all(|answer| is_waiting(&answer.kind)) {
        true => Since::Completed,
        false => Since::Passed,
    }
}

/// Of the subjects that the draft closes and the policies in force don't, what became since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FalseBlocks {
    /// `passed_since` and `waived_since`; none if all were decided as of now, since when nothing can have happened.
    pub estimate: Option<u64>,
    /// How many there are.
    pub newly_blocked: u64,
    /// Something had failed and has passed since.
    pub passed_since: u64,
    /// Something has been waived since.
    pub waived_since: u64,
    /// Something was missing or not finished, and has passed since.
    pub completed_since: u64,
    /// The draft would still block it.
    pub still_blocked: u64,
    /// It can't be told.
    pub unknown: u64,
}

impl FalseBlocks {
    /// Counts a subject that is newly blocked.
    pub fn add(&mut self, since: Option<Since>) {
        let count = match since {
            None => &mut self.unknown,
            Some(Since::Passed) => &mut self.passed_since,
            Some(Since::Waived) => &mut self.waived_since,
            Some(Since::Completed) => &mut self.completed_since,
            Some(Since::Blocked) => &mut self.still_blocked,
        };
        *count = count.saturating_add(1);
        self.newly_blocked = self.newly_blocked.saturating_add(1);
    }

    /// With the estimate, if there is one.
    #[must_use]
    pub fn estimated(mut self, is_past: bool) -> Self {
        self.estimate = is_past.then(|| self.passed_since.saturating_add(self.waived_since));
        self
    }
}

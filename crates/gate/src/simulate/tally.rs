//! Sums over all subjects of a simulation. Keys are those of the wire.

use std::collections::BTreeMap;

use serde::Serialize;

use super::flip::Direction;
use super::later::FalseBlocks;
use super::verdict::Verdict;
use crate::decide::answer::{Answer, AnswerKind};

/// Most rules that are counted apart.
pub const MAX_RULES: usize = 10_000;
/// Most reasons for which nothing could be decided that are told apart.
pub const MAX_OBSTACLES: usize = 50;

/// How often a test case was asked for, and what came of it. `required` is the sum of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// How often it was asked for.
    pub required: u64,
    /// Passed.
    pub passed: u64,
    /// Waived, whatever the result.
    pub waived: u64,
    /// Without a result.
    pub missing: u64,
    /// Not finished.
    pub incomplete: u64,
    /// Failed.
    pub failed: u64,
    /// Could not be done.
    pub errored: u64,
    /// Files of remote rules that are not in order.
    pub faulty: u64,
}

impl Counts {
    fn add(&mut self, answer: &Answer) {
        let count = match (&answer.kind, answer.waiver_id) {
            (AnswerKind::Excluded | AnswerKind::FetchedGatingYaml { .. }, _) => return,
            (_, Some(_)) => &mut self.waived,
            (AnswerKind::Passed(_), None) => &mut self.passed,
            (AnswerKind::Missing { .. }, None) => &mut self.missing,
            (AnswerKind::Incomplete(_), None) => &mut self.incomplete,
            (AnswerKind::Failed(_), None) => &mut self.failed,
            (AnswerKind::Errored { .. }, None) => &mut self.errored,
            (
                AnswerKind::InvalidGatingYaml { .. }
                | AnswerKind::MissingGatingYaml { .. }
                | AnswerKind::FailedFetchGatingYaml { .. },
                None,
            ) => &mut self.faulty,
        };
        *count = count.saturating_add(1);
        self.required = self.required.saturating_add(1);
    }
}

/// A test case that is asked for, by either side.
#[derive(Debug, Serialize)]
pub struct RuleCounts {
    /// The test case, or the kind of fault of a remote file.
    pub testcase: String,
    /// Whether it is looked at without blocking.
    pub informative: bool,
    /// By the policies in force.
    pub before: Counts,
    /// By the draft.
    pub after: Counts,
}

/// Why subjects could not be decided.
#[derive(Debug, Serialize)]
pub struct Obstacle {
    /// Why.
    pub reason: String,
    /// How many subjects.
    pub subjects: u64,
}

/// The sums. All subjects are decided or undecidable, and decided ones open, close or stay.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    /// Subjects about which both sides decided.
    pub decided: u64,
    /// The draft opens what is closed.
    pub opens: u64,
    /// The draft closes what is open.
    pub closes: u64,
    /// Neither.
    pub unchanged: u64,
    /// Of those: neither side has a policy.
    pub without_policy: u64,
    /// Subjects that could not be decided.
    pub undecidable: u64,
    /// Why not, the most frequent reasons.
    pub undecidable_because: Vec<Obstacle>,
    /// What became of what the draft closes.
    pub false_blocks: FalseBlocks,
    /// What was asked for, by test case.
    pub rules: Vec<RuleCounts>,
    /// How many requirements of further test cases are not counted there.
    pub requirements_left_out: u64,
}

/// Counts subject by subject.
#[derive(Debug, Default)]
pub struct Tally {
    totals: Totals,
    rules: BTreeMap<(String, bool), [Counts; 2]>,
    obstacles: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts a subject that both sides decided about.
    pub fn add(&mut self, before: &Verdict, after: &Verdict) {
        let totals = &mut self.totals;
        let direction = match Direction::between(before, after) {
            Some(Direction::Opens) => &mut totals.opens,
            Some(Direction::Closes) => &mut totals.closes,
            None => &mut totals.unchanged,
        };
        *direction = direction.saturating_add(1);
        totals.decided = totals.decided.saturating_add(1);
        if !before.has_policy() && !after.has_policy() {
            totals.without_policy = totals.without_policy.saturating_add(1);
        }
        for (side, verdict) in [before, after].into_iter().enumerate() {
            for answer in verdict.answers.iter().chain(&verdict.informative) {
                self.add_answer(side, answer);
            }
        }
    }

    fn add_answer(&mut self, side: usize, answer: &Answer) {
        let key = (answer.kind.testcase().to_owned(), answer.informative);
        if self.rules.len() >= MAX_RULES && !self.rules.contains_key(&key) {
            let left_out = &mut self.totals.requirements_left_out;
            *left_out = left_out.saturating_add(1);
            return;
        }
        if let Some(counts) = self.rules.entry(key).or_default().get_mut(side) {
            counts.add(answer);
        }
    }

    /// Counts a subject about which nothing can be said.
    pub fn add_undecidable(&mut self, reason: &str) {
        let count = &mut self.totals.undecidable;
        *count = count.saturating_add(1);
        let is_known = self.obstacles.contains_key(reason);
        let reason = match is_known || self.obstacles.len() < MAX_OBSTACLES {
            true => reason,
            false => "other reasons",
        };
        let count = self.obstacles.entry(reason.to_owned()).or_default();
        *count = count.saturating_add(1);
    }

    /// What became of subjects that the draft closes.
    pub fn false_blocks(&mut self) -> &mut FalseBlocks {
        &mut self.totals.false_blocks
    }

    /// How many subjects have been counted.
    pub fn seen(&self) -> u64 {
        self.totals.decided.saturating_add(self.totals.undecidable)
    }

    /// The sums; `is_past` says whether subjects were decided as of a time since when something can have happened.
    #[must_use]
    pub fn totals(self, is_past: bool) -> Totals {
        let asked = |counts: &[Counts; 2]| counts.iter().any(|side| side.required > 0);
        let rules = self.rules.into_iter().filter(|(_, counts)| asked(counts));
        let rule = |((testcase, informative), [before, after]): ((String, bool), [Counts; 2])| {
            RuleCounts {
                testcase,
                informative,
                before,
                after,
            }
        };
        let obstacles = self.obstacles.into_iter();
        let obstacle = |(reason, subjects)| Obstacle { reason, subjects };
        let mut because: Vec<Obstacle> = obstacles.map(obstacle).collect();
        because.sort_by_key(|obstacle| std::cmp::Reverse(obstacle.subjects));
        Totals {
            false_blocks: self.totals.false_blocks.estimated(is_past),
            rules: rules.map(rule).collect(),
            undecidable_because: because,
            ..self.totals
        }
    }
}

//! A subject whose gate would open or close, and why. Keys are those of the wire.

use serde::Serialize;

use super::body::ListedSubject;
use super::verdict::Verdict;
use crate::decide::answer::Answer;

/// Most reasons that are told of one flip.
pub const MAX_REASONS: usize = 20;

/// A subject about which the draft decides otherwise.
#[derive(Debug, Serialize)]
pub struct Flip<'v> {
    /// What the draft does to the gate.
    pub direction: Direction,
    /// The subject.
    pub subject: SubjectView<'v>,
    /// By the policies in force.
    pub before: &'v Side,
    /// By the draft.
    pub after: &'v Side,
    /// What closes the gate on the side that closes it and not on the other.
    pub reasons: Vec<Reason<'v>>,
    /// How many reasons are not told.
    pub reasons_left_out: usize,
}

/// A subject as it was asked for.
#[derive(Debug, Serialize)]
pub struct SubjectView<'v> {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'v str,
    /// Its identifier.
    pub item: &'v str,
}

/// What a draft does to a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It was closed.
    Opens,
    /// It was open.
    Closes,
}

impl Direction {
    /// What is done to the gate if what is said after takes the place of what was said before; `None` if it stays as it is.
    pub fn between(before: &Verdict, after: &Verdict) -> Option<Self> {
        match (before.is_open(), after.is_open()) {
            (true, false) => Some(Self::Closes),
            (false, true) => Some(Self::Opens),
            _ => None,
        }
    }
}

/// A decision in short.
#[derive(Debug, Serialize)]
pub struct Side {
    /// Whether the gate is open.
    pub policies_satisfied: bool,
    /// One sentence.
    pub summary: String,
    /// Ids of the policies that apply.
    pub applicable_policies: Vec<String>,
}

/// What closes a gate.
#[derive(Debug, Serialize)]
pub struct Reason<'v> {
    /// Id of the policy that asks for it.
    pub policy: Option<&'v str>,
    /// As in the decision.
    pub requirement: &'v Answer,
    /// What the side that is open makes of it.
    pub otherwise: Otherwise,
}

/// What the side that is open makes of a requirement of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// It does not ask for the test case.
    NotRequired,
    /// It looks at the test case without blocking.
    Informative,
    /// It asks for the test case, and is satisfied: by another scenario, or a waiver for its context.
    Satisfied,
}

impl<'v> Flip<'v> {
    /// The flip, if it is one.
    pub fn of(subject: &'v ListedSubject, before: &'v Verdict, after: &'v Verdict) -> Option<Self> {
        let direction = Direction::between(before, after)?;
        let (closed, open) = match direction {
            Direction::Closes => (after, before),
            Direction::Opens => (before, after),
        };
        let reasons: Vec<_> = closed
            .closing()
            .take(MAX_REASONS)
            .map(|answer| Reason {
                policy: answer.policy.id.as_deref(),
                requirement: answer,
                otherwise: otherwise(open, answer),
            })
            .collect();
        Some(Self {
            direction,
            subject: SubjectView {
                kind: &subject.kind,
                item: &subject.item,
            },
            before: &before.side,
            after: &after.side,
            reasons_left_out: closed.closing().count().saturating_sub(MAX_REASONS),
            reasons,
        })
    }
}

fn otherwise(open: &Verdict, answer: &Answer) -> Otherwise {
    let is_same = |other: &Answer| other.kind.testcase() == answer.kind.testcase();
    match (
        open.answers.iter().any(is_same),
        open.informative.iter().any(is_same),
    ) {
        (true, _) => Otherwise::Satisfied,
        (false, true) => Otherwise::Informative,
        (false, false) => Otherwise::NotRequired,
    }
}

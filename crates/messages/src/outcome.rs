//! Outcomes as messages write them, and as results have them.

use crate::document::Node;
use crate::verdict::{Rejection, Verdict};

/// How far a test has come, as the end of the topic says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits.
    Queued,
    /// It runs.
    Running,
    /// It came to an end by itself.
    Complete,
    /// It broke off.
    Error,
}

impl Stage {
    /// What the topic says, if it ends with a stage.
    pub fn of(topic: Option<&str>) -> Option<Self> {
        match topic?.rsplit('.').next()? {
            "queued" => Some(Self::Queued),
            "running" => Some(Self::Running),
            "complete" => Some(Self::Complete),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// What is to be done about an outcome.
#[derive(Debug)]
pub enum Found {
    /// Store it.
    Outcome(String),
    /// Ignore the message.
    Ignore(String),
}

impl Found {
    /// The outcome, or what becomes of the message instead.
    pub fn or_verdict(self) -> Result<String, Verdict> {
        match self {
            Self::Outcome(outcome) => Ok(outcome),
            Self::Ignore(reason) => Err(Verdict::Ignored(reason)),
        }
    }
}

/// The outcome of a stage before the end. `ERROR` becomes `NEEDS_INSPECTION` where it is not
/// configured; a message that only says that a test waits or runs is ignored then.
pub fn of_stage(stage: Stage, outcomes: &[String]) -> Found {
    let name = match stage {
        Stage::Queued => "QUEUED",
        Stage::Running => "RUNNING",
        Stage::Complete | Stage::Error => "ERROR",
    };
    let is_known = outcomes.iter().any(|known| known == name);
    match (is_known, name) {
        (true, _) => Found::Outcome(name.to_owned()),
        (false, "ERROR") => Found::Outcome("NEEDS_INSPECTION".to_owned()),
        (false, _) => Found::Ignore(format!(
            "the outcome {name} is not among those that this installation stores"
        )),
    }
}

/// The outcome that a CI message gives in words. Some systems write other words than the schema has.
pub fn of_word(node: &Node<'_>, outcomes: &[String]) -> Result<Found, Rejection> {
    let word = node.required_text()?;
    let name = match word.trim().to_lowercase().as_str() {
        "pass" => "PASSED".to_owned(),
        "fail" | "failure" => "FAILED".to_owned(),
        other => other.to_uppercase(),
    };
    let is_known = outcomes.contains(&name);
    match name.as_str() {
        "NOT_APPLICABLE" if !is_known => Ok(Found::Ignore(
            "the test is not applicable, which is no outcome of this installation".to_owned(),
        )),
        "ERROR" if !is_known => Ok(Found::Outcome("NEEDS_INSPECTION".to_owned())),
        _ => known(node, name, outcomes).map(Found::Outcome),
    }
}

/// The outcome as ResultsDB's format gives it.
pub fn as_given(node: &Node<'_>, outcomes: &[String]) -> Result<String, Rejection> {
    let name = node.required_text()?.trim().to_uppercase();
    known(node, name, outcomes)
}

fn known(node: &Node<'_>, name: String, outcomes: &[String]) -> Result<String, Rejection> {
    match outcomes.contains(&name) {
        true => Ok(name),
        false => Err(node.rejected(&format!(
            "`{name}` is no outcome, there are {}",
            outcomes.join(", ")
        ))),
    }
}

//! What is kept of answers from outside, for how long, and who asks when several want to know.
//!
//! One record for each thing that can be asked for: the last answer, and the last question. Whoever
//! finds no answer that is young enough writes down that it is asking; whoever comes meanwhile waits
//! for that question's answer, in this instance or another, and takes it, even if it is a failure.

use crate::build::Build;
use crate::failure::Failure;
use serde::{Deserialize, Serialize};

/// How long a question may take, in milliseconds; after that somebody else may ask as well.
pub const QUESTION_MS: i64 = 10_000;
/// The longest time for which it is kept that there is nothing, in milliseconds.
pub const NOTHING_MS: i64 = 30_000;
/// How long a finished build is kept, in milliseconds: a day. It never changes.
pub const BUILD_MS: i64 = 86_400_000;
/// How many files and how many builds are kept; a newer one takes the place of another.
pub const SLOTS: u16 = 4_096;

/// What came of asking for the file of a URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum File {
    /// The file.
    Found {
        /// Its version, as the server names it.
        etag: Option<String>,
        /// Its text; none if it is no UTF-8.
        text: Option<String>,
    },
    /// There is none.
    Missing,
    /// It is larger than a file may be.
    TooLarge,
}

/// What came of asking for a build; none if Koji does not know it.
pub type Known = Option<Build>;

/// Something that is kept.
pub trait Lasts {
    /// For how long, in milliseconds, where files are kept for `max_age_ms`.
    fn lasts_ms(&self, max_age_ms: i64) -> i64;
}

impl Lasts for File {
    fn lasts_ms(&self, max_age_ms: i64) -> i64 {
        match self {
            Self::Found { .. } => max_age_ms,
            Self::Missing | Self::TooLarge => max_age_ms.min(NOTHING_MS),
        }
    }
}

impl Lasts for Known {
    fn lasts_ms(&self, max_age_ms: i64) -> i64 {
        match self {
            Some(build) if build.is_complete => BUILD_MS,
            _ => max_age_ms.min(NOTHING_MS),
        }
    }
}

/// A question, and how it ended unless there is an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Who asks.
    pub id: String,
    /// Since when, in milliseconds since the epoch.
    pub at_ms: i64,
    /// Whether it has ended.
    pub ended: bool,
    /// Why without an answer.
    pub failure: Option<Failure>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<T> {
    /// The question's id.
    pub question: String,
    /// When it was asked, in milliseconds since the epoch.
    pub asked_ms: i64,
    /// The answer itself.
    pub value: T,
}

/// All that is kept of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<T> {
    /// What it is, as several share a slot.
    pub name: String,
    /// The last answer.
    pub kept: Option<Kept<T>>,
    /// The last question.
    pub question: Option<Question>,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Use the answer.
    Use,
    /// Ask.
    Ask,
    /// This question is being asked by somebody else: look again soon.
    Wait(String),
    /// The question that was waited for has failed.
    Fail(Failure),
}

/// Somebody who wants to know.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'q> {
    /// Since when, in milliseconds since the epoch.
    pub since_ms: i64,
    /// The question that it waits for, if it does.
    pub waits_for: Option<&'q str>,
}

/// What a reader does at `now_ms` with what is kept.
pub fn next<T: Lasts>(
    record: Option<&Record<T>>,
    reader: Reader<'_>,
    max_age_ms: i64,
    now_ms: i64,
) -> Step {
    let Some(record) = record else {
        return Step::Ask;
    };
    let is_younger = |then: i64, limit: i64| (0..limit).contains(&now_ms.saturating_sub(then));
    if let Some(kept) = &record.kept {
        let is_waited_for = reader.waits_for == Some(kept.question.as_str());
        // What was asked for after the reader came is new enough however short things are kept.
        let is_new = (reader.since_ms..=now_ms).contains(&kept.asked_ms);
        if is_waited_for || is_new || is_younger(kept.asked_ms, kept.value.lasts_ms(max_age_ms)) {
            return Step::Use;
        }
    }
    match &record.question {
        Some(question) if !question.ended && is_younger(question.at_ms, QUESTION_MS) => {
            Step::Wait(question.id.clone())
        }
        Some(question) if reader.waits_for == Some(question.id.as_str()) => {
            match &question.failure {
                Some(failure) => Step::Fail(failure.clone()),
                None => Step::Ask,
            }
        }
        _ => Step::Ask,
    }
}

/// The place of a thing with this hash among those that are kept.
#[must_use]
pub fn slot(sha256: &[u8; 32]) -> u16 {
    let [first, second, ..] = *sha256;
    u16::from_be_bytes([first, second]) % SLOTS
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;

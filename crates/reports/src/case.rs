//! Cases of a report and what they add up to, whatever format they came in.

use crate::format::Format;
use crate::problem::Notes;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What came out of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It passed, perhaps only when it was repeated, perhaps though it was expected to fail.
    Passed,
    /// It failed.
    Failed,
    /// It could not be carried through.
    Errored,
    /// It was not run.
    Skipped,
    /// It failed, as was expected.
    Todo,
}

/// One case of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The suites that it is in, the outermost first, then what the format adds, then its own name,
    /// as one text. What [`crate::mapping`] makes the test case's name of.
    pub full_name: String,
    /// Its own name, as written.
    pub name: String,
    /// What came out.
    pub status: Status,
    /// Why, in a few words: the message of a failure, the reason of a skip or a TODO.
    pub message: Option<String>,
    /// All that is said of a failure, cut at [`MAX_TEXT_BYTES`] and then marked.
    pub text: Option<String>,
    /// How long it took, if that can be read.
    pub seconds: Option<f64>,
    /// The file that it is from.
    pub file: Option<String>,
    /// Its number in TAP.
    pub tap_id: Option<u64>,
    /// It is marked TODO, so that it may fail.
    pub is_todo: bool,
    /// It passed after it had failed.
    pub is_flaky: bool,
    /// How often it was run, 1 or more.
    pub attempts: u32,
    /// Properties of its own, in their order.
    pub properties: Vec<(String, String)>,
    /// The line that it begins in, from 1.
    pub line: u64,
}

impl Case {
    /// How much text is in it, in bytes, with some for the structure itself.
    #[must_use]
    pub fn kept_bytes(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let properties = self.properties.iter();
        size_of::<Self>()
            + self.full_name.len()
            + self.name.len()
            + optional(&self.message)
            + optional(&self.text)
            + optional(&self.file)
            + properties
                .map(|(name, value)| name.len() + value.len() + size_of::<(String, String)>())
                .sum::<usize>()
    }
}

/// The most bytes of a part of a name. One long name of a suite stands in the names of all its cases.
pub const MAX_PART_BYTES: usize = 1024;

/// A part of a name, or several joined: what is too long is cut and ends in a digest of all of it, so
/// that different names stay different.
#[must_use]
pub fn bounded(part: &str) -> Cow<'_, str> {
    if part.len() <= MAX_PART_BYTES {
        return Cow::Borrowed(part);
    }
    let mark = digest_mark(part);
    let end = part.floor_char_boundary(MAX_PART_BYTES.saturating_sub(mark.len()));
    Cow::Owned(format!("{}{mark}", part.get(..end).unwrap_or_default()))
}

/// What a name that was cut ends in, so that it differs from others: `~` and 16 digits of a digest.
pub(crate) fn digest_mark(name: &str) -> String {
    const DIGITS: usize = 16;
    let mut mark = format!("~{:x}", Sha256::digest(name.as_bytes()));
    mark.truncate(DIGITS + 1);
    mark
}

/// How much of a failure's text is kept, in bytes; what is behind it is cut.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// What stands at the end of a text that was cut.
pub const CUT_MARK: &str = "\n[… cut here]";

/// The text, cut at a character if it is too long.
#[must_use]
pub fn cut(mut text: String, max_bytes: usize, mark: &str) -> String {
    if text.len() <= max_bytes {
        return text;
    }
    text.truncate(text.floor_char_boundary(max_bytes.saturating_sub(mark.len())));
    text.push_str(mark);
    text
}

/// Cases by what came out of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Passed, whatever was expected.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Could not be carried through.
    pub errored: u64,
    /// Not run.
    pub skipped: u64,
    /// Failed as expected.
    pub todo: u64,
    /// Part of `passed`: only when repeated.
    pub flaky: u64,
    /// Part of `passed`: marked TODO.
    pub todo_passed: u64,
    /// The time of those whose time can be read, in seconds.
    pub seconds: Option<f64>,
}

impl Counts {
    /// Adds a case.
    pub fn add(&mut self, case: &Case) {
        match case.status {
            Status::Passed => self.passed += 1,
            Status::Failed => self.failed += 1,
            Status::Errored => self.errored += 1,
            Status::Skipped => self.skipped += 1,
            Status::Todo => self.todo += 1,
        }
        if case.status == Status::Passed {
            self.flaky += u64::from(case.is_flaky);
            self.todo_passed += u64::from(case.is_todo);
        }
        if let Some(seconds) = case.seconds {
            self.seconds = Some(self.seconds.unwrap_or_default() + seconds);
        }
    }

    /// All cases.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.passed + self.failed + self.errored + self.skipped + self.todo
    }
}

/// What a report as a whole says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing failed, and something passed.
    Passed,
    /// Something failed.
    Failed,
    /// The run was not carried through, or can't be told from the document.
    Errored,
    /// Everything was skipped or expected to fail.
    Info,
}

/// What is said of a report's cases together.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The format that it was read as.
    pub format: Format,
    /// The name that the document gives to the whole run.
    pub name: Option<String>,
    /// Cases by outcome.
    pub counts: Counts,
    /// What is odd or broken, by line.
    pub notes: Notes,
    /// A suite failed that has no failing case.
    pub has_failed_suite: bool,
    /// A suite could not be carried through.
    pub has_errored_suite: bool,
    /// Why the run was given up, in TAP.
    pub bail_out: Option<String>,
    /// Why everything was skipped, in TAP.
    pub skip_all: Option<String>,
}

impl Summary {
    /// Nothing said yet.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            name: None,
            counts: Counts::default(),
            notes: Notes::default(),
            has_failed_suite: false,
            has_errored_suite: false,
            bail_out: None,
            skip_all: None,
        }
    }

    /// The outcome of the whole: a document that breaks off or contradicts itself is an error
    /// whatever its cases say, then failures count, then errors. Without a single case it is an
    /// error, too, unless everything was skipped: that nothing was run must not open a gate.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let counts = &self.counts;
        if self.bail_out.is_some() || self.notes.is_broken {
            Outcome::Errored
        } else if counts.failed > 0 || self.has_failed_suite {
            Outcome::Failed
        } else if counts.errored > 0 || self.has_errored_suite {
            Outcome::Errored
        } else if counts.passed > 0 {
            Outcome::Passed
        } else if counts.total() > 0 || self.skip_all.is_some() {
            Outcome::Info
        } else {
            Outcome::Errored
        }
    }
}

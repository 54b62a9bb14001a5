//! One `testcase` while it is read: of everything that is said of how it ended, what counts.

use super::document::Element;
use super::time;
use crate::case::{CUT_MARK, Case, MAX_TEXT_BYTES, Status, bounded, cut};

/// The most properties that are kept of a case.
pub const MAX_PROPERTIES: usize = 100;

/// An element that says how a case, or one of its runs, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `failure`.
    Failure,
    /// `error`.
    Error,
    /// `skipped`.
    Skipped,
    /// `rerunFailure`: a repetition failed, and so did the last one.
    RerunFailure,
    /// `rerunError`.
    RerunError,
    /// `flakyFailure`: it failed, and then passed.
    FlakyFailure,
    /// `flakyError`.
    FlakyError,
}

impl Verdict {
    /// The verdict of an element of this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "failure" => Self::Failure,
            "error" => Self::Error,
            "skipped" => Self::Skipped,
            "rerunFailure" => Self::RerunFailure,
            "rerunError" => Self::RerunError,
            "flakyFailure" => Self::FlakyFailure,
            "flakyError" => Self::FlakyError,
            _ => return None,
        })
    }
}

/// Values of `status` and `result` that say that a case was not run.
const NOT_RUN: &[&str] = &["notrun", "disabled", "suppressed"];

/// What is found of a case.
pub struct Found {
    case: Case,
    /// `status` or `result` says that it was not run.
    not_run: Option<String>,
    /// Message and text of what is the worst so far.
    worst: Option<Verdict>,
    runs_failed: u32,
    text: String,
    /// Where in `text` the text of the open element begins.
    text_start: usize,
    /// The message of the open element.
    open_message: Option<String>,
}

impl Found {
    /// The beginning of a case in these suites.
    pub fn new(element: &Element<'_>, suites: &[String], line: u64) -> Self {
        let named = |name: &str| {
            element
                .attribute(name)
                .map(str::trim)
                .filter(|v| !v.is_empty())
        };
        let name = named("name").unwrap_or_default();
        let suite = || {
            suites
                .iter()
                .rev()
                .map(|suite| suite.trim())
                .find(|suite| !suite.is_empty())
        };
        let scope = named("classname").or_else(|| named("file")).or_else(suite);
        let full_name = match (scope, name) {
            (Some(scope), "") => bounded(scope).into_owned(),
            (Some(scope), name) => format!("{}.{}", bounded(scope), bounded(name)),
            (None, name) => bounded(name).into_owned(),
        };
        let not_run = ["status", "result"].into_iter().find_map(|attribute| {
            let value = named(attribute)?;
            NOT_RUN
                .iter()
                .any(|known| value.eq_ignore_ascii_case(known))
                .then(|| value.to_owned())
        });
        Self {
            case: Case {
                full_name,
                name: name.to_owned(),
                status: Status::Passed,
                message: None,
                text: None,
                seconds: named("time").and_then(time::seconds),
                file: named("file").map(str::to_owned),
                tap_id: None,
                is_todo: false,
                is_flaky: false,
                attempts: 1,
                properties: Vec::new(),
                line,
            },
            not_run,
            worst: None,
            runs_failed: 0,
            text: String::new(),
            text_start: 0,
            open_message: None,
        }
    }

    /// An element that says how it ended begins.
    pub fn begin_verdict(&mut self, verdict: Verdict, element: &Element<'_>) {
        if !self.text.is_empty() {
            self.add_text("\n");
        }
        self.text_start = self.text.len();
        let named = |name: &str| {
            element
                .attribute(name)
                .filter(|value| !value.trim().is_empty())
        };
        self.open_message = named("message")
            .or_else(|| named("type"))
            .map(str::to_owned);
        if let (Some(message), false) = (&self.open_message, verdict == Verdict::Skipped) {
            let message = format!("{}\n", message.trim_end());
            self.add_text(&message);
        }
    }

    /// Text in it.
    pub fn add_text(&mut self, text: &str) {
        // One byte more than is kept, so that it is seen that something was cut.
        let room = (MAX_TEXT_BYTES + 1).saturating_sub(self.text.len());
        match text.len() <= room {
            true => self.text.push_str(text),
            false => self.text.push_str(
                text.get(..text.floor_char_boundary(room))
                    .unwrap_or_default(),
            ),
        }
    }

    /// The element ends.
    pub fn end_verdict(&mut self, verdict: Verdict) {
        let text = self.text.get(self.text_start..).unwrap_or_default().trim();
        let message = self.open_message.take().or_else(|| {
            let line = text.lines().map(str::trim).find(|line| !line.is_empty());
            line.map(str::to_owned)
        });
        if matches!(
            verdict,
            Verdict::RerunFailure
                | Verdict::RerunError
                | Verdict::FlakyFailure
                | Verdict::FlakyError
        ) {
            self.runs_failed += 1;
        }
        if self.worst.is_none_or(|worst| rank(verdict) > rank(worst)) {
            self.worst = Some(verdict);
            self.case.message = message;
        }
        if verdict == Verdict::Skipped {
            self.text.truncate(self.text_start);
        }
    }

    /// A property begins.
    pub fn begin_property(&mut self, element: &Element<'_>) {
        let name = element.attribute("name").unwrap_or_default().trim();
        let value = element.attribute("value").unwrap_or_default();
        if self.case.properties.len() < MAX_PROPERTIES {
            self.case
                .properties
                .push((name.to_owned(), value.to_owned()));
        }
    }

    /// Text in a property, which some writers have instead of the attribute.
    pub fn add_to_property(&mut self, text: &str) {
        if let Some((_, value)) = self.case.properties.last_mut() {
            value.push_str(text);
        }
    }

    /// The case is complete.
    pub fn finish(self) -> Case {
        let mut case = self.case;
        case.status = match self.worst {
            Some(Verdict::Error | Verdict::RerunError) => Status::Errored,
            Some(Verdict::Failure | Verdict::RerunFailure) => Status::Failed,
            Some(Verdict::Skipped) => Status::Skipped,
            Some(Verdict::FlakyFailure | Verdict::FlakyError) | None => match self.not_run {
                Some(value) => {
                    case.message = Some(value);
                    Status::Skipped
                }
                None => Status::Passed,
            },
        };
        case.is_flaky = self.runs_failed > 0 && case.status == Status::Passed;
        // Surefire tells of the last failure of a flaky case as of those before, but of one that
        // finally failed with an element of its own.
        case.attempts = 1 + self.runs_failed;
        case.properties.retain(|(name, _)| !name.is_empty());
        for (_, value) in &mut case.properties {
            *value = value.trim().to_owned();
        }
        let text = cut(self.text, MAX_TEXT_BYTES, CUT_MARK);
        let trimmed = text.trim_matches(['\n', '\r']).trim_end();
        case.text = (!trimmed.trim().is_empty()).then(|| trimmed.to_owned());
        case
    }
}

/// What counts more: error before failure before skipped, and all of them before repetitions.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Error => 6,
        Verdict::Failure => 5,
        Verdict::RerunError => 4,
        Verdict::RerunFailure => 3,
        Verdict::Skipped => 2,
        Verdict::FlakyFailure | Verdict::FlakyError => 1,
    }
}

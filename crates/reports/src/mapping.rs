//! Cases as results: the test case's name, the outcome, the extra data and the note, as whoever
//! stores them wants it. It does not know what a store is.

use crate::case::{Case, Counts, Outcome, Status, Summary, digest_mark};
use serde_json::{Map, Value};

/// How a report's cases become results.
#[derive(Clone, Debug)]
pub struct Mapping<'m> {
    /// The name of the roll-up, and what the names of all test cases begin with.
    pub prefix: &'m str,
    /// As [`error_outcome`] says.
    pub error_outcome: &'m str,
    /// Extra data of every result, such as `item` and `type`. Keys have no colon.
    pub data: &'m [(String, Vec<String>)],
    /// Which cases become results.
    pub cases: Cases,
    /// Whether skipped cases become `INFO` instead of nothing. `INFO` satisfies a gate.
    pub skipped_as_info: bool,
}

/// The outcome of what could not be carried through, where these are known: `ERROR`, or else
/// `NEEDS_INSPECTION`.
#[must_use]
pub fn error_outcome(known: &[String]) -> &'static str {
    match known.iter().any(|outcome| outcome == "ERROR") {
        true => "ERROR",
        false => "NEEDS_INSPECTION",
    }
}

/// Which cases become results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cases {
    /// All of them.
    #[default]
    All,
    /// Those that failed or could not be carried through.
    Failures,
    /// None, the roll-up alone.
    None,
}

impl Cases {
    /// The choice of this name in a request.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self::All),
            "failures" => Some(Self::Failures),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// What is to be stored of a case, or of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The test case's name.
    pub test_case: String,
    /// The outcome, in upper case.
    pub outcome: String,
    /// Extra data as JSON text: an object whose keys are sorted and whose values are lists of texts.
    pub data: String,
    /// How many values of extra data there are.
    pub values: usize,
    /// Free text: all of a failure.
    pub note: Option<String>,
}

/// The most characters of a test case's name. What is longer is cut and gets a digest of all of it.
pub const MAX_NAME_CHARS: usize = 2048;

/// The most characters of a value of extra data.
pub const MAX_VALUE_CHARS: usize = 8192;

/// The most characters of a key of extra data.
pub const MAX_KEY_CHARS: usize = 255;

/// The result of a case; `None` if it becomes none.
#[must_use]
pub fn case(case: &Case, mapping: &Mapping<'_>) -> Option<Mapped> {
    let is_wanted = match (mapping.cases, case.status) {
        (Cases::None, _) => false,
        (Cases::Failures, status) => matches!(status, Status::Failed | Status::Errored),
        (Cases::All, Status::Skipped) => mapping.skipped_as_info,
        (Cases::All, _) => true,
    };
    if !is_wanted {
        return None;
    }
    let outcome = match case.status {
        Status::Passed => "PASSED",
        Status::Failed => "FAILED",
        Status::Errored => mapping.error_outcome,
        Status::Skipped | Status::Todo => "INFO",
    };
    let mut data = Data::new(mapping);
    let reason = || case.message.clone().unwrap_or_default();
    match case.status {
        Status::Skipped => data.add("skipped", &reason()),
        Status::Todo => data.add("todo", &reason()),
        Status::Passed if case.is_todo => data.add("todo", &reason()),
        _ => {
            if let Some(message) = &case.message {
                data.add("message", message);
            }
        }
    }
    if case.is_flaky {
        data.add("flaky", "true");
    }
    if case.attempts > 1 {
        data.add("attempts", &case.attempts.to_string());
    }
    if let Some(seconds) = case.seconds {
        data.add("duration", &seconds.to_string());
    }
    if let Some(file) = &case.file {
        data.add("file", file);
    }
    if let Some(id) = case.tap_id {
        data.add("tap.id", &id.to_string());
    }
    for (name, value) in &case.properties {
        data.add(&format!("prop.{name}"), value);
    }
    Some(Mapped {
        test_case: test_case_name(mapping.prefix, &case.full_name),
        outcome: outcome.to_owned(),
        values: data.count(),
        data: data.into_json(),
        note: case.text.clone(),
    })
}

/// The result of all of them, under the name that policies ask for.
#[must_use]
pub fn roll_up(summary: &Summary, mapping: &Mapping<'_>) -> Mapped {
    let mut data = Data::new(mapping);
    if let Some(seconds) = summary.counts.seconds {
        data.add("duration", &rounded(seconds));
    }
    if let Some(reason) = &summary.bail_out {
        data.add("message", reason);
    }
    if let Some(reason) = &summary.skip_all {
        data.add("skipped", reason);
    }
    Mapped {
        test_case: test_case_name(mapping.prefix, ""),
        outcome: outcome(summary.outcome(), mapping).to_owned(),
        values: data.count(),
        data: data.into_json(),
        note: Some(in_words(summary)),
    }
}

/// The outcome of a report as it is stored.
#[must_use]
pub fn outcome<'m>(outcome: Outcome, mapping: &Mapping<'m>) -> &'m str {
    match outcome {
        Outcome::Passed => "PASSED",
        Outcome::Failed => "FAILED",
        Outcome::Errored => mapping.error_outcome,
        Outcome::Info => "INFO",
    }
}

/// Seconds to the microsecond, as sums of decimal fractions end in odd digits.
#[must_use]
pub fn rounded(seconds: f64) -> String {
    let text = format!("{seconds:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What came out in a sentence for people, and what is odd, a line each.
#[must_use]
pub fn in_words(summary: &Summary) -> String {
    let Counts {
        passed,
        failed,
        errored,
        skipped,
        todo,
        flaky,
        todo_passed,
        ..
    } = summary.counts;
    let mut text = format!("{} cases: {passed} passed", summary.counts.total());
    for (count, word) in [
        (failed, "failed"),
        (errored, "errored"),
        (skipped, "skipped"),
        (todo, "failed as expected"),
        (flaky, "passed when repeated"),
        (todo_passed, "passed though marked TODO"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    if let Some(reason) = &summary.bail_out {
        text.push_str(&format!("\nthe run was given up: {reason}"));
    }
    for note in &summary.notes.kept {
        text.push_str(&format!("\nline {}: {}", note.line, note.message));
    }
    let more = summary
        .notes
        .total
        .saturating_sub(summary.notes.kept.len() as u64);
    if more > 0 {
        text.push_str(&format!("\nand {more} more of this kind"));
    }
    text
}

/// The prefix and the name of a case: control characters and blanks in a row become one blank, in
/// both formats, and what is longer than [`MAX_NAME_CHARS`] ends in a digest of the whole instead.
#[must_use]
pub fn test_case_name(prefix: &str, name: &str) -> String {
    let mut text = String::with_capacity(prefix.len() + name.len() + 1);
    push_plain(&mut text, prefix);
    if !name.trim().is_empty() {
        text.push('.');
        push_plain(&mut text, name);
    }
    if text.chars().nth(MAX_NAME_CHARS).is_none() {
        return text;
    }
    let mark = digest_mark(&text);
    let kept = text.chars().take(MAX_NAME_CHARS.saturating_sub(mark.len()));
    kept.chain(mark.chars()).collect()
}

fn push_plain(text: &mut String, part: &str) {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    for (index, word) in part
        .split(is_gap)
        .filter(|word| !word.is_empty())
        .enumerate()
    {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// Extra data while it is collected.
struct Data(Map<String, Value>);

impl Data {
    fn new(mapping: &Mapping<'_>) -> Self {
        let mut map = Map::new();
        for (key, values) in mapping.data {
            map.insert(key.clone(), values.clone().into());
        }
        Self(map)
    }

    /// Adds a value. What the caller said of every result is not overwritten by a case.
    fn add(&mut self, key: &str, value: &str) {
        // A colon has a meaning in queries.
        let key: String = key.replace(':', "_").chars().take(MAX_KEY_CHARS).collect();
        if !self.0.contains_key(&key) {
            self.0
                .insert(key, Value::Array(vec![cropped(value).into()]));
        }
    }

    fn count(&self) -> usize {
        let lists = self.0.values();
        lists
            .map(|values| values.as_array().map_or(0, Vec::len))
            .sum()
    }

    fn into_json(self) -> String {
        Value::Object(self.0).to_string()
    }
}

/// The text, cut and marked if it is longer than a value may be.
#[must_use]
pub fn cropped(value: &str) -> String {
    const MARK: &str = "...";
    if value.len() <= MAX_VALUE_CHARS || value.chars().nth(MAX_VALUE_CHARS).is_none() {
        return value.to_owned();
    }
    value
        .chars()
        .take(MAX_VALUE_CHARS - MARK.len())
        .chain(MARK.chars())
        .collect()
}

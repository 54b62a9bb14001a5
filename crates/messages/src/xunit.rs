//! The report inside of a CI message: packed xUnit, whose cases become results of their own beside
//! the one of the message. What can't be read is noted and keeps no message from being stored.

use crate::document::Node;
use crate::verdict::{Mapped, NewResult, Rejection};
use reports::unpack::{MAX_DOCUMENT_BYTES, unpack};
use reports::{Cases, Mapping, Outcome, Problem};
use serde_json::{Map, Value};

/// The most cases of one report that become results. Those after it are left out.
pub const MAX_CASES: usize = 10_000;

/// The most values of extra data and groups that the cases of one report have together.
pub const MAX_CASE_ROWS: usize = 50_000;

/// How large the reports of all messages of a batch may be together after unpacking, in bytes.
pub const MAX_REPORT_BYTES: usize = MAX_DOCUMENT_BYTES;

/// What each case says of the message that it came with.
const SHARED: [&str; 6] = [
    "item",
    "type",
    "scenario",
    "system_architecture",
    "system_variant",
    "publisher_id",
];

/// A report inside of a message, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    text: String,
    path: String,
}

/// Whether this says where the report is, instead of being it.
pub fn is_link(text: &str) -> bool {
    text.contains("://") && !text.trim_start().starts_with('<')
}

/// The report at this place, if there is one.
pub fn embedded(node: &Node<'_>) -> Result<Option<Embedded>, Rejection> {
    let text = node.text()?.map(str::trim);
    let text = text.filter(|text| !text.is_empty() && !is_link(text));
    Ok(text.map(|text| Embedded {
        text: text.to_owned(),
        path: node.path(),
    }))
}

/// Makes results of the cases of the report in it, as far as `left` bytes allow.
pub fn open(mapped: &mut Mapped, outcomes: &[String], left: &mut usize) {
    let Some(report) = mapped.report.take() else {
        return;
    };
    let Some(result) = mapped.results.first() else {
        return;
    };
    match read(&report, result, outcomes, left) {
        Ok((cases, notes)) => {
            mapped.cases = cases;
            mapped.notes.extend(notes);
        }
        Err(reason) => {
            let note = format!("{}: the report is not read: {reason}", report.path);
            mapped.notes.push(note);
        }
    }
}

fn read(
    report: &Embedded,
    result: &NewResult,
    outcomes: &[String],
    left: &mut usize,
) -> Result<(Vec<NewResult>, Vec<String>), String> {
    if *left == 0 {
        return Err("those of the messages before are too large together".to_owned());
    }
    let document = unpack(report.text.as_bytes()).map_err(|problem| said(&problem))?;
    if document.len() > *left {
        *left = 0;
        return Err("together with those of the messages before it is too large".to_owned());
    }
    *left = left.saturating_sub(document.len());
    let shared = shared_data(&result.data);
    let mapping = Mapping {
        prefix: &result.test_case,
        error_outcome: reports::mapping::error_outcome(outcomes),
        data: &shared,
        cases: Cases::All,
        skipped_as_info: false,
    };
    let mut cases = Vec::new();
    let (mut rows, mut left_out) = (0, 0);
    let summary = reports::read_each(&document, None, &mut |case| {
        if let Some(mapped) = reports::mapping::case(&case, &mapping) {
            rows += 1 + mapped.values;
            match cases.len() < MAX_CASES && rows <= MAX_CASE_ROWS {
                true => cases.push(case_result(mapped, result)),
                false => left_out += 1,
            }
        }
        Ok(())
    })
    .map_err(|problem| said(&problem))?;
    let mut notes = Vec::new();
    let mut note = |text: String| notes.push(format!("{}: {text}", report.path));
    if left_out > 0 {
        note(format!("{left_out} cases are left out, they are too many"));
    }
    if result.outcome == "PASSED" && summary.outcome() == Outcome::Failed {
        note("cases failed, though the message says that the test passed".to_owned());
    }
    Ok((cases, notes))
}

fn said(problem: &Problem) -> String {
    match problem.line {
        0 => problem.message.clone(),
        line => format!(
            "line {line}, column {}: {}",
            problem.column, problem.message
        ),
    }
}

/// What the message says of every case.
fn shared_data(data: &Map<String, Value>) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let shared = SHARED.iter().filter_map(|name| {
        let texts: Vec<String> = match data.get(*name)? {
            Value::Array(values) => values.iter().filter_map(text).collect(),
            value => text(value).into_iter().collect(),
        };
        (!texts.is_empty()).then(|| ((*name).to_owned(), texts))
    });
    shared.collect()
}

fn case_result(mapped: reports::Mapped, result: &NewResult) -> NewResult {
    NewResult {
        test_case: mapped.test_case,
        test_case_ref_url: None,
        outcome: mapped.outcome,
        ref_url: result.ref_url.clone(),
        note: mapped.note.unwrap_or_default(),
        data: serde_json::from_str(&mapped.data).unwrap_or_default(),
        group: result.group.clone(),
    }
}

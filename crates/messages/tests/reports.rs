//! Reports inside of CI messages: their cases, their limits, and what can't be read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use messages::{Delivered, Delivery, MAX_CASE_ROWS, MAX_CASES, MAX_REPORT_BYTES, Mapped, Verdict};
use serde_json::{Value, json};
use std::io::Write;

/// A document as messages carry it.
fn packed(document: &str) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(document.as_bytes()).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

fn message(xunit: &str) -> Value {
    json!({
        "version": "0.2.1",
        "contact": {"name": "n", "team": "t", "email": "e"},
        "run": {"url": "https://run"},
        "artifact": {"type": "brew-build", "nvr": "a-1-1", "component": "a"},
        "test": {"namespace": "n", "type": "t", "category": "c", "result": "passed", "xunit": xunit},
    })
}

fn read(body: &Value) -> Vec<Mapped> {
    let outcomes = ["PASSED", "FAILED", "ERROR"].map(str::to_owned);
    let delivery = Delivery {
        topic: None,
        id: None,
        headers: &[("jmsxuserid".to_owned(), "msg-ci".to_owned())],
        outcomes: &outcomes,
    };
    let messages = match messages::read(&delivery, body.to_string().as_bytes()) {
        Delivered::One(message) => vec![*message],
        Delivered::Batch(messages) => messages,
    };
    let mapped = messages.into_iter().map(|message| match message.verdict {
        Verdict::Results(mapped) => mapped,
        other => panic!("{other:?}"),
    });
    mapped.collect()
}

fn one(xunit: &str) -> Mapped {
    read(&message(xunit)).remove(0)
}

#[test]
fn cases_become_results_of_their_own() {
    let mapped = one(&packed(
        "<testsuite name='s'><testcase name='a'/><testcase name='b'><failure message='m'>all</failure></testcase>\
         <testcase name='c'><error/></testcase><testcase name='d'><skipped/></testcase></testsuite>",
    ));
    let found: Vec<_> = mapped
        .cases
        .iter()
        .map(|case| (case.test_case.as_str(), case.outcome.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("n.t.c.s.a", "PASSED"),
            ("n.t.c.s.b", "FAILED"),
            ("n.t.c.s.c", "ERROR")
        ]
    );
    let failed = &mapped.cases[1];
    assert_eq!(failed.ref_url.as_deref(), Some("https://run"));
    assert_eq!(failed.group, mapped.results[0].group);
    assert_eq!(
        json!(failed.data),
        json!({"item": ["a-1-1"], "type": ["brew-build"], "publisher_id": ["msg-ci"], "message": ["m"]})
    );
    assert!(
        mapped.notes[0].starts_with("test.xunit: cases failed"),
        "{:?}",
        mapped.notes
    );
    assert_eq!(mapped.results.len(), 1);
    assert_eq!(mapped.results[0].outcome, "PASSED");
}

#[test]
fn what_is_no_report_is_noted_or_a_link() {
    for (xunit, note) in [
        ("https://ci/results.xml", None),
        ("", None),
        ("eJ??", Some("test.xunit: the report is not read")),
        (
            packed("<testsuite>").as_str(),
            Some("test.xunit: the report is not read: line 1"),
        ),
        (
            packed("").as_str(),
            Some("test.xunit: the report is not read"),
        ),
    ] {
        let mapped = one(xunit);
        assert_eq!(mapped.results.len(), 1);
        assert!(mapped.cases.is_empty(), "{xunit}");
        match note {
            None => assert!(mapped.notes.is_empty(), "{xunit}: {:?}", mapped.notes),
            Some(note) => assert!(
                mapped.notes[0].starts_with(note),
                "{xunit}: {:?}",
                mapped.notes
            ),
        }
    }
}

#[test]
fn more_cases_than_the_limit_are_left_out() {
    let report = |cases: usize| {
        packed(&format!(
            "<testsuite>{}</testsuite>",
            "<testcase name='x'/>".repeat(cases)
        ))
    };
    assert!(one(&report(MAX_CASES)).notes.is_empty());
    let mapped = one(&report(MAX_CASES + 2));
    assert_eq!(mapped.cases.len(), MAX_CASES);
    assert_eq!(
        mapped.notes,
        ["test.xunit: 2 cases are left out, they are too many"]
    );
}

#[test]
fn cases_with_more_values_than_the_limit_are_left_out() {
    let property = |index: usize| format!("<property name='p{index}' value='v'/>");
    let properties: String = (0..96).map(property).collect();
    // Its group, item, type, publisher and the properties: 100 rows.
    let case = format!("<testcase name='x'><properties>{properties}</properties></testcase>");
    let report = |cases: usize| packed(&format!("<testsuite>{}</testsuite>", case.repeat(cases)));
    assert!(one(&report(MAX_CASE_ROWS / 100)).notes.is_empty());
    let mapped = one(&report(MAX_CASE_ROWS / 100 + 1));
    assert_eq!(mapped.cases.len(), MAX_CASE_ROWS / 100);
    assert_eq!(
        mapped.notes,
        ["test.xunit: 1 cases are left out, they are too many"]
    );
}

#[test]
fn the_reports_of_a_batch_have_a_limit_together() {
    let padded = |length: usize| {
        let report = "<testsuite><testcase name='x'/></testsuite>";
        message(&packed(&format!(
            "{report}{}",
            " ".repeat(length - report.len())
        )))
    };
    let half = MAX_REPORT_BYTES / 2;
    let cases = |batch: Value| -> Vec<usize> {
        read(&batch)
            .iter()
            .map(|mapped| mapped.cases.len())
            .collect()
    };
    assert_eq!(cases(json!([padded(half), padded(half)])), [1, 1]);
    assert_eq!(
        cases(json!([padded(half), padded(half + 1), padded(50)])),
        [1, 0, 0]
    );
}

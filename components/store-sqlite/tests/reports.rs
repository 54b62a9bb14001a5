//! A report is stored as a submission of the same results would be, once for each key.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, number};
use endpoint::records::{
    GroupMention, NewReport, NewResult, Submission, SubmissionKey, TestResult, Update,
};
use spin_sdk::sqlite::Value;
use store_sqlite::database::Database;
use store_sqlite::{catalogue, reports, results, summary};

const ROWS: &str = r#"[["PASSED","t.a",{"duration":["0.5"],"item":["é \"x\""]},null],["FAILED","t",{"item":["i","j"]},"all\nof it"]]"#;

fn report(rows: &str) -> NewReport {
    NewReport {
        submit_time_us: 7,
        group: GroupMention {
            uuid: "g".into(),
            description: Update::Set(Some("d".into())),
            ref_url: Update::Keep,
        },
        ref_url: Some("u".into()),
        results: rows.into(),
    }
}

fn key(fingerprint: &str) -> SubmissionKey {
    SubmissionKey {
        caller: "c".into(),
        place: "p".into(),
        key: "k".into(),
        fingerprint: fingerprint.into(),
    }
}

fn count(database: &Embedded) -> i64 {
    number(database, "SELECT count(*) FROM results")
}

/// Up to which result summaries have come, and how many results have one.
fn summarised(database: &Embedded) -> (i64, i64) {
    let shapes = "SELECT count(DISTINCT result_id) FROM result_shapes";
    let upto = "SELECT upto FROM summaries WHERE is_paused = 0";
    (number(database, upto), number(database, shapes))
}

/// A store with a report of so many cases.
fn with_report(cases: usize, key: Option<&SubmissionKey>) -> Embedded {
    let database = Embedded::in_memory();
    let case = |number: usize| format!(r#"["PASSED","t.{number}",{{"item":["i"]}},null]"#);
    let rows: Vec<String> = (0..cases).map(case).collect();
    let rows = format!("[{}]", rows.join(","));
    reports::submit(&database, report(&rows), key).unwrap();
    assert_eq!(summarised(&database), (0, 0));
    database
}

fn expect_stored(database: &Embedded, last: u64) {
    let first = results::get(database, last - 1).unwrap().unwrap();
    assert_eq!(
        (first.outcome.as_str(), first.test_case.name.as_str()),
        ("PASSED", "t.a")
    );
    assert_eq!(first.data, r#"{"duration":["0.5"],"item":["é \"x\""]}"#);
    assert_eq!(
        (first.note, first.ref_url.as_deref(), first.submit_time_us),
        (None, Some("u"), 7)
    );
    let last = results::get(database, last).unwrap().unwrap();
    assert_eq!(last.note.as_deref(), Some("all\nof it"));
    assert_eq!(
        (last.test_case.name.as_str(), last.groups),
        ("t", vec!["g".to_owned()])
    );
    let group = catalogue::get_group(database, "g").unwrap().unwrap();
    assert_eq!(
        (group.description.as_deref(), group.result_count),
        (Some("d"), 2)
    );
    let indexed =
        "SELECT count(*) FROM result_data WHERE key = 'item' AND value IN ('i', 'j', 'é \"x\"')";
    assert!(matches!(
        database.run(indexed, &[]).unwrap()[0][0],
        Value::Integer(3)
    ));
}

#[test]
fn a_report_is_stored_with_what_its_results_share() {
    let database = Embedded::in_memory();
    let stored = match reports::submit(&database, report(ROWS), None).unwrap() {
        Submission::Stored(results) => results,
        other => unreachable!("not stored: {other:?}"),
    };
    assert!(matches!(stored.as_slice(), [last] if last.id == 2));
    expect_stored(&database, 2);
}

#[test]
fn a_key_stores_once() {
    let database = Embedded::in_memory();
    let submit = |rows, fingerprint| {
        reports::submit(&database, report(rows), Some(&key(fingerprint))).unwrap()
    };
    let is_last = |results: &[TestResult]| matches!(results, [last] if last.id == 2);
    assert!(matches!(submit(ROWS, "f"), Submission::Stored(last) if is_last(&last)));
    expect_stored(&database, 2);
    assert!(matches!(submit(ROWS, "f"), Submission::Repeated(last) if is_last(&last)));
    assert!(matches!(submit(ROWS, "other"), Submission::KeyIsTaken));
    assert_eq!(count(&database), 2);
}

#[test]
fn a_report_with_a_row_that_cant_be_stored_stores_nothing() {
    let database = Embedded::in_memory();
    let broken = r#"[["PASSED","a",{},null],[null,"b",{},null]]"#;
    assert!(reports::submit(&database, report(broken), None).is_err());
    assert!(reports::submit(&database, report(broken), Some(&key("f"))).is_err());
    assert_eq!(count(&database), 0);
    let stored = reports::submit(&database, report(ROWS), Some(&key("f"))).unwrap();
    assert!(matches!(stored, Submission::Stored(_)));
}

#[test]
fn a_report_is_summarised_later_in_steps() {
    for key in [None, Some(key("f"))] {
        let database = with_report(3_000, key.as_ref());
        for (upto, is_more) in [(1_024, true), (2_048, true), (3_000, false), (3_000, false)] {
            assert_eq!(summary::go_on(&database).unwrap(), is_more);
            assert_eq!(summarised(&database), (upto, upto));
        }
    }
    let database = with_report(127, None);
    assert!(!summary::go_on(&database).unwrap());
    assert_eq!(summarised(&database), (0, 0));
}

#[test]
fn what_nobody_went_on_with_is_caught_up_by_later_batches() {
    let database = with_report(3_000, None);
    for upto in [1_024, 2_048, 3_072, 3_456] {
        let next = count(&database) / 128 * 128 + 128;
        while count(&database) < next {
            let one = NewResult {
                submit_time_us: 8,
                outcome: "PASSED".into(),
                test_case: "t".into(),
                test_case_ref_url: Update::Keep,
                groups: Vec::new(),
                data: "{}".into(),
                note: None,
                ref_url: None,
            };
            results::submit(&database, vec![one]).unwrap();
        }
        assert_eq!(summarised(&database), (upto, upto));
    }
}

//! What the results of a span of time are about is found page by page, at a cost that does not grow
//! with what is stored.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, assert_searches};
use endpoint::records::{NewResult, Update};
use store_sqlite::results;
use store_sqlite::subjects::{Found, find};

fn submit(database: &Embedded, entries: &[(i64, &str)]) {
    let result = |(submit_time_us, data): &(i64, &str)| NewResult {
        submit_time_us: *submit_time_us,
        outcome: "PASSED".into(),
        test_case: "t".into(),
        test_case_ref_url: Update::Keep,
        groups: Vec::new(),
        data: (*data).into(),
        note: None,
        ref_url: None,
    };
    results::submit(database, entries.iter().map(result).collect()).unwrap();
}

fn subjects(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(kind, item): &(&str, &str)| ((*kind).to_owned(), (*item).to_owned());
    pairs.iter().map(owned).collect()
}

const A: &str = r#"{"item":["a"],"type":["t"]}"#;
const B: &str = r#"{"item":["b","c"],"type":["t","u"]}"#;
const NONE: &str = r#"{"item":["a"]}"#;

#[test]
fn subjects_are_found_for_each_pair_with_the_newest_result_first() {
    let database = Embedded::in_memory();
    submit(&database, &[(1, A), (2, B), (3, A), (3, NONE), (9, B)]);
    let found = find(&database, 1, 3, None, 10).unwrap();
    let pairs = [
        ("t", "a"),
        ("t", "b"),
        ("t", "c"),
        ("u", "b"),
        ("u", "c"),
        ("t", "a"),
    ];
    let expected = Found {
        subjects: subjects(&pairs),
        results: 4,
        next: None,
    };
    assert_eq!(found, expected);
    assert_eq!(find(&database, 4, 8, None, 10).unwrap(), Found::default());
}

#[test]
fn pages_meet_each_result_once_also_within_a_microsecond() {
    let database = Embedded::in_memory();
    submit(&database, &[(5, A), (5, B), (5, A), (6, NONE), (7, A)]);
    let (mut after, mut results) = (None, Vec::new());
    loop {
        let found = find(&database, 0, i64::MAX, after, 2).unwrap();
        results.push((found.results, found.subjects.len()));
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(results, [(2, 1), (2, 5), (1, 1)]);
}

#[test]
fn a_page_costs_the_same_whatever_is_stored() {
    let steps = |count: i64| {
        let database = Embedded::in_memory();
        let entries: Vec<_> = (0..count).map(|time| (time, A)).collect();
        submit(&database, &entries);
        database.steps();
        find(&database, 10, 900, Some((500, 1)), 50).unwrap();
        let steps = database.steps();
        find(&database, 10, 900, None, 50).unwrap();
        assert_searches(&database, "subjects of a span");
        steps
    };
    assert_eq!(steps(1_000), steps(5_000));
}

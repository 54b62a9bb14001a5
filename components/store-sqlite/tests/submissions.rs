//! Submissions with a key are stored once, whole or not at all.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::Embedded;
use endpoint::records::{GroupMention, NewResult, Submission, SubmissionKey, TestResult, Update};
use spin_sdk::sqlite::Value;
use std::sync::Barrier;
use store_sqlite::database::{Database, Failure};
use store_sqlite::submissions::submit;
use store_sqlite::{catalogue, results, schema};
use tempfile::TempDir;

fn new(test_case: &str, ref_url: Update) -> NewResult {
    NewResult {
        submit_time_us: 7,
        outcome: "PASSED".into(),
        test_case: test_case.into(),
        test_case_ref_url: ref_url,
        groups: vec![GroupMention {
            uuid: "g".into(),
            description: Update::Keep,
            ref_url: Update::Keep,
        }],
        data: r#"{"item":["a"],"type":["koji_build"]}"#.into(),
        note: None,
        ref_url: Some("u".into()),
    }
}

fn plain(test_case: &str) -> NewResult {
    new(test_case, Update::Keep)
}

fn key(caller: &str, place: &str, key: &str, fingerprint: &str) -> SubmissionKey {
    SubmissionKey {
        caller: caller.into(),
        place: place.into(),
        key: key.into(),
        fingerprint: fingerprint.into(),
    }
}

#[track_caller]
fn stored(submission: Submission) -> Vec<TestResult> {
    match submission {
        Submission::Stored(results) => results,
        other => panic!("not stored: {other:?}"),
    }
}

fn count(database: &Embedded, table: &str) -> i64 {
    let rows = database.run(&format!("SELECT count(*) FROM {table}"), &[]);
    match rows.unwrap()[0][0] {
        Value::Integer(number) => number,
        ref other => panic!("no number: {other:?}"),
    }
}

#[test]
fn a_repetition_gets_the_first_answer() {
    let database = Embedded::in_memory();
    stored(submit(&database, vec![plain("before")], None).unwrap());
    let set = |url: &str| Update::Set(Some(url.into()));
    for list in [
        vec![new("t", set("first"))],
        vec![
            new("t", set("a")),
            plain("x"),
            new("t", set("b")),
            plain("t"),
        ],
    ] {
        let k = key("joe", "/results", &format!("k-{}", list.len()), "f");
        let first = stored(submit(&database, list.clone(), Some(&k)).unwrap());
        for result in &first {
            assert_eq!(
                results::get(&database, result.id).unwrap().as_ref(),
                Some(result)
            );
        }
        // What has changed since then is not in the answer, and what is sent now does not matter.
        catalogue::put_test_case(&database, "t", set("later")).unwrap();
        catalogue::put_test_case(&database, "x", set("later")).unwrap();
        let again = submit(&database, vec![plain("other")], Some(&k)).unwrap();
        assert_eq!(again, Submission::Repeated(first));
    }
    assert_eq!(count(&database, "results"), 1 + 1 + 4);
    assert_eq!(count(&database, "test_cases"), 3);
}

#[test]
fn a_key_belongs_to_one_caller_place_and_body() {
    let database = Embedded::in_memory();
    let first = key("joe", "/a", "k", "f");
    stored(submit(&database, vec![plain("t")], Some(&first)).unwrap());
    for other in [
        key("bot", "/a", "k", "f"),
        key("joe", "/b", "k", "f"),
        key("joe", "/a", "K", "f"),
    ] {
        stored(submit(&database, vec![plain("t")], Some(&other)).unwrap());
    }
    let taken = submit(
        &database,
        vec![plain("t")],
        Some(&key("joe", "/a", "k", "g")),
    );
    assert_eq!(taken.unwrap(), Submission::KeyIsTaken);
    assert_eq!(count(&database, "results"), 4);
}

#[test]
fn results_with_a_key_are_those_without() {
    let database = Embedded::in_memory();
    let list = || {
        vec![
            new("t", Update::Set(Some("r".into()))),
            plain("t"),
            plain("u"),
        ]
    };
    let without = stored(submit(&database, list(), None).unwrap());
    let with = stored(submit(&database, list(), Some(&key("joe", "/", "k", "f"))).unwrap());
    let ids: Vec<u64> = with.iter().map(|result| result.id).collect();
    assert_eq!(ids, [4, 5, 6]);
    for (mut with, without) in with.into_iter().zip(without) {
        with.id = without.id;
        assert_eq!(with, without);
    }
    assert_eq!(count(&database, "result_data"), 12);
    assert_eq!(count(&database, "result_groups"), 6);
}

#[test]
fn a_submission_that_breaks_leaves_nothing() {
    let database = Embedded::in_memory();
    let breaks = NewResult {
        data: "no JSON".into(),
        ..plain("last")
    };
    let list = vec![plain("first"), plain("second"), breaks];
    let k = key("joe", "/", "k", "f");
    for key in [None, Some(&k)] {
        match submit(&database, list.clone(), key) {
            Err(Failure::Database(text)) => assert!(text.contains("malformed JSON"), "{text}"),
            other => panic!("{other:?}"),
        }
    }
    for table in [
        "results",
        "result_data",
        "result_groups",
        "groups",
        "test_cases",
        "submissions",
    ] {
        assert_eq!(count(&database, table), 0, "{table}");
    }
    // The key is still free.
    stored(submit(&database, vec![plain("t")], Some(&k)).unwrap());
}

#[test]
fn of_several_at_the_same_moment_one_stores() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    schema::migrate(&Embedded::open(&path)).unwrap();
    let rounds = 20;
    let start = Barrier::new(4);
    let answers: Vec<Vec<Submission>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let database = Embedded::open(&path);
                    let mut answers = Vec::new();
                    for round in 0..rounds {
                        let k = key("joe", "/", &format!("k-{round}"), "f");
                        start.wait();
                        answers.push(
                            submit(&database, vec![plain("t"), plain("u")], Some(&k)).unwrap(),
                        );
                    }
                    answers
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .collect()
    });
    for round in 0..rounds {
        let of_round: Vec<&Submission> = answers.iter().map(|answers| &answers[round]).collect();
        let first = of_round.iter().find_map(|answer| match answer {
            Submission::Stored(results) => Some(results),
            _ => None,
        });
        let first = first.unwrap();
        let repeated = Submission::Repeated(first.clone());
        assert_eq!(
            of_round
                .iter()
                .filter(|answer| **answer == &repeated)
                .count(),
            3
        );
    }
    assert_eq!(
        count(&Embedded::open(&path), "results"),
        2 * i64::try_from(rounds).unwrap()
    );
}

#[test]
fn a_submission_without_a_key_pays_nothing_for_keys() {
    let database = Embedded::in_memory();
    let steps = |list: Vec<NewResult>| {
        database.steps();
        stored(submit(&database, list, None).unwrap());
        database.steps()
    };
    // The first one prepares the statement and creates the test case.
    steps(vec![plain("t")]);
    let with_keys = steps(vec![plain("t")]);
    assert!(with_keys > 0);
    for statement in ["DROP VIEW new_submissions", "DROP TABLE submissions"] {
        database.run(statement, &[]).unwrap();
    }
    steps(vec![plain("t")]);
    assert_eq!(steps(vec![plain("t")]), with_keys);
}

#[test]
fn the_steps_of_a_submission_grow_with_its_own_length_only() {
    let database = Embedded::in_memory();
    let steps = |length: usize, n: usize| {
        database.steps();
        let k = key("joe", "/", &format!("k-{n}"), "f");
        stored(submit(&database, vec![plain("t"); length], Some(&k)).unwrap());
        database.steps()
    };
    steps(1, 0);
    let at_first = steps(1, 1);
    for n in 2..20 {
        steps(100, n);
    }
    let later = steps(1, 20);
    assert!(
        later <= at_first + at_first / 10,
        "{at_first} steps, later {later}"
    );
}

#[test]
fn submissions_stored_together_are_answered_as_if_stored_alone() {
    let set = |url: &str| Update::Set(Some(url.into()));
    let each = || {
        vec![
            vec![plain("t")],
            vec![
                new("t", set("a")),
                plain("x"),
                new("t", set("b")),
                plain("t"),
            ],
            Vec::new(),
            vec![new("x", set("c")), plain("t")],
            vec![new("t", Update::Set(None))],
            vec![plain("t"), plain("x")],
        ]
    };
    let (together, alone) = (Embedded::in_memory(), Embedded::in_memory());
    let answers = results::submit_each(&together, each()).unwrap();
    let expected: Vec<Vec<TestResult>> = each()
        .into_iter()
        .map(|results| results::submit(&alone, results).unwrap())
        .collect();
    assert_eq!(answers, expected);
    assert!(
        results::submit_each(&together, Vec::new())
            .unwrap()
            .is_empty()
    );
    // One that can't be stored keeps the others out.
    let mut broken = plain("t");
    broken.data = "no JSON".into();
    let before = count(&together, "results");
    let failed = results::submit_each(&together, vec![vec![plain("t")], vec![broken]]);
    assert!(matches!(failed, Err(Failure::Database(_))));
    assert_eq!(count(&together, "results"), before);
}

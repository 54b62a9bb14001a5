//! Policy sets are kept, and which one was active as of a time is known.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, assert_searches};
use endpoint::records::{PolicyDocument, PolicySet};
use spin_sdk::sqlite::Value;
use store_sqlite::database::Database;
use store_sqlite::policies::{activate, active_at, get};

fn set(revision: &str) -> PolicySet {
    let document = PolicyDocument {
        path: format!("{revision}.yaml"),
        text: format!("it is '{revision}'\n"),
    };
    PolicySet {
        revision: revision.to_owned(),
        documents: vec![document],
    }
}

fn history(database: &Embedded) -> Vec<(i64, String)> {
    let statement = "SELECT since_us, revision FROM policy_activations ORDER BY id DESC";
    let entry = |row: Vec<Value>| match row.as_slice() {
        [Value::Integer(since_us), Value::Text(revision)] => (*since_us, revision.clone()),
        _ => panic!("{row:?}"),
    };
    let rows = database.run(statement, &[]).unwrap();
    rows.into_iter().map(entry).collect()
}

#[test]
fn each_time_has_the_set_that_was_active() {
    let database = Embedded::in_memory();
    assert_eq!(active_at(&database, i64::MAX).unwrap(), None);
    for (revision, time) in [("a", 10), ("a", 11), ("b", 20), ("a", 30), ("a", 31)] {
        activate(&database, &set(revision), time).unwrap();
    }
    let expected = [(30, "a"), (20, "b"), (10, "a")];
    assert_eq!(
        history(&database),
        expected.map(|(time, text)| (time, text.to_owned()))
    );
    for (time, expected) in [
        (9, None),
        (10, Some("a")),
        (19, Some("a")),
        (20, Some("b")),
        (29, Some("b")),
        (30, Some("a")),
    ] {
        assert_eq!(
            active_at(&database, time).unwrap(),
            expected.map(str::to_owned),
            "{time}"
        );
    }
    assert_eq!(get(&database, "b").unwrap(), Some(set("b")));
    assert_eq!(get(&database, "c").unwrap(), None);
}

#[test]
fn a_set_that_was_noted_by_a_clock_that_was_ahead_gives_way_to_later_ones() {
    let database = Embedded::in_memory();
    for (revision, time) in [("a", 10), ("b", 100), ("c", 20)] {
        activate(&database, &set(revision), time).unwrap();
    }
    for (time, expected) in [(10, "a"), (19, "a"), (20, "c"), (99, "c"), (100, "c")] {
        let active = active_at(&database, time).unwrap();
        assert_eq!(active.as_deref(), Some(expected), "{time}");
    }
}

#[test]
fn instances_that_start_together_note_it_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    store_sqlite::schema::migrate(&Embedded::open(&path)).unwrap();
    let start = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for time in 0..8 {
            let (start, path) = (&start, &path);
            scope.spawn(move || {
                let database = Embedded::open(path);
                start.wait();
                activate(&database, &set("a"), time).unwrap();
            });
        }
    });
    assert_eq!(history(&Embedded::open(&path)).len(), 1);
}

#[test]
fn nothing_is_changed_or_deleted_and_reads_search() {
    let database = Embedded::in_memory();
    activate(&database, &set("a"), 1).unwrap();
    for statement in [
        "DELETE FROM policy_sets",
        "UPDATE policy_sets SET documents = '[]'",
        "DELETE FROM policy_activations",
        "UPDATE policy_activations SET since_us = 0",
    ] {
        let error = database.run(statement, &[]).unwrap_err();
        assert!(
            format!("{error:?}").contains("are never"),
            "{statement}: {error:?}"
        );
    }
    database.plans();
    active_at(&database, 1).unwrap();
    assert_searches(&database, "the set of a time");
    get(&database, "a").unwrap();
    assert_searches(&database, "the set of a revision");
}

//! Migrations, and what the schema forbids.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, number};
use spin_sdk::sqlite::Value;
use store_sqlite::database::{Database, Failure};
use store_sqlite::schema::{self, migrate};
use tempfile::TempDir;

const NEWEST: i64 = schema::NEWEST as i64;

#[test]
fn many_connections_may_set_up_an_empty_file_at_once() {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("store.db");
        let start = std::sync::Barrier::new(16);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let database = Embedded::open(&path);
                    start.wait();
                    migrate(&database).unwrap();
                });
            }
        });
        let database = Embedded::open(&path);
        assert_eq!(
            number(&database, "SELECT count(*) FROM schema_versions"),
            NEWEST
        );
        assert_eq!(number(&database, "SELECT count(*) FROM results"), 0);
    }
}

#[test]
fn a_migration_that_was_cut_off_is_finished_by_the_next_start() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let database = Embedded::open(&path);
    migrate(&database).unwrap();
    // As if the process had ended before the last steps.
    for statement in [
        "DROP TABLE waivers",
        "DROP TRIGGER waiver_steps_stay",
        "DROP TRIGGER results_index_data",
        "DROP VIEW new_submissions",
        "DELETE FROM schema_versions",
    ] {
        database.run(statement, &[]).unwrap();
    }
    let database = Embedded::open(&path);
    migrate(&database).unwrap();
    assert_eq!(number(&database, "SELECT count(*) FROM waivers"), 0);
    assert_eq!(
        number(
            &database,
            "SELECT count(*) FROM sqlite_schema WHERE name = 'results_index_data'"
        ),
        1
    );
    assert_eq!(
        number(&database, "SELECT max(version) FROM schema_versions"),
        NEWEST
    );
}

#[test]
fn a_copy_without_a_log_gets_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let mode = |database: &Embedded| match &database.run("PRAGMA journal_mode", &[]).unwrap()[0][0]
    {
        Value::Text(mode) => mode.clone(),
        other => panic!("no text: {other:?}"),
    };
    let database = Embedded::open(&path);
    migrate(&database).unwrap();
    database.run("PRAGMA journal_mode = DELETE", &[]).unwrap();
    // Somebody reads: it can't be had now, which is no failure.
    let reader = Embedded::open(&path);
    reader.run("BEGIN", &[]).unwrap();
    assert_eq!(number(&reader, "SELECT count(*) FROM results"), 0);
    migrate(&database).unwrap();
    assert_eq!(mode(&database), "delete");
    reader.run("COMMIT", &[]).unwrap();
    migrate(&database).unwrap();
    assert_eq!(mode(&database), "wal");
}

#[test]
fn a_newer_database_is_left_alone() {
    let database = Embedded::in_memory();
    database
        .run("INSERT INTO schema_versions (version) VALUES (99)", &[])
        .unwrap();
    match migrate(&database) {
        Err(Failure::Database(text)) => assert!(text.contains("schema version 99"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn results_waivers_and_submissions_can_not_be_changed_or_deleted() {
    let database = Embedded::in_memory();
    database
        .run(
            "INSERT INTO results VALUES (1, 1, 'PASSED', 't', '{}', '[]', NULL, NULL, NULL)",
            &[],
        )
        .unwrap();
    database
        .run(
            "INSERT INTO waivers VALUES \
             (1, 'a', 'b', 'c', 'd', NULL, NULL, 'e', 1, 'f', 1, 0, NULL, NULL, NULL, NULL)",
            &[],
        )
        .unwrap();
    database
        .run(
            "INSERT INTO submissions VALUES ('joe', '/', 'k', 'f', 1, 1, '{}')",
            &[],
        )
        .unwrap();
    for statement in [
        "DELETE FROM results",
        "UPDATE results SET outcome = 'FAILED'",
        "DELETE FROM waivers",
        "UPDATE waivers SET waived = 0",
        "DELETE FROM submissions",
        "UPDATE submissions SET key = 'other'",
    ] {
        match database.run(statement, &[]) {
            Err(Failure::Database(text)) => assert!(text.contains("are never"), "{text}"),
            other => panic!("{statement}: {other:?}"),
        }
    }
}

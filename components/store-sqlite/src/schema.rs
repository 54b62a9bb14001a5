//! The tables, and how a database of an earlier version becomes one of this version.
//!
//! Every step is one idempotent statement and therefore atomic by itself: instances that start at
//! the same moment on an empty file may all run them, and a crash half-way is mended by the next
//! start. A step that returns rows is not through yet and runs again. A column that is there already
//! is no failure, see [`run_step`]. Steps are appended, and none makes what a later one drops, as others
//! may be at an earlier step meanwhile. This room does not know what the statements of the other
//! modules look like.

use crate::database::{Database, Failure, Row};
use crate::summary;
use spin_sdk::sqlite::Value;

pub mod policy_sets;
pub mod reports;
pub mod submissions;
pub mod waiver_life;

/// Each version's statements, the first version first.
const VERSIONS: &[&[&str]] = &[
    V1,
    submissions::STATEMENTS,
    summary::STATEMENTS,
    waiver_life::STATEMENTS,
    policy_sets::STATEMENTS,
    V6,
    summary::FASTER,
    reports::STATEMENTS,
];

/// The version that [`migrate`] leads to.
pub const NEWEST: usize = VERSIONS.len();

const V1: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS test_cases (
        name TEXT NOT NULL PRIMARY KEY,
        ref_url TEXT
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS groups (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        description TEXT,
        ref_url TEXT
    ) STRICT",
    // `mentions` keeps what a submission said of its test case and groups beyond their names, as
    // {"test_case": {"ref_url": …}, "groups": {uuid: {"description": …, "ref_url": …}}}.
    "CREATE TABLE IF NOT EXISTS results (
        id INTEGER PRIMARY KEY,
        submit_time_us INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        test_case TEXT NOT NULL,
        data TEXT NOT NULL,
        groups TEXT NOT NULL,
        note TEXT,
        ref_url TEXT,
        mentions TEXT
    ) STRICT",
    "CREATE INDEX IF NOT EXISTS results_by_time ON results (submit_time_us)",
    "CREATE INDEX IF NOT EXISTS results_by_test_case ON results (test_case, submit_time_us)",
    "CREATE INDEX IF NOT EXISTS results_by_outcome ON results (outcome, submit_time_us)",
    "CREATE TABLE IF NOT EXISTS result_data (
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        submit_time_us INTEGER NOT NULL,
        result_id INTEGER NOT NULL,
        PRIMARY KEY (key, value, submit_time_us, result_id)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS result_groups (
        group_uuid TEXT NOT NULL,
        submit_time_us INTEGER NOT NULL,
        result_id INTEGER NOT NULL,
        PRIMARY KEY (group_uuid, submit_time_us, result_id)
    ) STRICT, WITHOUT ROWID",
    // The rest of a submission is done by triggers, so that it is one statement.
    "CREATE TRIGGER IF NOT EXISTS results_name_test_case BEFORE INSERT ON results BEGIN
        INSERT INTO test_cases (name, ref_url)
        VALUES (NEW.test_case, NEW.mentions ->> '$.test_case.ref_url')
        ON CONFLICT (name) DO UPDATE SET ref_url = excluded.ref_url
        WHERE json_type(NEW.mentions, '$.test_case.ref_url') IS NOT NULL
          AND test_cases.ref_url IS NOT excluded.ref_url;
    END",
    NAME_GROUPS,
    DESCRIBE_GROUPS,
    "CREATE TRIGGER IF NOT EXISTS results_index_data AFTER INSERT ON results BEGIN
        INSERT OR IGNORE INTO result_data (key, value, submit_time_us, result_id)
        SELECT k.key, v.value, NEW.submit_time_us, NEW.id
        FROM json_each(NEW.data) AS k, json_each(k.value) AS v;
    END",
    "CREATE TRIGGER IF NOT EXISTS results_index_groups AFTER INSERT ON results
    WHEN NEW.groups <> '[]' BEGIN
        INSERT OR IGNORE INTO result_groups (group_uuid, submit_time_us, result_id)
        SELECT value, NEW.submit_time_us, NEW.id FROM json_each(NEW.groups);
    END",
    "CREATE TRIGGER IF NOT EXISTS results_are_kept BEFORE DELETE ON results BEGIN
        SELECT raise(ABORT, 'results are never deleted');
    END",
    "CREATE TRIGGER IF NOT EXISTS results_stay BEFORE UPDATE ON results BEGIN
        SELECT raise(ABORT, 'results are never changed');
    END",
    "CREATE TABLE IF NOT EXISTS waivers (
        id INTEGER PRIMARY KEY,
        subject_type TEXT NOT NULL,
        subject_identifier TEXT NOT NULL,
        testcase TEXT NOT NULL,
        username TEXT NOT NULL,
        scenario TEXT,
        proxied_by TEXT,
        product_version TEXT NOT NULL,
        waived INTEGER NOT NULL,
        comment TEXT NOT NULL,
        timestamp_us INTEGER NOT NULL
    ) STRICT",
    "CREATE INDEX IF NOT EXISTS waivers_by_subject ON waivers
        (subject_identifier, testcase, subject_type, product_version)",
    "CREATE INDEX IF NOT EXISTS waivers_by_test_case ON waivers (testcase)",
    "CREATE INDEX IF NOT EXISTS waivers_by_user ON waivers (username)",
    "CREATE INDEX IF NOT EXISTS waivers_by_time ON waivers (timestamp_us)",
    "CREATE TRIGGER IF NOT EXISTS waivers_are_kept BEFORE DELETE ON waivers BEGIN
        SELECT raise(ABORT, 'waivers are never deleted');
    END",
    "CREATE TRIGGER IF NOT EXISTS waivers_stay BEFORE UPDATE ON waivers BEGIN
        SELECT raise(ABORT, 'waivers are never changed');
    END",
];

// A result lists its groups the last one first, and groups are as old as their ids.
const NAME_GROUPS: &str =
    "CREATE TRIGGER IF NOT EXISTS results_name_new_groups BEFORE INSERT ON results
WHEN NEW.groups <> '[]' AND EXISTS (SELECT 1 FROM json_each(NEW.groups) AS g
    WHERE NOT EXISTS (SELECT 1 FROM groups WHERE uuid = g.value)) BEGIN
    INSERT OR IGNORE INTO groups (uuid) SELECT value FROM json_each(NEW.groups) ORDER BY key DESC;
END";

const DESCRIBE_GROUPS: &str =
    "CREATE TRIGGER IF NOT EXISTS results_describe_groups AFTER INSERT ON results
WHEN NEW.mentions IS NOT NULL BEGIN
    UPDATE groups SET
        description = iif(json_type(m.value, '$.description') IS NULL,
            groups.description, m.value ->> '$.description'),
        ref_url = iif(json_type(m.value, '$.ref_url') IS NULL,
            groups.ref_url, m.value ->> '$.ref_url')
    FROM json_each(NEW.mentions, '$.groups') AS m
    WHERE groups.uuid = m.key;
END";

/// The same tables and answers by faster triggers. What is made does what the dropped one did also
/// while both are there.
const V6: &[&str] = &[
    NAME_GROUPS,
    DESCRIBE_GROUPS,
    "DROP TRIGGER IF EXISTS results_name_groups",
];

/// Brings the database to the newest version. Cheap when it is there already: one statement.
///
/// # Errors
/// When a statement fails, or when the database was written by a newer Sluicegate.
pub fn migrate(database: &impl Database) -> Result<(), Failure> {
    let mut version = version(database)?;
    if version > NEWEST {
        return Err(Failure::Database(format!(
            "the database has schema version {version}, this program knows {NEWEST}: run a newer program"
        )));
    }
    if version == 0 {
        set_up_file(database)?;
    } else {
        use_log_again(database);
    }
    while let Some(statements) = VERSIONS.get(version) {
        for statement in *statements {
            while !run_step(database, statement)?.is_empty() {}
        }
        version += 1;
        database.run_patiently(
            "INSERT OR IGNORE INTO schema_versions (version) VALUES (?1)",
            &[Value::Integer(i64::try_from(version).unwrap_or(i64::MAX))],
        )?;
    }
    Ok(())
}

/// Runs one step. `ALTER TABLE … ADD COLUMN` has no `IF NOT EXISTS`; that somebody else was faster
/// is what SQLite then says.
fn run_step(database: &impl Database, statement: &str) -> Result<Vec<Row>, Failure> {
    match database.run_patiently(statement, &[]) {
        Err(Failure::Database(text)) if text.contains("duplicate column name") => Ok(Vec::new()),
        outcome => outcome,
    }
}

/// The version that the database has, 0 when it is empty.
fn version(database: &impl Database) -> Result<usize, Failure> {
    match database.run("SELECT max(version) FROM schema_versions", &[]) {
        Ok(rows) => match rows.first().and_then(|row| row.first()) {
            Some(Value::Integer(version)) => Ok(usize::try_from(*version).unwrap_or(0)),
            _ => Ok(0),
        },
        Err(Failure::Database(text)) if text.contains("no such table") => Ok(0),
        Err(other) => Err(other),
    }
}

/// A copy that `VACUUM INTO` made has no write-ahead log. Without one it is as durable, but readers
/// and writers wait for each other; so where it can't be had now, the next instance tries again.
fn use_log_again(database: &impl Database) {
    let mode = database.run("PRAGMA journal_mode", &[]);
    let mode = mode
        .ok()
        .and_then(|rows| rows.into_iter().next()?.into_iter().next());
    if mode == Some(Value::Text("delete".into())) {
        let _ = database.run("PRAGMA journal_mode = WAL", &[]);
    }
}

/// What a file needs once: write-ahead logging persists in it.
fn set_up_file(database: &impl Database) -> Result<(), Failure> {
    database.run_patiently("PRAGMA journal_mode = WAL", &[])?;
    database.run_patiently(
        "CREATE TABLE IF NOT EXISTS schema_versions (
            version INTEGER PRIMARY KEY,
            since_us INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000000 AS INTEGER))
        ) STRICT",
        &[],
    )?;
    Ok(())
}

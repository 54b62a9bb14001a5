//! Versions 3 and 7 of the schema: what makes searches cheap whose conditions are all frequent, and
//! patterns that begin with `*`.
//!
//! - **Shapes.** A value that many results have is *frequent*. What frequent values, groups and
//!   outcome a result has is its profile, and a profile together with a test case is a shape. There
//!   are few shapes where two frequent conditions hardly ever meet, and none where they never do.
//!   `result_shapes` lists the results of each shape by time. It says what holds of a result, not
//!   what doesn't: a result from before one of its values was frequent is in two shapes.
//! - **Trigrams.** A full-text index of three-letter sequences names results that were the first to
//!   have a value; another names groups by their descriptions.
//!
//! They are written for [`BATCH`] results at a time, as part of the submission that completes the
//! batch, because one by one they would cost as much as the rest of a submission. Results after
//! `summaries.upto` are in neither and looked at one by one: at most one less than a batch, and the
//! results of a report until it has been answered, see [`go_on`]. Where that did not come to its end,
//! further batches catch up, [`STEP`] results at a time. This room does not know who searches.

use crate::database::{Database, Failure};
use spin_sdk::sqlite::Value;

/// Results that are summarised together.
pub const BATCH: i64 = 128;

/// The most results that are summarised in one statement, so that others need not wait for long.
pub const STEP: i64 = 1024;

/// Results that a value must have to be frequent.
pub const FREQUENT: i64 = 500;

/// The key under which groups are among the frequent values. Keys of extra data have no colon.
pub const GROUP_KEY: &str = ":group";

/// Summarises further results, [`STEP`] at the most, if a batch of them is not; whether more are left.
///
/// # Errors
/// When the database fails; what is summarised until then stays.
pub fn go_on(database: &impl Database) -> Result<bool, Failure> {
    // Most reports leave nothing, which needs no turn to write.
    if !is_more_left(database)? {
        return Ok(false);
    }
    database.run(
        "UPDATE summaries SET upto = min(upto + ?1, (SELECT max(id) FROM results))",
        &[Value::Integer(STEP)],
    )?;
    is_more_left(database)
}

/// Whether a batch of results is not summarised.
fn is_more_left(database: &impl Database) -> Result<bool, Failure> {
    let rows = database.run(
        "SELECT upto <= (SELECT coalesce(max(id), 0) FROM results) - ?1 FROM summaries",
        &[Value::Integer(BATCH)],
    )?;
    Ok(rows.first().and_then(|row| row.first()) == Some(&Value::Integer(1)))
}

/// The statements of this version. The triggers' numbers are [`BATCH`], [`STEP`] and [`FREQUENT`]; at
/// most 500 values become frequent, so that profiles stay few.
pub const STATEMENTS: &[&str] = &[
    "CREATE INDEX IF NOT EXISTS groups_by_description ON groups (description, id)",
    "CREATE TABLE IF NOT EXISTS group_sizes (
        group_uuid TEXT NOT NULL PRIMARY KEY,
        results INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
    "CREATE TRIGGER IF NOT EXISTS result_groups_count AFTER INSERT ON result_groups BEGIN
        INSERT INTO group_sizes (group_uuid, results) VALUES (NEW.group_uuid, 1)
        ON CONFLICT (group_uuid) DO UPDATE SET results = results + 1;
    END",
    // Exact whenever it runs, as it is one statement and counts what the trigger has counted, too.
    "INSERT OR REPLACE INTO group_sizes (group_uuid, results)
        SELECT group_uuid, count(*) FROM result_groups GROUP BY group_uuid",
    "CREATE TABLE IF NOT EXISTS summaries (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        upto INTEGER NOT NULL
    ) STRICT",
    PAUSE,
    "INSERT OR IGNORE INTO summaries (one, upto) VALUES (1, 0)",
    "CREATE TABLE IF NOT EXISTS frequent_values (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        is_summarised INTEGER NOT NULL DEFAULT 0,
        UNIQUE (key, value)
    ) STRICT",
    // `frequent` is a sorted list of ids; `open_keys` are the keys with a value that isn't frequent.
    "CREATE TABLE IF NOT EXISTS profiles (
        id INTEGER PRIMARY KEY,
        outcome TEXT NOT NULL,
        frequent TEXT NOT NULL,
        open_keys TEXT NOT NULL,
        UNIQUE (frequent, open_keys, outcome)
    ) STRICT",
    "CREATE TABLE IF NOT EXISTS profile_values (
        frequent_value INTEGER NOT NULL,
        profile INTEGER NOT NULL,
        PRIMARY KEY (frequent_value, profile)
    ) STRICT, WITHOUT ROWID",
    "CREATE TRIGGER IF NOT EXISTS profiles_list_values AFTER INSERT ON profiles BEGIN
        INSERT INTO profile_values (frequent_value, profile)
        SELECT value, NEW.id FROM json_each(NEW.frequent);
    END",
    "CREATE TABLE IF NOT EXISTS shapes (
        id INTEGER PRIMARY KEY,
        test_case TEXT NOT NULL,
        profile INTEGER NOT NULL,
        UNIQUE (test_case, profile)
    ) STRICT",
    "CREATE INDEX IF NOT EXISTS shapes_by_profile ON shapes (profile, test_case)",
    "CREATE TABLE IF NOT EXISTS result_shapes (
        shape INTEGER NOT NULL,
        submit_time_us INTEGER NOT NULL,
        result_id INTEGER NOT NULL,
        PRIMARY KEY (shape, submit_time_us, result_id)
    ) STRICT, WITHOUT ROWID",
    "CREATE VIRTUAL TABLE IF NOT EXISTS value_trigrams USING fts5 (
        value, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
    )",
    "CREATE VIRTUAL TABLE IF NOT EXISTS group_trigrams USING fts5 (
        description, content = '', contentless_delete = 1, detail = none,
        tokenize = 'trigram case_sensitive 1'
    )",
    "CREATE TABLE IF NOT EXISTS groups_to_index (id INTEGER PRIMARY KEY) STRICT",
    // Not `INSERT OR IGNORE`: the upsert that these triggers belong to overrides what a conflict does.
    "CREATE TRIGGER IF NOT EXISTS groups_wait_for_index AFTER INSERT ON groups
    WHEN NEW.description IS NOT NULL BEGIN
        INSERT INTO groups_to_index (id) SELECT NEW.id
        WHERE NOT EXISTS (SELECT 1 FROM groups_to_index WHERE id = NEW.id);
    END",
    "CREATE TRIGGER IF NOT EXISTS groups_wait_for_new_index AFTER UPDATE OF description ON groups
    WHEN NEW.description IS NOT OLD.description BEGIN
        INSERT INTO groups_to_index (id) SELECT NEW.id
        WHERE NOT EXISTS (SELECT 1 FROM groups_to_index WHERE id = NEW.id);
    END",
    "CREATE TRIGGER IF NOT EXISTS groups_are_indexed AFTER INSERT ON groups_to_index
    WHEN (SELECT count(*) FROM groups_to_index) >= 128 BEGIN
        DELETE FROM group_trigrams WHERE rowid IN (SELECT id FROM groups_to_index);
        INSERT INTO group_trigrams (rowid, description)
        SELECT g.id, coalesce(g.description, '')
        FROM groups_to_index AS n CROSS JOIN groups AS g ON g.id = n.id;
        DELETE FROM groups_to_index;
    END",
    "INSERT OR REPLACE INTO group_trigrams (rowid, description)
        SELECT id, description FROM groups WHERE description IS NOT NULL",
    IDS,
    VALUES,
    RESULTS,
    GROW,
    // What was stored by an earlier version, some at a time, so that others may write in between.
    "UPDATE summaries SET upto = min(upto + 10000, (SELECT max(id) FROM results))
        WHERE upto < (SELECT max(id) FROM results) RETURNING upto",
    SUMMARISE,
];

/// What takes the place of slower statements in a file that has them. Between two of these nothing is
/// summarised, as nobody then says how far summaries are; nothing here makes what another drops.
pub const FASTER: &[&str] = &[
    "DROP TRIGGER IF EXISTS results_summarise",
    "DROP TRIGGER IF EXISTS summaries_grow",
    "DROP VIEW IF EXISTS values_of_result",
    "DROP TABLE IF EXISTS values_to_summarise",
    PAUSE,
    IDS,
    VALUES,
    GROW,
    SUMMARISE,
];

// 1 only within a statement whose results are summarised later, see [`go_on`].
const PAUSE: &str = "ALTER TABLE summaries ADD COLUMN is_paused INTEGER NOT NULL DEFAULT 0";

// These three are empty but for the moment of a summary.
const IDS: &str = "CREATE TABLE IF NOT EXISTS ids_to_summarise (id INTEGER PRIMARY KEY) STRICT";

// `key` and `value` are nothing for a result without data; `frequent` for what is not frequent.
const VALUES: &str = "CREATE TABLE IF NOT EXISTS summary_values (
    result_id INTEGER NOT NULL,
    key TEXT,
    value TEXT,
    frequent INTEGER
) STRICT";

const RESULTS: &str = "CREATE TABLE IF NOT EXISTS results_to_summarise (
    id INTEGER PRIMARY KEY,
    submit_time_us INTEGER NOT NULL,
    test_case TEXT NOT NULL,
    outcome TEXT NOT NULL,
    frequent TEXT NOT NULL,
    open_keys TEXT NOT NULL
) STRICT";

const SUMMARISE: &str =
    "CREATE TRIGGER IF NOT EXISTS results_are_summarised AFTER INSERT ON results
WHEN NEW.id % 128 = 0 BEGIN
    UPDATE summaries SET upto = min(NEW.id, upto + 1024) WHERE upto < NEW.id AND is_paused = 0;
END";

// Which values are frequent is asked for those of every 16th result, chosen so that no rhythm of
// submissions hides one: what is frequent comes again. Results from before a value was frequent are
// summarised again. What is new for trigrams isn't frequent, but in a batch that makes it so.
const GROW: &str =
    "CREATE TRIGGER IF NOT EXISTS summaries_are_grown AFTER UPDATE OF upto ON summaries
WHEN NEW.upto > OLD.upto BEGIN
    INSERT INTO frequent_values (key, value)
    SELECT key, value FROM (
        SELECT k.key AS key, v.value AS value
        FROM results AS r, json_each(r.data) AS k, json_each(k.value) AS v
        WHERE r.id > OLD.upto AND r.id <= NEW.upto AND (r.id * 40503 >> 8) % 16 = 0
        UNION SELECT ':group', g.value FROM results AS r, json_each(r.groups) AS g
        WHERE r.id > OLD.upto AND r.id <= NEW.upto AND (r.id * 40503 >> 8) % 16 = 0
    ) AS d
    WHERE NOT EXISTS (SELECT 1 FROM frequent_values AS f
        WHERE f.key = d.key AND f.value = d.value)
    AND CASE d.key
        WHEN ':group' THEN (SELECT results FROM group_sizes WHERE group_uuid = d.value) >= 500
        ELSE EXISTS (SELECT 1 FROM result_data AS c
            WHERE c.key = d.key AND c.value = d.value LIMIT 1 OFFSET 499) END
    LIMIT max(0, 500 - (SELECT count(*) FROM frequent_values));
    INSERT INTO ids_to_summarise
    SELECT id FROM results WHERE id > OLD.upto AND id <= NEW.upto
    UNION SELECT d.result_id FROM frequent_values AS f CROSS JOIN result_data AS d
        ON d.key = f.key AND d.value = f.value AND d.result_id <= OLD.upto
        WHERE f.is_summarised = 0
    UNION SELECT g.result_id FROM frequent_values AS f CROSS JOIN result_groups AS g
        ON g.group_uuid = f.value AND g.result_id <= OLD.upto
        WHERE f.is_summarised = 0 AND f.key = ':group';
    UPDATE frequent_values SET is_summarised = 1 WHERE is_summarised = 0;
    INSERT INTO summary_values (result_id, key, value, frequent)
    SELECT r.id, k.key, v.value,
        (SELECT f.id FROM frequent_values AS f WHERE f.key = k.key AND f.value = v.value)
    FROM ids_to_summarise AS n CROSS JOIN results AS r ON r.id = n.id
    LEFT JOIN json_each(r.data) AS k LEFT JOIN json_each(k.value) AS v
    UNION ALL SELECT r.id, ':group', g.value, f.id
    FROM ids_to_summarise AS n CROSS JOIN results AS r ON r.id = n.id
    CROSS JOIN json_each(r.groups) AS g
    CROSS JOIN frequent_values AS f ON f.key = ':group' AND f.value = g.value;
    INSERT INTO results_to_summarise
    SELECT r.id, r.submit_time_us, r.test_case, r.outcome, n.frequent, n.open_keys FROM (
        SELECT result_id,
            json_group_array(frequent) FILTER (WHERE frequent IS NOT NULL) AS frequent,
            json_group_array(open_key) FILTER (WHERE open_key IS NOT NULL) AS open_keys
        FROM (
            SELECT DISTINCT result_id, frequent,
                iif(frequent IS NULL AND value IS NOT NULL, key, NULL) AS open_key
            FROM summary_values ORDER BY 1, 2, 3
        ) GROUP BY result_id
    ) AS n CROSS JOIN results AS r ON r.id = n.result_id;
    INSERT OR IGNORE INTO profiles (outcome, frequent, open_keys)
    SELECT DISTINCT outcome, frequent, open_keys FROM results_to_summarise;
    INSERT OR IGNORE INTO shapes (test_case, profile)
    SELECT DISTINCT n.test_case, p.id FROM results_to_summarise AS n CROSS JOIN profiles AS p
    ON p.frequent = n.frequent AND p.open_keys = n.open_keys AND p.outcome = n.outcome;
    INSERT OR IGNORE INTO result_shapes (shape, submit_time_us, result_id)
    SELECT s.id, n.submit_time_us, n.id FROM results_to_summarise AS n
    CROSS JOIN profiles AS p
        ON p.frequent = n.frequent AND p.open_keys = n.open_keys AND p.outcome = n.outcome
    CROSS JOIN shapes AS s ON s.test_case = n.test_case AND s.profile = p.id
    ORDER BY 1, 2, 3;
    INSERT INTO value_trigrams (rowid, value)
    SELECT first_id, group_concat(value, char(10)) FROM (
        SELECT key, value, min(result_id) AS first_id FROM summary_values
        WHERE result_id > OLD.upto AND key <> ':group' AND value IS NOT NULL
        AND (frequent IS NULL OR NEW.upto - OLD.upto >= 500) GROUP BY key, value
    ) AS d WHERE NOT EXISTS (SELECT 1 FROM result_data AS e
        WHERE e.key = d.key AND e.value = d.value AND e.result_id <= OLD.upto)
    GROUP BY first_id;
    DELETE FROM ids_to_summarise;
    DELETE FROM summary_values;
    DELETE FROM results_to_summarise;
END";

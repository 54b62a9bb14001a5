//! The version that knows submissions with a key, so that a repeated one is not stored twice.
//!
//! What is inserted into the view `new_submissions` becomes results and one row of `submissions`,
//! in one statement. Results without a key go straight to their table and don't come here.

/// Statements, in order.
pub const STATEMENTS: &[&str] = &[
    // `test_case_ref_urls` are those of the moment of the answer, as {name: reference}: everything
    // else that an answer says of a result never changes.
    "CREATE TABLE IF NOT EXISTS submissions (
        caller TEXT NOT NULL,
        place TEXT NOT NULL,
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        first_result_id INTEGER NOT NULL,
        result_count INTEGER NOT NULL,
        test_case_ref_urls TEXT NOT NULL,
        PRIMARY KEY (caller, place, key)
    ) STRICT, WITHOUT ROWID",
    "CREATE VIEW IF NOT EXISTS new_submissions (caller, place, key, fingerprint, results) AS
        SELECT caller, place, key, fingerprint, '' FROM submissions WHERE false",
    // A result is a list of the table's columns but the id. Ids given by one statement have no gaps.
    "CREATE TRIGGER IF NOT EXISTS new_submissions_are_stored INSTEAD OF INSERT ON new_submissions BEGIN
        SELECT raise(ABORT, 'the submission key is taken') FROM submissions AS s
        WHERE s.caller = NEW.caller AND s.place = NEW.place AND s.key = NEW.key;
        INSERT INTO results (submit_time_us, outcome, test_case, data, groups, note, ref_url, mentions)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3,
               value ->> 4, value ->> 5, value ->> 6, value ->> 7
        FROM json_each(NEW.results) WHERE true ORDER BY key;
        INSERT INTO submissions (caller, place, key, fingerprint,
            first_result_id, result_count, test_case_ref_urls)
        SELECT NEW.caller, NEW.place, NEW.key, NEW.fingerprint, n.first, n.count,
            (SELECT json_group_object(t.name, t.ref_url) FROM test_cases AS t
             WHERE t.ref_url IS NOT NULL
               AND t.name IN (SELECT r.test_case FROM results AS r WHERE r.id >= n.first))
        FROM (SELECT (SELECT max(id) FROM results) - json_array_length(NEW.results) + 1 AS first,
                     json_array_length(NEW.results) AS count) AS n;
    END",
    "CREATE TRIGGER IF NOT EXISTS submissions_are_kept BEFORE DELETE ON submissions BEGIN
        SELECT raise(ABORT, 'submissions are never deleted');
    END",
    "CREATE TRIGGER IF NOT EXISTS submissions_stay BEFORE UPDATE ON submissions BEGIN
        SELECT raise(ABORT, 'submissions are never changed');
    END",
];

/// What SQLite says when a key has been used.
pub const KEY_IS_TAKEN: &str = "the submission key is taken";

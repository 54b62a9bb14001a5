//! The version that knows reports: very many results in one statement, which are summarised later.
//!
//! What is inserted into the view `new_reports` becomes results, and with a key one row of
//! `submissions`, too. This room does not know who goes on with the summaries.

/// Statements, in order. `groups`, `results` and `mentions` are JSON; a result is a list of outcome,
/// test case, data and note. What is said of the group is said by the first result.
pub const STATEMENTS: &[&str] = &[
    "CREATE VIEW IF NOT EXISTS new_reports (submit_time_us, groups, ref_url, mentions, results,
            caller, place, key, fingerprint) AS
        SELECT 0, '', '', '', '', '', '', '', '' WHERE false",
    "CREATE TRIGGER IF NOT EXISTS new_reports_are_stored INSTEAD OF INSERT ON new_reports BEGIN
        UPDATE summaries SET is_paused = 1;
        INSERT INTO results (submit_time_us, outcome, test_case, data, groups, note, ref_url, mentions)
        SELECT NEW.submit_time_us, value ->> 0, value ->> 1, value ->> 2, NEW.groups, value ->> 3,
            NEW.ref_url, iif(key = 0, NEW.mentions, NULL)
        FROM json_each(NEW.results) WHERE NEW.key IS NULL ORDER BY key;
        INSERT INTO new_submissions (caller, place, key, fingerprint, results)
        SELECT NEW.caller, NEW.place, NEW.key, NEW.fingerprint, json_group_array(json_array(
            NEW.submit_time_us, value ->> 0, value ->> 1, value ->> 2, NEW.groups, value ->> 3,
            NEW.ref_url, iif(key = 0, NEW.mentions, NULL)))
        FROM (SELECT key, value FROM json_each(NEW.results) ORDER BY key)
        GROUP BY NEW.key HAVING NEW.key IS NOT NULL;
        UPDATE summaries SET is_paused = 0;
    END",
];

//! Submissions of results: with a key each is stored once, however often it is sent.
//!
//! A submission with a key is one statement, too: an insert into a view whose trigger stores the
//! results beside the key, or aborts when the key is known. What had been answered is then read back.

use crate::database::{Database, Failure, Row};
use crate::results;
use crate::row::{self, Columns, RESULT_COLUMNS};
use crate::schema::submissions::KEY_IS_TAKEN;
use endpoint::records::{NewResult, Submission, SubmissionKey, TestResult};
use std::collections::HashMap;

/// Stores all of these or none; with a key at most once.
///
/// # Errors
/// When the database fails.
pub fn submit(
    database: &impl Database,
    new: Vec<NewResult>,
    key: Option<&SubmissionKey>,
) -> Result<Submission, Failure> {
    let Some(key) = key.filter(|_| !new.is_empty()) else {
        return results::submit(database, new).map(Submission::Stored);
    };
    let inserted = database.run(
        "INSERT INTO new_submissions (caller, place, key, fingerprint, results) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            key.caller.as_str().into(),
            key.place.as_str().into(),
            key.key.as_str().into(),
            key.fingerprint.as_str().into(),
            results::as_json(&new).into(),
        ],
    );
    told(database, key, inserted, |first| all_of(database, first))
}

/// What became of a submission with a key, by what came of its insert. `read` gives its results.
///
/// # Errors
/// When the database fails.
pub fn told(
    database: &impl Database,
    key: &SubmissionKey,
    inserted: Result<Vec<Row>, Failure>,
    read: impl FnOnce(&FirstSubmission) -> Result<Vec<TestResult>, Failure>,
) -> Result<Submission, Failure> {
    let is_new = match inserted {
        Ok(_) => true,
        Err(Failure::Database(text)) if text.contains(KEY_IS_TAKEN) => false,
        Err(other) => return Err(other),
    };
    let first = first_submission(database, key)?;
    if !is_new && first.fingerprint != key.fingerprint {
        return Ok(Submission::KeyIsTaken);
    }
    let results = read(&first)?;
    Ok(match is_new {
        true => Submission::Stored(results),
        false => Submission::Repeated(results),
    })
}

/// What was stored under a key.
pub struct FirstSubmission {
    fingerprint: String,
    /// The id of its first result; ids given by one statement have no gaps.
    pub first_result_id: i64,
    /// How many results.
    pub result_count: i64,
    test_case_ref_urls: String,
}

/// What was stored when the key was new.
fn first_submission(
    database: &impl Database,
    key: &SubmissionKey,
) -> Result<FirstSubmission, Failure> {
    let rows = database.run(
        "SELECT fingerprint, first_result_id, result_count, test_case_ref_urls FROM submissions \
         WHERE caller = ?1 AND place = ?2 AND key = ?3",
        &[
            key.caller.as_str().into(),
            key.place.as_str().into(),
            key.key.as_str().into(),
        ],
    )?;
    let row = rows.into_iter().next();
    let mut columns =
        Columns::of(row.ok_or_else(|| Failure::Database("the submission is gone".into()))?);
    Ok(FirstSubmission {
        fingerprint: columns.text()?,
        first_result_id: columns.integer()?,
        result_count: columns.integer()?,
        test_case_ref_urls: columns.text()?,
    })
}

/// All of its results, as they were answered when the key was new.
fn all_of(
    database: &impl Database,
    submission: &FirstSubmission,
) -> Result<Vec<TestResult>, Failure> {
    let ref_urls: HashMap<String, String> = serde_json::from_str(&submission.test_case_ref_urls)
        .map_err(|error| Failure::Database(format!("stored references: {error}")))?;
    let statement = format!(
        "SELECT {RESULT_COLUMNS} FROM results AS r LEFT JOIN test_cases AS t ON t.name = r.test_case \
         WHERE r.id >= ?1 ORDER BY r.id LIMIT ?2"
    );
    let rows = database.run(
        &statement,
        &[
            submission.first_result_id.into(),
            submission.result_count.into(),
        ],
    )?;
    let mut results: Vec<TestResult> = rows
        .into_iter()
        .map(row::result)
        .collect::<Result<_, _>>()?;
    for result in &mut results {
        result.test_case.ref_url = ref_urls.get(&result.test_case.name).cloned();
    }
    Ok(results)
}

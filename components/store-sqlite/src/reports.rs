//! Reports: very many results that share their time, their group and their reference, in one statement.
//!
//! They come as one JSON text and go to the database as that text. Nothing of them is taken apart in
//! between, and of what is stored the last result alone comes back.

use crate::database::{Database, Failure};
use crate::results::{self, mentions_of};
use crate::row::Columns;
use crate::statement::json_list;
use crate::submissions::told;
use endpoint::records::{NewReport, Submission, SubmissionKey, TestResult, Update};
use spin_sdk::sqlite::Value;

/// With a key or without; what a report's rows become is the view's affair.
const STORE: &str = "INSERT INTO new_reports \
    (submit_time_us, groups, ref_url, mentions, results, caller, place, key, fingerprint) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// Stores all of a report or nothing; with a key at most once. Searches may look at its results one by
/// one until [`crate::summary::go_on`] has gone on with them.
///
/// # Errors
/// When the database fails.
pub fn submit(
    database: &impl Database,
    report: NewReport,
    key: Option<&SubmissionKey>,
) -> Result<Submission, Failure> {
    let uuid = report.group.uuid.clone();
    let part = |part: fn(&SubmissionKey) -> &String| key.map(|key| part(key).clone()).into();
    let parameters: [Value; 9] = [
        Value::Integer(report.submit_time_us),
        json_list(std::slice::from_ref(&uuid)).into(),
        report.ref_url.into(),
        mentions_of(&Update::Keep, &[report.group]).into(),
        report.results.into(),
        part(|key| &key.caller),
        part(|key| &key.place),
        part(|key| &key.key),
        part(|key| &key.fingerprint),
    ];
    let inserted = database.run(STORE, &parameters);
    let Some(key) = key else {
        inserted?;
        let id = last_of(database, uuid, report.submit_time_us)?;
        return Ok(Submission::Stored(vec![get(database, id)?]));
    };
    told(database, key, inserted, |first| {
        let last = first.first_result_id + first.result_count - 1;
        Ok(vec![get(
            database,
            u64::try_from(last).unwrap_or_default(),
        )?])
    })
}

fn get(database: &impl Database, id: u64) -> Result<TestResult, Failure> {
    let result = results::get(database, id)?;
    result.ok_or_else(|| Failure::Database(format!("the result {id} is gone")))
}

/// The last result of a group that has this time.
fn last_of(database: &impl Database, uuid: String, time_us: i64) -> Result<u64, Failure> {
    let rows = database.run(
        "SELECT result_id FROM result_groups WHERE group_uuid = ?1 AND submit_time_us = ?2 \
         ORDER BY result_id DESC LIMIT 1",
        &[uuid.into(), Value::Integer(time_us)],
    )?;
    let row = rows.into_iter().next();
    Columns::of(row.ok_or_else(|| Failure::Database("the report has no results".into()))?).id()
}

//! Storing waivers, and the steps of their lives: one statement each.

use super::scope;
use crate::database::{Database, Failure};
use crate::row::{Columns, action_name};
use crate::schema::waiver_life;
use endpoint::records::{NewWaiver, StepOutcome, Waiver, WaiverState, WaiverStep};
use serde_json::{Value as Json, json};
use spin_sdk::sqlite::Value;

const COLUMNS: &str = "subject_type, subject_identifier, testcase, username, scenario, proxied_by, \
     product_version, waived, comment, timestamp_us, needs_approval, expires_us, scope, reason, link";

/// Stores all of these or none.
///
/// # Errors
/// When the database fails.
pub fn submit(
    database: &impl Database,
    mut waivers: Vec<NewWaiver>,
) -> Result<Vec<Waiver>, Failure> {
    for terms in waivers
        .iter_mut()
        .filter_map(|waiver| waiver.terms.as_mut())
    {
        scope::put_in_order(terms);
    }
    let list: Vec<Json> = waivers.iter().map(fields).collect();
    let statement = format!(
        "INSERT INTO waivers ({COLUMNS}) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, \
         value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, \
         value ->> 11, value ->> 12, value ->> 13, value ->> 14 \
         FROM json_each(?1) WHERE true ORDER BY key RETURNING id"
    );
    let mut ids = Vec::with_capacity(waivers.len());
    for row in database.run(&statement, &[Json::Array(list).to_string().into()])? {
        ids.push(Columns::of(row).id()?);
    }
    if ids.len() != waivers.len() {
        return Err(Failure::Database(format!(
            "stored {} waivers of {}",
            ids.len(),
            waivers.len()
        )));
    }
    ids.sort_unstable();
    Ok(waivers
        .into_iter()
        .zip(ids)
        .map(|(waiver, id)| stored(waiver, id))
        .collect())
}

/// The values of [`COLUMNS`].
fn fields(waiver: &NewWaiver) -> Json {
    let terms = waiver.terms.as_ref();
    json!([
        waiver.subject_type,
        waiver.subject_identifier,
        waiver.testcase,
        waiver.username,
        waiver.scenario,
        waiver.proxied_by,
        waiver.product_version,
        i32::from(waiver.waived),
        waiver.comment,
        waiver.timestamp_us,
        i32::from(terms.is_some_and(|terms| terms.needs_approval)),
        terms.and_then(|terms| terms.expires_us),
        terms.and_then(scope::to_text),
        terms.map(|terms| terms.reason.as_str()),
        terms.and_then(|terms| terms.link.as_deref()),
    ])
}

fn stored(waiver: NewWaiver, id: u64) -> Waiver {
    let is_request = |terms: &endpoint::records::WaiverTerms| terms.needs_approval;
    Waiver {
        id,
        state: match waiver.terms.as_ref().is_some_and(is_request) {
            true => WaiverState::Requested,
            false => WaiverState::Granted,
        },
        subject_type: waiver.subject_type,
        subject_identifier: waiver.subject_identifier,
        testcase: waiver.testcase,
        username: waiver.username,
        scenario: waiver.scenario,
        proxied_by: waiver.proxied_by,
        product_version: waiver.product_version,
        waived: waiver.waived,
        comment: waiver.comment,
        timestamp_us: waiver.timestamp_us,
        terms: waiver.terms,
    }
}

/// Takes a step, unless the steps before forbid it.
///
/// # Errors
/// When the database fails.
pub fn take(database: &impl Database, step: &WaiverStep) -> Result<StepOutcome, Failure> {
    let Ok(id) = i64::try_from(step.waiver_id) else {
        return Ok(StepOutcome::NoSuchWaiver);
    };
    let taken = database.run(
        "INSERT INTO waiver_steps \
         (waiver_id, action, username, proxied_by, comment, timestamp_us, newest_waiver_id) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, coalesce(max(id), 0) FROM waivers",
        &[
            id.into(),
            action_name(step.action).into(),
            step.username.as_str().into(),
            match &step.proxied_by {
                Some(name) => name.as_str().into(),
                None => Value::Null,
            },
            step.comment.as_str().into(),
            step.timestamp_us.into(),
        ],
    );
    match taken {
        Ok(_) => Ok(StepOutcome::Taken),
        Err(Failure::Database(text)) => waiver_life::refusal(&text).ok_or(Failure::Database(text)),
        Err(other) => Err(other),
    }
}

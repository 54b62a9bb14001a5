//! `POST /api/v1/reports`: a report of a test run, JUnit XML or TAP, becomes results: one for each
//! case and one for all of them, in one group, stored together or not at all.
//!
//! It knows neither the formats nor the store: `reports` reads, `store` keeps. It has no way to read
//! results.

mod question;
mod rows;

use endpoint::identity::Family;
use endpoint::records::{GroupMention, NewReport, SubmissionKey, Update};
use endpoint::results::once;
use endpoint::results::report::{MAX_BODY_BYTES, ReportJson, refusal};
use endpoint::serve::Answer;
use endpoint::{Incoming, identity, settings};
use http_edge::caller::Caller;
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Request, Result};
use question::Question;
use sha2::{Digest, Sha256};
use std::time::Duration;
use uuid::{Uuid, uuid};

/// The namespace of groups of reports that are named by caller and key (UUID version 5). Never to be
/// changed.
const KEYED_REPORTS: Uuid = uuid!("b3bd1a83-65a7-4a0a-9a41-4d5c1f7ac6a5");

/// Between two steps of a summary.
const PAUSE: Duration = Duration::from_millis(1);

endpoint::store!("submit-report");

endpoint::serve!(submit);

async fn submit(incoming: Incoming) -> Result<Answer> {
    // All that can be wrong with the head is said before a body of many MiB is kept.
    let (caller, question) = match ask(&incoming.request).await {
        Ok(asked) => asked,
        Err(error) => {
            let _ = incoming.with_body(0).await;
            return Err(error);
        }
    };
    let mut request = incoming.with_body(MAX_BODY_BYTES).await?;
    let base = settings::base_url(&request).await?;
    let key = key(&request, &caller)?;
    let mapping = question.mapping();
    let refused = |problem| refusal(&problem);
    let text = reports::document(&request.body).map_err(refused)?;
    let (summary, count, results) = rows::of(&text, question.format, &mapping).map_err(refused)?;
    drop(text);
    request.body = Vec::new();
    let uuid = group_uuid(key.as_ref()).to_string();
    let report = NewReport {
        submit_time_us: endpoint::now_us(),
        group: GroupMention {
            uuid: uuid.clone(),
            description: Update::Set(Some(question.description(&summary))),
            ref_url: match &question.ref_url {
                Some(url) => Update::Set(Some(url.clone())),
                None => Update::Keep,
            },
        },
        ref_url: question.ref_url.clone(),
        results,
    };
    let submission = store::result_writes::submit_report(&report, key.as_ref())?;
    drop(report);
    let reply = once::answer_one(&submission, |last| {
        let answer = ReportJson::new(&summary, &mapping, &uuid, last.id, count, &base);
        match request.accepts("text/plain") {
            true => Ok(Reply::text(201, &answer.in_words(&summary))),
            false => Ok(Reply::json(201, &answer)?),
        }
    })?;
    Ok(Answer::Followed(reply, Box::pin(summarise())))
}

/// Goes on with the summaries of the results that were stored, with pauses in which others write.
async fn summarise() {
    loop {
        match store::result_writes::summarise() {
            Ok(true) => spin_sdk::time::sleep(PAUSE).await,
            Ok(false) => return,
            Err(error) => {
                let error = Error::from(error);
                return drop(endpoint::serve::told(error));
            }
        }
    }
}

/// Who asks, and for what.
async fn ask(request: &Request) -> Result<(Caller, Question)> {
    request.require_no_final_slash()?;
    method::allow(request, &["POST"], Style::Json)?;
    request.refuse_foreign_pages(&settings::base_url(request).await?)?;
    let caller = identity::caller(request, Family::Results).await?;
    let media_type = request.header("content-type").unwrap_or_default();
    if media_type.to_ascii_lowercase().starts_with("multipart/") {
        return Err(Error::message(
            415,
            "Please send the report itself as the body (curl: --data-binary @FILE), not a form with files.",
        ));
    }
    let outcomes = settings::outcomes().await?;
    Ok((caller, Question::read(request, &outcomes)?))
}

/// The key of the request. What the query says is as much a part of it as the body.
fn key(request: &Request, caller: &Caller) -> Result<Option<SubmissionKey>> {
    let key = once::key(request, caller)?;
    Ok(key.map(|key| SubmissionKey {
        fingerprint: format!(
            "{:x}",
            Sha256::digest(format!("{}\n{}", key.fingerprint, request.query))
        ),
        ..key
    }))
}

/// A group of its own: a random one, or the one that belongs to the key, so that a repeated request
/// is answered with the same one.
fn group_uuid(key: Option<&SubmissionKey>) -> Uuid {
    match key {
        Some(key) => {
            let name = format!("{}\0{}", key.caller, key.key);
            Uuid::new_v5(&KEYED_REPORTS, name.as_bytes())
        }
        None => Uuid::new_v4(),
    }
}

//! `POST /api/v3/results/{type}`: stores one result of an artifact, for callers who say who they are
//! and whom the permissions name.
//!
//! It is the only component of version 3 that can write, and has no way to read results.

use artifact_results::{ArtifactType, OUTCOMES, Submission};
use endpoint::Incoming;
use endpoint::identity::Family;
use endpoint::records::{NewResult, Update};
use endpoint::results::once;
use endpoint::results::wire::ResultJson;
use endpoint::{identity, permissions, settings};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

endpoint::store!("submit-artifact-result");
endpoint::result_writes!();

endpoint::serve!(submit);

async fn submit(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    let artifact = ArtifactType::by_plural(&incoming.request.last_segment())
        .ok_or_else(|| Error::message(404, "Not found"))?;
    method::allow(&incoming.request, &["POST"], Style::Html)?;
    let outcomes = outcomes().await?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::named_caller(&request, Family::Results).await?;
    let submission = artifact.read(&body::json(&request, Style::Html)?, &outcomes)?;
    permissions::require(&*permissions::of_results()?, &caller, &submission.test_case)?;
    let base = settings::base_url(&request).await?;
    let key = once::key(&request, &caller)?;
    let result = new_result(submission, &caller.user);
    let bytes = request.body.len();
    let submission = WRITES.submit(vec![result], key.as_ref(), bytes).await?;
    once::answer_one(&submission, |one| {
        Ok(Reply::json(201, &ResultJson::new(one, &base)?)?)
    })
}

/// The configured outcomes and those that version 3 always has.
async fn outcomes() -> Result<Vec<String>> {
    let mut outcomes = settings::outcomes().await?.to_vec();
    for outcome in OUTCOMES {
        if !outcomes.iter().any(|known| known == outcome) {
            outcomes.push(outcome.to_owned());
        }
    }
    Ok(outcomes)
}

fn new_result(submission: Submission, user: &str) -> NewResult {
    let data = submission.data(user);
    NewResult {
        submit_time_us: endpoint::now_us(),
        outcome: submission.outcome,
        test_case: submission.test_case,
        test_case_ref_url: match submission.test_case_ref_url {
            Some(url) => Update::Set(Some(url)),
            None => Update::Keep,
        },
        groups: Vec::new(),
        data,
        note: submission.note,
        ref_url: submission.ref_url,
    }
}

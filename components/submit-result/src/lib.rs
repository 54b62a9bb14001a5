//! `POST /api/v2.0/results`: stores one test result, or a list of them, all or none.
//!
//! It stands in front of `query-results`, which answers every other method of the path. It has no
//! way to read results.

use endpoint::Incoming;
use endpoint::identity::Family;
use endpoint::records::TestResult;
use endpoint::results::once;
use endpoint::results::submission::{self, Context};
use endpoint::results::wire::ResultJson;
use endpoint::{identity, settings};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::Style;
use http_edge::{Error, Reply, Result};

endpoint::store!("submit-result");
endpoint::result_writes!();

endpoint::serve_before!("POST", submit);

async fn submit(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    let outcomes = settings::outcomes().await?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::caller(&request, Family::Results).await?;
    let context = Context {
        outcomes: &outcomes,
        now_us: endpoint::now_us(),
        new_uuid: || uuid::Uuid::new_v4().to_string(),
    };
    let base = settings::base_url(&request).await?;
    let key = once::key(&request, &caller)?;
    let submitted = submission::parse_any(&body::json(&request, Style::Html)?, &context)?;
    let (is_list, results) = (submitted.is_list, submitted.results);
    let bytes = request.body.len();
    let submission = WRITES.submit(results, key.as_ref(), bytes).await?;
    once::answer(&submission, |stored| created(stored, is_list, &base))
}

fn created(stored: &[TestResult], is_list: bool, base: &str) -> Result<Reply> {
    Ok(match (is_list, stored) {
        (false, [one]) => Reply::json(201, &ResultJson::new(one, base)?)?,
        (true, many) => Reply::json(201, &ResultJson::list(many, base)?)?,
        (false, _) => return Err(Error::Internal("the store returned no result".into())),
    })
}

//! `POST /api/v2.0/results`: stores one test result.
//!
//! It stands in front of `query-results`, which answers every other method of the path. It has no
//! way to read results.

use endpoint::Incoming;
use endpoint::results::submission::{self, Context};
use endpoint::results::wire::ResultJson;
use endpoint::settings;
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::Style;
use http_edge::{Error, Reply, Result};

endpoint::store!("submit-result");

endpoint::serve_before!("POST", submit);

async fn submit(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    let outcomes = settings::outcomes().await?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let context = Context {
        outcomes: &outcomes,
        now_us: endpoint::now_us(),
        new_uuid: || uuid::Uuid::new_v4().to_string(),
    };
    let result = submission::parse(&body::json(&request, Style::Html)?, &context)?;
    let base = settings::base_url(&request).await?;
    let stored = store::result_writes::submit(&[result])?;
    let stored = stored
        .first()
        .ok_or_else(|| Error::Internal("the store returned no result".into()))?;
    Ok(Reply::json(201, &ResultJson::new(stored, &base)?)?)
}

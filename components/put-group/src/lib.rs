//! `POST /api/v2.0/groups`: creates a group, or updates what the body says of a known one.
//!
//! It stands in front of `query-groups`, which answers every other method of the path.

use endpoint::results::catalogue::{GroupJson, new_group};
use endpoint::{Incoming, settings};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::Style;
use http_edge::{Reply, Result};

endpoint::store!("put-group");

endpoint::serve_before!("POST", put);

async fn put(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let body = body::json(&request, Style::Html)?;
    let group = new_group(&body, || uuid::Uuid::new_v4().to_string())?;
    let base = settings::base_url(&request).await?;
    let group = store::catalogue_writes::put_group(&group)?;
    Ok(Reply::json(201, &GroupJson::new(&group, &base))?)
}

//! `POST /api/v2.0/testcases`: creates a test case, or updates the reference of a known one.
//!
//! It stands in front of `query-test-cases`, which answers every other method of the path.

use endpoint::identity::Family;
use endpoint::results::catalogue::new_test_case;
use endpoint::results::wire::TestCaseJson;
use endpoint::{Incoming, identity, settings};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::Style;
use http_edge::{Reply, Result};

endpoint::store!("put-test-case");

endpoint::serve_before!("POST", put);

async fn put(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    identity::caller(&request, Family::Results).await?;
    let (name, ref_url) = new_test_case(&body::json(&request, Style::Html)?)?;
    let base = settings::base_url(&request).await?;
    let test_case = store::catalogue_writes::put_test_case(&name, &ref_url)?;
    Ok(Reply::json(201, &TestCaseJson::new(&test_case, &base))?)
}

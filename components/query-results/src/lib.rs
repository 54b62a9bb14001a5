//! `GET /api/v2.0/results`: the results that match a query, page by page.
//!
//! `submit-result` stands in front of it and takes the `POST`s of the path.

use endpoint::results::list;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::{Reply, Result};

endpoint::store!("query-results");

endpoint::serve!(query);

async fn query(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    // `POST` is allowed on this path, though it never comes here.
    method::allow(&request, &["POST", "GET"], Style::Html)?;
    let query = list::query(&request).await?;
    let base = settings::base_url(&request).await?;
    list::results(&request, &base, &query, |filter, order, page| {
        store::result_reads::find(filter, order, page)
    })
}

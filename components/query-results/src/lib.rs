//! `GET /api/v2.0/results`: the results that match a query, page by page.
//!
//! `submit-result` stands in front of it and takes the `POST`s of the path.

use endpoint::Incoming;
use endpoint::records::Page;
use endpoint::results::filter::ResultQuery;
use endpoint::results::wire::ResultJson;
use endpoint::settings;
use http_edge::method::{self, Style};
use http_edge::page;
use http_edge::query::Query;
use http_edge::{Reply, Result};
use serde::Serialize;

endpoint::store!("query-results");

endpoint::serve!(query);

/// A page of results.
#[derive(Serialize)]
struct Envelope<'a> {
    data: Vec<ResultJson<'a>>,
    next: Option<String>,
    prev: Option<String>,
}

async fn query(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    // `POST` is allowed on this path, though it never comes here.
    method::allow(&request, &["POST", "GET"], Style::Html)?;
    let query = ResultQuery::parse(&Query::parse(&request.query), &settings::outcomes().await?)?;
    let limit = query.paging.limit;
    // One more than asked for tells whether there is a next page.
    let page = Page {
        offset: query.paging.page.saturating_mul(limit.into()),
        limit: limit.saturating_add(1),
    };
    let mut results = store::result_reads::find(&query.filter, query.order, page)?;
    let has_next = results.len() > limit as usize;
    results.truncate(limit as usize);
    let links = page::links(&request.url(), query.paging.page, has_next);
    let envelope = Envelope {
        data: ResultJson::list(&results, &request.base_url())?,
        next: links.next,
        prev: links.prev,
    };
    Ok(Reply::json(200, &envelope)?)
}

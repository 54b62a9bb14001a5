//! `GET /api/v1/waivers`: waivers and requests for them that match a query, page by page, with their
//! states as of a time.
//!
//! `request-waiver` stands in front of it and takes the `POST`s of the path.

use endpoint::records::{Page, Selection};
use endpoint::waivers::life::query;
use endpoint::waivers::life::wire::{LifeJson, LivesJson};
use endpoint::waivers::links;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Reply, Result};

endpoint::store!("list-waivers");

endpoint::serve!(list);

async fn list(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    // `POST` is allowed on this path, though it never comes here.
    method::allow(&request, &["GET", "POST"], Style::Json)?;
    let base = settings::base_url(&request).await?;
    let query = Query::parse(&request.query);
    let asked = query::parse(&query)?;
    let before = u64::from(asked.page.saturating_sub(1)).saturating_mul(asked.limit.into());
    let part = Page {
        offset: before,
        limit: asked.limit,
    };
    let now_us = endpoint::now_us();
    let found = store::waiver_reads::find(&[asked.filter], Selection::Every, now_us, part)?;
    let page = u64::from(asked.page);
    let link = |page| links::to_page(&request, &base, &query, page);
    let reached = before.saturating_add(found.waivers.len() as u64);
    let lives = LivesJson {
        data: found.waivers.iter().map(LifeJson::new).collect(),
        total: found.total,
        prev: (page > 1).then(|| link(page.saturating_sub(1))),
        next: (reached < found.total && !found.waivers.is_empty())
            .then(|| link(page.saturating_add(1))),
    };
    Ok(Reply::json(200, &lives)?)
}

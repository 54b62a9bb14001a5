//! `GET /api/v2.0/groups`: the groups that match a query, the newest first, page by page.
//!
//! `put-group` stands in front of it and takes the `POST`s of the path.

use endpoint::results::catalogue::{GroupJson, group_query};
use endpoint::results::list;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Reply, Result};

endpoint::store!("query-groups");

endpoint::serve!(query);

async fn query(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    // `POST` is allowed on this path, though it never comes here.
    method::allow(&request, &["POST", "GET"], Style::Html)?;
    let max_page_size = settings::max_page_size().await?;
    let (filter, paging) = group_query(&Query::parse(&request.query), max_page_size)?;
    let groups = store::catalogue_reads::find_groups(&filter, list::part(paging))?;
    let base = settings::base_url(&request).await?;
    let groups = groups.iter().map(|group| GroupJson::new(group, &base));
    list::answer(&request, &base, paging, groups.collect())
}

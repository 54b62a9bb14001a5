//! `GET /api/v2.0/groups/{uuid}/results`: the results of a group that match a query.

use endpoint::results::list;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::request::decode;
use http_edge::{Error, Reply, Result};

endpoint::store!("query-group-results");

endpoint::serve!(query);

async fn query(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    method::allow(&request, &["GET"], Style::Html)?;
    let uuid = decode(request.path.rsplit('/').nth(1).unwrap_or_default());
    let mut query = list::query(&request).await?;
    if store::catalogue_reads::get_group(&uuid)?.is_none() {
        return Err(Error::message(404, &format!("Group not found: {uuid}")));
    }
    query.filter.groups = vec![uuid];
    let base = settings::base_url(&request).await?;
    list::results(&request, &base, &query, |filter, order, page| {
        store::result_reads::find(filter, order, page)
    })
}

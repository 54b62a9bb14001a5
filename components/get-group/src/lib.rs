//! `GET /api/v2.0/groups/{uuid}`: one group.

use endpoint::results::catalogue::GroupJson;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

endpoint::store!("get-group");

endpoint::serve!(get);

async fn get(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    method::allow(&request, &["GET"], Style::Html)?;
    let group = store::catalogue_reads::get_group(&request.last_segment())?;
    let group = group.ok_or_else(|| Error::message(404, "Group not found"))?;
    let base = settings::base_url(&request).await?;
    Ok(Reply::json(200, &GroupJson::new(&group, &base))?)
}

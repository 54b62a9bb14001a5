//! `GET /api/v2.0/results/{id}`: one result.

use endpoint::results::wire::ResultJson;
use endpoint::{Incoming, settings};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

endpoint::store!("get-result");

endpoint::serve!(get);

async fn get(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    method::allow(&request, &["GET"], Style::Html)?;
    let result = match request.last_segment().parse() {
        Ok(id) => store::result_reads::get(id)?,
        Err(_) => None,
    };
    let result = result.ok_or_else(|| Error::message(404, "Result not found"))?;
    let base = settings::base_url(&request).await?;
    Ok(Reply::json(200, &ResultJson::new(&result, &base)?)?)
}

//! `GET /api/v2.0/results/{id}`: one result.

use endpoint::Incoming;
use endpoint::results::wire::ResultJson;
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
    Ok(Reply::json(
        200,
        &ResultJson::new(&result, &request.base_url())?,
    )?)
}

//! `GET /api/v1.0/waivers/{id}`: one waiver.

use endpoint::Incoming;
use endpoint::waivers::wire::{WaiverJson, with_cors};
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Error, Reply, Request, Result};

endpoint::store!("get-waiver");

endpoint::serve!(get);

async fn get(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    with_cors(&request.method, answer(&request))
}

fn answer(request: &Request) -> Result<Reply> {
    request.require_no_final_slash()?;
    method::allow(request, &["GET"], Style::Json)?;
    let waiver = match request.last_segment().parse() {
        Ok(id) => store::waiver_reads::get(id)?,
        Err(_) => None,
    };
    let waiver = waiver.ok_or_else(|| Error::message(404, "Waiver not found"))?;
    let query = Query::parse(&request.query);
    let reply = Reply::spaced_json(200, &WaiverJson::new(&waiver))?;
    Ok(reply.as_jsonp(query.first("callback"), ")"))
}

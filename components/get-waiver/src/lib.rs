//! `GET /api/v1.0/waivers/{id}`: one waiver.

use endpoint::Incoming;
use endpoint::sharing::Sharing;
use endpoint::waivers::wire::{self, WaiverJson};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Request, Result};

endpoint::store!("get-waiver");

endpoint::serve!(get);

async fn get(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    Sharing::of(&request).await?.finish(answer(&request))
}

fn answer(request: &Request) -> Result<Reply> {
    request.require_no_final_slash()?;
    method::allow(request, &["GET"], Style::Json)?;
    let id = request.last_segment();
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let waiver = match id.parse() {
        Ok(id) if is_number => store::waiver_reads::get(id, None, endpoint::now_us())?,
        _ => None,
    };
    let waiver = waiver.filter(wire::is_shown);
    let waiver = waiver.ok_or_else(|| Error::message(404, "Waiver not found"))?;
    Ok(Reply::spaced_json(200, &WaiverJson::new(&waiver))?)
}

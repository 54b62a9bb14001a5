//! `POST /api/v1/waivers/{id}/approval`: somebody who may waive, and is not who asked, approves or
//! denies a request.

use endpoint::identity::Family;
use endpoint::waivers::acting::Acting;
use endpoint::waivers::life::wire::LifeJson;
use endpoint::waivers::life::{self, not_found, step};
use endpoint::{Incoming, identity};
use http_edge::body::{MAX_BODY_BYTES, json};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

endpoint::store!("decide-on-waiver");

endpoint::serve!(decide);

async fn decide(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::named_caller(&request, Family::Waivers).await?;
    let id = life::id(&request)?;
    let (action, said) = step::decision(&json(&request, Style::Json)?)?;
    let acting = Acting::of(caller, said.username).await?;
    let waiver = store::waiver_reads::get(id, None, endpoint::now_us())?;
    let waiver = waiver.ok_or_else(not_found)?;
    if let Some(text) = acting.why_not_waive(&waiver.testcase)? {
        let text = format!("{text}: who may not waive doesn't decide about requests either");
        return Err(Error::message(403, &text));
    }
    let step = step::step(&waiver, action, acting, said.comment);
    step::require_taken(store::waiver_writes::take(&step)?)?;
    let waiver = store::waiver_reads::get(id, None, endpoint::now_us())?;
    Ok(Reply::json(
        201,
        &LifeJson::new(&waiver.ok_or_else(not_found)?),
    )?)
}

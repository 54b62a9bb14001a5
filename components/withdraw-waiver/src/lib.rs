//! `POST /api/v1/waivers/{id}/withdrawal`: whoever made or asked for a waiver, or may waive, takes it
//! back.

use endpoint::identity::Family;
use endpoint::records::{Waiver, WaiverAction};
use endpoint::waivers::acting::Acting;
use endpoint::waivers::life::wire::LifeJson;
use endpoint::waivers::life::{self, not_found, step};
use endpoint::{Incoming, identity};
use http_edge::body::{MAX_BODY_BYTES, json};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

endpoint::store!("withdraw-waiver");

endpoint::serve!(withdraw);

async fn withdraw(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::named_caller(&request, Family::Waivers).await?;
    let id = life::id(&request)?;
    let said = step::withdrawal(&json(&request, Style::Json)?)?;
    let acting = Acting::of(caller, said.username).await?;
    let waiver = store::waiver_reads::get(id, None, endpoint::now_us())?;
    let waiver = waiver.ok_or_else(not_found)?;
    require_right(&acting, &waiver)?;
    let step = step::step(&waiver, WaiverAction::Withdrawn, acting, said.comment);
    step::require_taken(store::waiver_writes::take(&step)?)?;
    let waiver = store::waiver_reads::get(id, None, endpoint::now_us())?;
    Ok(Reply::json(
        201,
        &LifeJson::new(&waiver.ok_or_else(not_found)?),
    )?)
}

/// Passes who made the waiver, in an own name or as a proxy, and who may waive.
fn require_right(acting: &Acting, waiver: &Waiver) -> Result<()> {
    let person = &acting.person.user;
    if *person == waiver.username || waiver.proxied_by.as_ref() == Some(person) {
        return Ok(());
    }
    match acting.why_not_waive(&waiver.testcase)? {
        None => Ok(()),
        Some(text) => {
            let text = format!("{text}, and {} made this waiver", waiver.username);
            Err(Error::message(403, &text))
        }
    }
}

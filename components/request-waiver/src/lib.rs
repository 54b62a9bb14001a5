//! `POST /api/v1/waivers`: stores a waiver, or the request for one if whoever wants it may not waive or
//! a second person must approve of it.
//!
//! It stands in front of `list-waivers`, which answers every other method of the path.

use endpoint::identity::Family;
use endpoint::records::NewWaiver;
use endpoint::waivers::acting::Acting;
use endpoint::waivers::life::body;
use endpoint::waivers::life::wire::LifeJson;
use endpoint::{Incoming, identity, permissions};
use http_edge::body::{MAX_BODY_BYTES, json};
use http_edge::method::Style;
use http_edge::{Error, Reply, Result};

endpoint::store!("request-waiver");

endpoint::serve_before!("POST", request_waiver);

async fn request_waiver(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::named_caller(&request, Family::Waivers).await?;
    let wanted = body::parse(&json(&request, Style::Json)?, endpoint::now_us())?;
    let acting = Acting::of(caller, wanted.username).await?;
    let (mut waiver, mut terms) = (wanted.waiver, wanted.terms);
    terms.needs_approval = wanted.request
        || acting.why_not_waive(&waiver.testcase)?.is_some()
        || permissions::of_waivers()?.demand_approval(&waiver.testcase, &terms.contexts);
    waiver = NewWaiver {
        username: acting.person.user,
        proxied_by: acting.proxied_by,
        terms: Some(terms),
        ..waiver
    };
    let stored = store::waiver_writes::submit(&[waiver])?;
    let stored = stored.first();
    let stored = stored.ok_or_else(|| Error::Internal("the store returned no waiver".into()))?;
    Ok(Reply::json(201, &LifeJson::new(stored))?)
}

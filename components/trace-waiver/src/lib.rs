//! `GET /api/v1/waivers/{id}`: one waiver with its state as of a time; and
//! `GET /api/v1/waivers/{id}/history`: who did what to it, when and why.

use endpoint::Incoming;
use endpoint::records::Waiver;
use endpoint::waivers::life::wire::{HistoryJson, LifeJson};
use endpoint::waivers::life::{self, not_found, query};
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Reply, Request, Result};

endpoint::store!("trace-waiver");

endpoint::serve!(trace);

async fn trace(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    method::allow(&request, &["GET"], Style::Json)?;
    match request.path.ends_with("/history") {
        true => history(&request),
        false => one(&request),
    }
}

fn one(request: &Request) -> Result<Reply> {
    let waiver = waiver(request, as_of(request)?)?;
    Ok(Reply::json(200, &LifeJson::new(&waiver))?)
}

/// The waiver is read first: what is stored of it never changes, and steps only come on top.
fn history(request: &Request) -> Result<Reply> {
    let as_of = as_of(request)?;
    let waiver = waiver(request, as_of)?;
    let mut steps = store::waiver_reads::steps(waiver.id)?;
    steps.retain(|step| as_of.is_none_or(|time| step.timestamp_us <= time));
    Ok(Reply::json(200, &HistoryJson::new(&waiver, &steps))?)
}

fn as_of(request: &Request) -> Result<Option<i64>> {
    query::as_of(&Query::parse(&request.query))
}

fn waiver(request: &Request, as_of: Option<i64>) -> Result<Waiver> {
    let found = store::waiver_reads::get(life::id(request)?, as_of, endpoint::now_us())?;
    found.ok_or_else(not_found)
}

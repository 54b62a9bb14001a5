//! `POST /api/v1.0/waivers/`: stores one waiver, or a list of them, all or none.
//!
//! It stands in front of `query-waivers`, which answers every other method of the path. It reads
//! results, because a waiver may name a result instead of a subject.

use endpoint::Incoming;
use endpoint::identity::Family;
use endpoint::records::{NewWaiver, Waiver};
use endpoint::sharing::Sharing;
use endpoint::waivers::acting::Acting;
use endpoint::waivers::creation::{self, Target, Wanted};
use endpoint::waivers::links;
use endpoint::waivers::subject::target_of_result;
use endpoint::waivers::wire::WaiverJson;
use endpoint::{identity, permissions, settings};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::caller::Caller;
use http_edge::method::Style;
use http_edge::{Error, Reply, Result};

endpoint::store!("waive");

endpoint::serve_before!("POST", waive);

async fn waive(incoming: Incoming) -> Result<Reply> {
    let sharing = Sharing::of(&incoming.request).await?;
    sharing.finish(answer(incoming).await)
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    let base = settings::base_url(&incoming.request).await?;
    if let Some(redirect) = links::to_directory(&incoming.request, &base) {
        return Ok(redirect);
    }
    let superusers = settings::superusers().await?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let (wanted, is_list) = creation::parse(&body::json(&request, Style::Json)?)?;
    let caller = identity::caller(&request, Family::Waivers).await?;
    let now_us = endpoint::now_us();
    let mut waivers = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        waivers.push(new_waiver(wanted, &caller, &superusers, now_us)?);
    }
    let stored = match waivers.is_empty() {
        true => Vec::new(),
        false => store::waiver_writes::submit(&waivers)?,
    };
    created(&stored, is_list)
}

fn created(stored: &[Waiver], is_list: bool) -> Result<Reply> {
    let json: Vec<WaiverJson> = stored.iter().map(WaiverJson::new).collect();
    Ok(match (is_list, json.as_slice()) {
        (false, [one]) => Reply::spaced_json(201, one)?,
        _ => Reply::spaced_json(201, &json)?,
    })
}

/// The waiver to store. A caller who is a superuser may waive on somebody's behalf.
fn new_waiver(
    wanted: Wanted,
    caller: &Caller,
    superusers: &[String],
    now_us: i64,
) -> Result<NewWaiver> {
    let acting = Acting::among(superusers, caller.clone(), wanted.username).ok_or_else(|| {
        let text = format!("user {} does not have the proxyuser ability", caller.user);
        Error::message(403, &text)
    })?;
    let target = match wanted.target {
        Target::Result(id) => look_up(id)?,
        target => target,
    };
    let Target::Subject {
        subject_type,
        subject_identifier,
        testcase,
        scenario,
    } = target
    else {
        let text = "a result stands for another result";
        return Err(Error::Internal(text.to_owned()));
    };
    require_permission(&acting, &testcase, wanted.waived)?;
    Ok(NewWaiver {
        subject_type,
        subject_identifier,
        testcase,
        username: acting.person.user,
        scenario,
        proxied_by: acting.proxied_by,
        product_version: wanted.product_version,
        waived: wanted.waived,
        comment: wanted.comment,
        timestamp_us: now_us,
        terms: None,
    })
}

/// Passes waivers that the person may make in whose name they are.
fn require_permission(acting: &Acting, testcase: &str, waived: bool) -> Result<()> {
    let rules = permissions::of_waivers()?;
    let refusal = acting.why_not_waive(testcase)?;
    // To take a waiver back nobody has to be asked.
    let alone = || permissions::why_not_alone(&rules, testcase).filter(|_| waived);
    match refusal.or_else(alone) {
        None => Ok(()),
        Some(text) => Err(Error::message(403, &text)),
    }
}

fn look_up(id: i64) -> Result<Target> {
    let result = match u64::try_from(id) {
        Ok(id) => store::result_reads::get(id)?,
        Err(_) => None,
    };
    let result = result.ok_or_else(|| Error::bad_request("Result id not found in Resultsdb"))?;
    let data = serde_json::from_str(&result.data)
        .map_err(|error| Error::Internal(format!("data of result {id}: {error}")))?;
    target_of_result(&data, &result.test_case.name)
}

//! `POST /api/v1.0/waivers/+filtered`: the waivers that match any of several filters, unpaged.

use endpoint::Incoming;
use endpoint::records::{Obsolescence, Page, WaiverFilter};
use endpoint::waivers::filter;
use endpoint::waivers::wire::{WaiverJson, with_cors};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::{self, Style};
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Reply, Result};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

endpoint::store!("filter-waivers");

/// The most filters of one request.
const MAX_FILTERS: usize = 10_000;

/// The most kinds of filters of one request. Filters that name the same conditions and times are of
/// one kind: they are answered together, each kind apart.
const MAX_KINDS: usize = 100;

/// The most waivers of one answer, the newest.
const MAX_WAIVERS: u32 = 10_000;

endpoint::serve!(filtered);

#[derive(Serialize)]
struct Envelope<'a> {
    data: Vec<WaiverJson<'a>>,
}

async fn filtered(incoming: Incoming) -> Result<Reply> {
    let method = incoming.request.method.clone();
    with_cors(&method, answer(incoming).await)
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let (filters, obsolete) = parse(&body::json(&request, Style::Json)?)?;
    let part = Page {
        offset: 0,
        limit: MAX_WAIVERS,
    };
    let list = store::waiver_reads::find(&filters, obsolete, part)?;
    let data = list.waivers.iter().map(WaiverJson::new).collect();
    Ok(Reply::spaced_json(200, &Envelope { data })?)
}

fn parse(body: &Value) -> Result<(Vec<WaiverFilter>, Obsolescence)> {
    let Value::Object(fields) = body else {
        return Err(Error::bad_request(
            "The body must be a JSON object with a list `filters`.",
        ));
    };
    let mut mistakes = Mistakes::default();
    let include_obsolete = match fields.get("include_obsolete") {
        Some(Value::Null) | None => false,
        value => filter::truth_of(value, false, &["include_obsolete"], &mut mistakes),
    };
    let filters = filters(fields.get("filters"), body, &mut mistakes)?;
    mistakes.check()?;
    let obsolete = match include_obsolete {
        true => Obsolescence::Keep,
        false => Obsolescence::AnyUser,
    };
    Ok((filters, obsolete))
}

/// The filters that say something; if none does, one that matches everything.
fn filters(
    list: Option<&Value>,
    body: &Value,
    mistakes: &mut Mistakes,
) -> Result<Vec<WaiverFilter>> {
    let entries = match list {
        Some(Value::Array(entries)) if entries.is_empty() => {
            mistakes.add(Kind::ListTooShort, &["filters"], Vec::<Value>::new());
            return Ok(Vec::new());
        }
        Some(Value::Array(entries)) => entries,
        Some(other) => {
            mistakes.add(Kind::List, &["filters"], other.clone());
            return Ok(Vec::new());
        }
        None => {
            mistakes.add(Kind::Missing, &["filters"], body.clone());
            return Ok(Vec::new());
        }
    };
    if entries.len() > MAX_FILTERS {
        return Err(Error::bad_request(&format!(
            "At most {MAX_FILTERS} filters are answered at once."
        )));
    }
    let mut filters = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        match entry {
            Value::Object(object) => filters.push(filter::from_object(object, index, mistakes)?),
            other => mistakes.add_entry(Kind::Object, "filters", index, other.clone()),
        }
    }
    let kinds: BTreeSet<_> = filters.iter().map(filter::kind).collect();
    if kinds.len() > MAX_KINDS {
        return Err(Error::bad_request(&format!(
            "The filters are of {} kinds, at most {MAX_KINDS} are answered at once: \
             filters with the same names and the same `since` are of one kind.",
            kinds.len()
        )));
    }
    let everything = filters.first().cloned();
    filters.retain(|filter| !filter::is_empty(filter));
    if filters.is_empty() {
        filters.extend(everything);
    }
    Ok(filters)
}

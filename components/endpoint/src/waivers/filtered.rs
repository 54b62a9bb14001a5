//! The body of `POST /waivers/+filtered`: filters, any of which a waiver may match.

use crate::records::{Obsolescence, WaiverFilter};
use crate::waivers::filter;
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result};
use serde_json::Value;
use std::collections::BTreeSet;

/// The most filters of one request.
pub const MAX_FILTERS: usize = 10_000;

/// The most kinds of filters of one request. Filters that name the same conditions and times are of
/// one kind: they are answered together, each kind apart.
pub const MAX_KINDS: usize = 100;

/// The most waivers of one answer, the newest.
pub const MAX_WAIVERS: u32 = 10_000;

/// Reads the body.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value) -> Result<(Vec<WaiverFilter>, Obsolescence)> {
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

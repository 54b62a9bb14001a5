//! The body of `POST /waivers/+filtered`: filters, any of which a waiver may match.

use crate::records::{Selection, WaiverFilter};
use crate::waivers::fields::{Fields, note_model};
use crate::waivers::filter;
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The most kinds of filters of one request. Filters that name the same conditions and times are of
/// one kind: they are answered together, each kind apart.
pub const MAX_KINDS: usize = 100;

/// Reads the body.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value) -> Result<(Vec<WaiverFilter>, Selection)> {
    let Value::Object(object) = body else {
        return Err(Error::bad_request(
            "The body must be a JSON object with a list `filters`.",
        ));
    };
    let mut mistakes = Mistakes::default();
    let entries = entries(object, &mut mistakes)?;
    let mut fields = Fields {
        object,
        place: &[],
        mistakes: &mut mistakes,
    };
    let selection = match fields.truth("include_obsolete", false) {
        true => Selection::Standing,
        false => Selection::InForce,
    };
    mistakes.check()?;
    let filters = entries.into_iter().map(filter::from_object);
    let mut filters: Vec<WaiverFilter> = filters.collect::<Result<_>>()?;
    require_few_kinds(&filters)?;
    // Filters that say nothing count only where no other says anything, and then once.
    match filters.iter().all(filter::is_empty) {
        true => filters.truncate(1),
        false => filters.retain(|filter| !filter::is_empty(filter)),
    }
    Ok((filters, selection))
}

/// The filters, as they are in the body.
fn entries<'a>(
    object: &'a Map<String, Value>,
    mistakes: &mut Mistakes,
) -> Result<Vec<&'a Map<String, Value>>> {
    let list = match object.get("filters") {
        Some(Value::Array(list)) => list,
        Some(other) => {
            mistakes.add(Kind::List, &["filters"], other.clone());
            return Ok(Vec::new());
        }
        None => {
            mistakes.add(Kind::Missing, &["filters"], object.clone());
            return Ok(Vec::new());
        }
    };
    if list.is_empty() {
        mistakes.add(Kind::ListTooShort, &["filters"], Vec::<Value>::new());
    }
    filter::require_few(list, "filters")?;
    let mut entries = Vec::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        let place = ["filters".into(), index.into()];
        match entry {
            Value::Object(object) => {
                filter::check(&mut Fields {
                    object,
                    place: &place,
                    mistakes,
                });
                entries.push(object);
            }
            other => note_model(mistakes, "WaiverFilter", &place, other.clone()),
        }
    }
    Ok(entries)
}

fn require_few_kinds(filters: &[WaiverFilter]) -> Result<()> {
    let kinds: BTreeSet<_> = filters.iter().map(filter::kind).collect();
    match kinds.len() > MAX_KINDS {
        true => Err(Error::bad_request(&format!(
            "The filters are of {} kinds, at most {MAX_KINDS} are answered at once: \
             filters with the same names and the same `since` are of one kind.",
            kinds.len()
        ))),
        false => Ok(()),
    }
}

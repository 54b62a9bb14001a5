//! Conditions on waivers, from a query string or from a JSON object.

use crate::records::WaiverFilter;
use crate::waivers::fields::Fields;
use http_edge::query::Query;
use http_edge::reply::Reply;
use http_edge::time::parse_iso8601;
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result, python, truth};
use serde_json::{Map, Value, json};

/// The most filters of one request.
pub const MAX_FILTERS: usize = 10_000;

/// The most waivers of one answer that has no pages, the newest.
pub const MAX_WAIVERS: u32 = 10_000;

/// The 400 for too many filters, which the request calls `name`.
///
/// # Errors
/// If there are more than [`MAX_FILTERS`].
pub fn require_few(entries: &[Value], name: &str) -> Result<()> {
    match entries.len() > MAX_FILTERS {
        true => Err(Error::bad_request(&format!(
            "At most {MAX_FILTERS} {name} are answered at once."
        ))),
        false => Ok(()),
    }
}

/// The conditions of a query string. An empty value is no condition.
///
/// # Errors
/// 400 for a bad `since`.
pub fn from_query(query: &Query) -> Result<WaiverFilter> {
    from_texts(|name| query.first(name).map(str::to_owned))
}

/// The conditions' names.
pub const NAMES: [&str; 8] = [
    "subject_type",
    "subject_identifier",
    "testcase",
    "product_version",
    "username",
    "proxied_by",
    "since",
    "scenario",
];

/// Notes conditions of a JSON object that are no texts.
pub fn check(fields: &mut Fields<'_>) {
    for name in NAMES {
        match fields.object.get(name) {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(other) => fields.note(Kind::Text, &[name], other.clone()),
        }
    }
}

/// The conditions of a JSON object. What is no text is no condition.
///
/// # Errors
/// 400 for a bad `since`.
pub fn from_object(object: &Map<String, Value>) -> Result<WaiverFilter> {
    from_texts(|name| object.get(name).and_then(Value::as_str).map(str::to_owned))
}

fn from_texts(mut text: impl FnMut(&str) -> Option<String>) -> Result<WaiverFilter> {
    let mut given = |name| text(name).filter(|text| !text.is_empty());
    let (since_us, until_us) = match given("since") {
        Some(since) => since_range(&since)?,
        None => (None, None),
    };
    Ok(WaiverFilter {
        subject_type: given("subject_type"),
        subject_identifier: given("subject_identifier"),
        testcase: given("testcase"),
        scenario: given("scenario"),
        product_version: given("product_version"),
        username: given("username"),
        proxied_by: given("proxied_by"),
        since_us,
        until_us,
        ..everything()
    })
}

/// No condition but that the waiver has no limits: who reads these filters' answers can't see any,
/// and would take a limited waiver for one that holds everywhere.
#[must_use]
pub fn everything() -> WaiverFilter {
    WaiverFilter {
        subject_type: None,
        subject_identifier: None,
        testcase: None,
        scenario: None,
        product_version: None,
        username: None,
        proxied_by: None,
        since_us: None,
        until_us: None,
        reason: None,
        state: None,
        unlimited: true,
        or_by_pattern: false,
    }
}

/// Whether there is no condition at all.
#[must_use]
pub fn is_empty(filter: &WaiverFilter) -> bool {
    *filter == everything()
}

/// What kind of filter it is: which texts it names, and its times.
#[must_use]
pub fn kind(filter: &WaiverFilter) -> ([bool; 7], Option<i64>, Option<i64>) {
    let texts = [
        filter.subject_type.is_some(),
        filter.subject_identifier.is_some(),
        filter.testcase.is_some(),
        filter.scenario.is_some(),
        filter.product_version.is_some(),
        filter.username.is_some(),
        filter.proxied_by.is_some(),
    ];
    (texts, filter.since_us, filter.until_us)
}

/// `start`, `start,end`, `,end` or `start,`.
fn since_range(text: &str) -> Result<(Option<i64>, Option<i64>)> {
    let (start, end) = text.split_once(',').unwrap_or((text, ""));
    Ok((since_end(start)?, since_end(end)?))
}

fn since_end(text: &str) -> Result<Option<i64>> {
    if text.is_empty() {
        return Ok(None);
    }
    // A year or a month alone is no time here.
    match parse_iso8601(text).filter(|_| text.len() >= 8) {
        Some(time) => Ok(Some(time.utc_us())),
        None => {
            let text = format!("Invalid isoformat string: {}", python::repr_text(text));
            let body = json!({ "message": { "since": text } });
            Err(Error::Client(Reply::json(400, &body)?))
        }
    }
}

/// A truth value of a query string.
pub fn truth(query: &Query, name: &str, mistakes: &mut Mistakes) -> bool {
    let Some(text) = query.first(name) else {
        return false;
    };
    truth::of_word(text).unwrap_or_else(|| {
        mistakes.add(Kind::BooleanText, &[name], text);
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_has_one_end_or_two() {
        let check = |text: &str, expected: Option<(Option<i64>, Option<i64>)>| {
            assert_eq!(since_range(text).ok(), expected, "{text}");
        };
        check("1970-01-01T00:00:01", Some((Some(1_000_000), None)));
        check(",1970-01-01T00:00:01", Some((None, Some(1_000_000))));
        check("1970-01-01T01:00:00+01:00,", Some((Some(0), None)));
        check("123", None);
        check("1970", None);
    }
}

//! Conditions on waivers, from a query string or from a JSON object.

use crate::records::WaiverFilter;
use http_edge::query::Query;
use http_edge::reply::Reply;
use http_edge::time::parse_iso8601;
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result, python, truth};
use serde_json::{Map, Value, json};

/// The conditions of a query string. An empty value is no condition.
///
/// # Errors
/// 400 for a bad `since`.
pub fn from_query(query: &Query) -> Result<WaiverFilter> {
    from_texts(|name| query.first(name).map(str::to_owned))
}

/// The conditions of a JSON object; `index` is its place among the filters. Mistakes in the types
/// are noted.
///
/// # Errors
/// 400 for a bad `since`.
pub fn from_object(
    object: &Map<String, Value>,
    index: usize,
    mistakes: &mut Mistakes,
) -> Result<WaiverFilter> {
    from_texts(|name| match object.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => {
            mistakes.add_entry(Kind::Text, "filters", index, other.clone());
            None
        }
    })
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
    })
}

/// Whether there is no condition at all.
#[must_use]
pub fn is_empty(filter: &WaiverFilter) -> bool {
    *filter
        == WaiverFilter {
            subject_type: None,
            subject_identifier: None,
            testcase: None,
            scenario: None,
            product_version: None,
            username: None,
            proxied_by: None,
            since_us: None,
            until_us: None,
        }
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

/// A truth value of a JSON object; `default` if it is absent.
pub fn truth_of(
    value: Option<&Value>,
    default: bool,
    location: &[&str],
    mistakes: &mut Mistakes,
) -> bool {
    let Some(value) = value else {
        return default;
    };
    truth::of_value(value).unwrap_or_else(|kind| {
        mistakes.add(kind, location, value.clone());
        default
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

//! The body of `POST /results`: a result, or a list of them.

mod data;
mod groups;
mod test_case;

use crate::records::{NewResult, Update};
use http_edge::body::{NUL, has_nul, require_no_nul};
use http_edge::time::{from_milliseconds, parse_submit_time};
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result, json, python};
use serde_json::{Map, Value};

pub use data::{MAX_DATA_TEXT_CHARS, MAX_DATA_VALUES};
pub use groups::MAX_GROUPS;

/// The most results in one list.
pub const MAX_RESULTS: usize = 500;

/// The most values of extra data and groups in one list, all results together. Each is a row in an
/// index, and nobody else can write while they are stored.
pub const MAX_LIST_ROWS: usize = 20_000;

/// What a submission does not say by itself.
pub struct Context<'a> {
    /// The outcomes that there are.
    pub outcomes: &'a [String],
    /// The time of results that name none, in microseconds since the epoch.
    pub now_us: i64,
    /// Makes identifiers for groups that have none.
    pub new_uuid: fn() -> String,
}

/// A body that has been read.
#[derive(Debug)]
pub struct Submitted {
    /// The results in their order, one or more.
    pub results: Vec<NewResult>,
    /// Whether the body is a list, so that the answer is one, too.
    pub is_list: bool,
}

/// How a result stands in the body, and so how some mistakes are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It is the body, as ResultsDB knows it.
    Alone,
    /// It is an entry of a list.
    Entry,
}

/// Reads a result or a list of results.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse_any(body: &Value, context: &Context<'_>) -> Result<Submitted> {
    let (results, is_list) = match body {
        Value::Array(entries) => (list(entries, context)?, true),
        _ => (vec![parse(body, context)?], false),
    };
    Ok(Submitted { results, is_list })
}

/// Reads a result.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value, context: &Context<'_>) -> Result<NewResult> {
    let Value::Object(fields) = body else {
        let text =
            format!("The body must be a JSON object, or a list of 1 to {MAX_RESULTS} objects.");
        return Err(Error::bad_request(&text));
    };
    require_no_nul(body)?;
    let mut mistakes = Mistakes::default();
    let (result, _) = read(body, fields, Form::Alone, context, &mut mistakes)?;
    mistakes.check()?;
    Ok(result)
}

fn list(entries: &[Value], context: &Context<'_>) -> Result<Vec<NewResult>> {
    if !(1..=MAX_RESULTS).contains(&entries.len()) {
        return Err(Error::bad_request(&format!(
            "The list has {} results, it must have 1 to {MAX_RESULTS}. Please send more in several requests.",
            entries.len()
        )));
    }
    let mut mistakes = Mistakes::default();
    let mut results = Vec::with_capacity(entries.len());
    let mut rows = 0;
    for (index, entry) in entries.iter().enumerate() {
        mistakes.enter(index);
        let Value::Object(fields) = entry else {
            mistakes.add(Kind::Object, &[], entry.clone());
            continue;
        };
        if has_nul(entry) {
            mistakes.add_value_error(&[], Value::Null, NUL);
            continue;
        }
        let (result, values) = read(entry, fields, Form::Entry, context, &mut mistakes)?;
        rows += values + result.groups.len();
        results.push(result);
    }
    mistakes.check()?;
    if rows > MAX_LIST_ROWS {
        return Err(Error::bad_request(&format!(
            "The list has {rows} values of extra data and groups, at most {MAX_LIST_ROWS} are stored at once. \
             Please send it in parts."
        )));
    }
    Ok(results)
}

/// A result, and how many values of extra data it has.
fn read(
    body: &Value,
    fields: &Map<String, Value>,
    form: Form,
    context: &Context<'_>,
    mistakes: &mut Mistakes,
) -> Result<(NewResult, usize)> {
    let outcome = outcome(body, fields, context.outcomes, mistakes);
    let (test_case, test_case_ref_url) = test_case::read(body, fields, mistakes);
    let groups = groups::read(fields, context.new_uuid, mistakes);
    let note = optional_text(fields, "note", mistakes);
    let (data, values) = data::read(fields, form, mistakes)?;
    let result = NewResult {
        outcome,
        test_case,
        test_case_ref_url,
        groups,
        note,
        data,
        ref_url: optional_text(fields, "ref_url", mistakes),
        submit_time_us: submit_time(fields, context.now_us, mistakes),
    };
    Ok((result, values))
}

fn outcome(
    body: &Value,
    fields: &Map<String, Value>,
    known: &[String],
    mistakes: &mut Mistakes,
) -> String {
    let written = match fields.get("outcome") {
        None => {
            mistakes.add(Kind::Missing, &["outcome"], body.clone());
            return String::new();
        }
        Some(Value::String(text)) => text,
        Some(other) => {
            mistakes.add(Kind::Text, &["outcome"], other.clone());
            return String::new();
        }
    };
    let outcome = written.trim().to_uppercase();
    if outcome.is_empty() {
        mistakes.add(Kind::TooShort, &["outcome"], written.as_str());
    } else if !known.contains(&outcome) {
        let text = format!("must be one of: {}", known.join(", "));
        mistakes.add_value_error(&["outcome"], written.as_str(), &text);
    }
    outcome
}

/// An attribute that is left alone unless it is there; null clears it.
fn update(
    fields: &Map<String, Value>,
    name: &str,
    location: &[&str],
    mistakes: &mut Mistakes,
) -> Update {
    match fields.get(name) {
        None => Update::Keep,
        Some(Value::Null) => Update::Set(None),
        Some(Value::String(text)) => Update::Set(Some(text.clone())),
        Some(other) => {
            mistakes.add(Kind::Text, location, other.clone());
            Update::Keep
        }
    }
}

fn optional_text(
    fields: &Map<String, Value>,
    name: &str,
    mistakes: &mut Mistakes,
) -> Option<String> {
    match fields.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => {
            mistakes.add(Kind::Text, &[name], other.clone());
            None
        }
    }
}

fn submit_time(fields: &Map<String, Value>, now_us: i64, mistakes: &mut Mistakes) -> i64 {
    let (value, time) = match fields.get("submit_time") {
        None | Some(Value::Null) => return now_us,
        Some(value @ Value::String(text)) => (value, parse_submit_time(text)),
        Some(value @ Value::Number(number)) => {
            (value, json::whole(number).and_then(from_milliseconds))
        }
        Some(value) => (value, None),
    };
    time.unwrap_or_else(|| {
        let text = format!(
            "Expected timestamp in milliseconds or datetime (in format YYYY-MM-DDTHH:MM:SS.ffffff), got {}",
            python::repr(value)
        );
        mistakes.add_value_error(&["submit_time"], value.clone(), &text);
        now_us
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::catalogue::MAX_UUID_CHARS;
    use serde_json::json;

    fn parse_it(body: &Value) -> Result<NewResult> {
        let outcomes = ["PASSED", "FAILED"].map(str::to_owned);
        parse(
            body,
            &Context {
                outcomes: &outcomes,
                now_us: 7,
                new_uuid: || "fresh".into(),
            },
        )
    }

    #[test]
    fn a_submission_is_read() {
        let result = parse_it(&json!({
            "outcome": " passed ", "testcase": {"name": "t", "ref_url": null},
            "groups": ["g-1", {"uuid": "g-2", "description": "d"}, {}],
            "data": {"b": [1, null, {"x": 2}], "a": true, "none": null, "empty": []},
            "submit_time": "2022-08-24T06:54:57.000000", "_auth_token": "x"
        }))
        .unwrap();
        assert_eq!(result.outcome, "PASSED");
        assert_eq!(
            (result.test_case.as_str(), result.test_case_ref_url),
            ("t", Update::Set(None))
        );
        let uuids: Vec<&str> = result
            .groups
            .iter()
            .map(|group| group.uuid.as_str())
            .collect();
        assert_eq!(uuids, ["fresh", "g-2", "g-1"]);
        assert_eq!(result.data, r#"{"a":["True"],"b":["1","{\"x\":2}"]}"#);
        assert_eq!(result.submit_time_us, 1_661_324_097_000_000);
        assert_eq!(
            parse_it(&json!({"outcome": "FAILED", "testcase": "t"}))
                .unwrap()
                .submit_time_us,
            7
        );
    }

    #[test]
    fn mistakes_are_told() {
        let check = |body: Value, part: &str| {
            let (reply, _) = parse_it(&body).expect_err(part).into_reply();
            let text = String::from_utf8(reply.body).unwrap();
            assert!(reply.status == 400 && text.contains(part), "{body}: {text}");
        };
        let with = |name: &str, value: Value| {
            let mut body = json!({"outcome": "PASSED", "testcase": "t"});
            body[name] = value;
            body
        };
        check(json!("x"), "must be a JSON object");
        check(json!({}), r#""loc":["testcase"],"msg":"Field required""#);
        check(
            with("outcome", json!("BAD")),
            "must be one of: PASSED, FAILED",
        );
        check(with("outcome", json!(" ")), "string_too_short");
        check(with("outcome", json!(5)), "string_type");
        check(with("testcase", json!(5)), "dict_type");
        check(
            with("testcase", json!("")),
            "testcase name must be non-empty",
        );
        check(with("testcase", json!({"name": 5})), "string_type");
        check(with("groups", json!("g")), "list_type");
        check(with("groups", json!([5])), r#""loc":["groups",0]"#);
        check(
            with("groups", json!(["x".repeat(MAX_UUID_CHARS + 1)])),
            "at most 64 characters",
        );
        check(with("note", json!(5)), "string_type");
        check(with("note", json!("a\0b")), "U+0000");
        check(with("data", json!([])), "dict_type");
        check(
            with("data", json!({"a:b": 1})),
            "Colon not allowed in key name: ['a:b']",
        );
        check(
            with("data", json!({"a": vec![1; MAX_DATA_VALUES + 1]})),
            "at most 5000 values",
        );
        check(with("submit_time", json!("2020-01-01")), "got '2020-01-01'");
        check(with("submit_time", json!(true)), "got True");
        check(with("submit_time", json!(1e30)), "got 1e+30");
        assert!(parse_it(&with("data", json!({"a": vec![1; MAX_DATA_VALUES]}))).is_ok());
    }
}

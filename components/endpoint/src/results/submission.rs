//! The body of `POST /results`.

use crate::records::{GroupMention, NewResult, Update};
use crate::results::catalogue::MAX_UUID_CHARS;
use http_edge::time::{from_milliseconds, parse_submit_time};
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result, python};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The most values of extra data that a result may have.
pub const MAX_DATA_VALUES: usize = 5_000;

/// What a submission does not say by itself.
pub struct Context<'a> {
    /// The outcomes that there are.
    pub outcomes: &'a [String],
    /// The time of results that name none, in microseconds since the epoch.
    pub now_us: i64,
    /// Makes identifiers for groups that have none.
    pub new_uuid: fn() -> String,
}

/// Reads a submission.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value, context: &Context<'_>) -> Result<NewResult> {
    let Value::Object(fields) = body else {
        return Err(Error::bad_request("The body must be a JSON object."));
    };
    http_edge::body::require_no_nul(body)?;
    let mut mistakes = Mistakes::default();
    let outcome = outcome(body, fields, context.outcomes, &mut mistakes);
    let (test_case, test_case_ref_url) = test_case(body, fields, &mut mistakes);
    let result = NewResult {
        outcome,
        test_case,
        test_case_ref_url,
        groups: groups(fields, context.new_uuid, &mut mistakes),
        note: optional_text(fields, "note", &mut mistakes),
        data: data(fields, &mut mistakes)?,
        ref_url: optional_text(fields, "ref_url", &mut mistakes),
        submit_time_us: submit_time(fields, context.now_us, &mut mistakes),
    };
    mistakes.check()?;
    Ok(result)
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

fn test_case(
    body: &Value,
    fields: &Map<String, Value>,
    mistakes: &mut Mistakes,
) -> (String, Update) {
    let nothing = (String::new(), Update::Keep);
    let Some(test_case) = fields.get("testcase") else {
        mistakes.add(Kind::Missing, &["testcase"], body.clone());
        return nothing;
    };
    let empty = |mistakes: &mut Mistakes| {
        mistakes.add_value_error(
            &["testcase"],
            test_case.clone(),
            "testcase name must be non-empty",
        );
    };
    match test_case {
        Value::String(name) if !name.is_empty() => (name.clone(), Update::Keep),
        Value::Object(fields) => match fields.get("name") {
            Some(Value::String(name)) if !name.is_empty() => (
                name.clone(),
                update(fields, "ref_url", &["testcase", "ref_url"], mistakes),
            ),
            Some(name) if is_truthy(name) => {
                mistakes.add(Kind::Text, &["testcase", "name"], name.clone());
                nothing
            }
            _ => {
                empty(mistakes);
                nothing
            }
        },
        other if is_truthy(other) => {
            mistakes.add(Kind::Object, &["testcase"], other.clone());
            nothing
        }
        _ => {
            empty(mistakes);
            nothing
        }
    }
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_true) => *is_true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
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

fn groups(
    fields: &Map<String, Value>,
    new_uuid: fn() -> String,
    mistakes: &mut Mistakes,
) -> Vec<GroupMention> {
    let entries = match fields.get("groups") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(other) => {
            mistakes.add(Kind::List, &["groups"], other.clone());
            return Vec::new();
        }
    };
    let mut groups: Vec<GroupMention> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        groups.extend(group(entry, index, new_uuid, mistakes));
    }
    // The last one first, as ResultsDB lists them, and of equal ones the last.
    groups.reverse();
    let mut seen = HashSet::new();
    groups.retain(|group| seen.insert(group.uuid.clone()));
    groups
}

fn group(
    entry: &Value,
    index: usize,
    new_uuid: fn() -> String,
    mistakes: &mut Mistakes,
) -> Option<GroupMention> {
    let nothing = Map::new();
    let (uuid, fields) = match entry {
        Value::String(uuid) => (uuid.clone(), &nothing),
        Value::Object(fields) => match fields.get("uuid") {
            None | Some(Value::Null) => (new_uuid(), fields),
            Some(Value::String(uuid)) => (uuid.clone(), fields),
            Some(other) => {
                mistakes.add_entry(Kind::Text, "groups", index, other.clone());
                return None;
            }
        },
        other => {
            mistakes.add_entry(Kind::Object, "groups", index, other.clone());
            return None;
        }
    };
    if uuid.is_empty() {
        mistakes.add_entry(Kind::TooShort, "groups", index, uuid.as_str());
    } else if uuid.chars().count() > MAX_UUID_CHARS {
        let text = format!("a group's uuid has at most {MAX_UUID_CHARS} characters");
        mistakes.add_value_error(&["groups"], uuid.as_str(), &text);
    }
    Some(GroupMention {
        uuid,
        description: update(fields, "description", &["groups"], mistakes),
        ref_url: update(fields, "ref_url", &["groups"], mistakes),
    })
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

/// Extra data as the store keeps it: sorted keys, lists of texts. Nothing is kept of null.
fn data(fields: &Map<String, Value>, mistakes: &mut Mistakes) -> Result<String> {
    let data = match fields.get("data") {
        None | Some(Value::Null) => return Ok("{}".to_owned()),
        Some(Value::Object(data)) => data,
        Some(other) => {
            mistakes.add(Kind::Object, &["data"], other.clone());
            return Ok(String::new());
        }
    };
    let bad_keys: Vec<Value> = data
        .keys()
        .filter(|key| key.contains(':'))
        .map(|key| key.as_str().into())
        .collect();
    let mut stored = Map::new();
    let mut count = 0;
    for (key, value) in data {
        let texts: Vec<String> = match value {
            Value::Array(values) => values.iter().filter_map(python::stored_text).collect(),
            other => python::stored_text(other).into_iter().collect(),
        };
        count += texts.len();
        if !texts.is_empty() {
            stored.insert(key.clone(), texts.into());
        }
    }
    if count > MAX_DATA_VALUES {
        let text = format!("at most {MAX_DATA_VALUES} values, got {count}");
        mistakes.add_value_error(&["data"], Value::Null, &text);
    }
    if !bad_keys.is_empty() && mistakes.is_empty() {
        let keys = python::repr(&Value::Array(bad_keys));
        return Err(Error::bad_request(&format!(
            "Colon not allowed in key name: {keys}"
        )));
    }
    Ok(Value::Object(stored).to_string())
}

fn submit_time(fields: &Map<String, Value>, now_us: i64, mistakes: &mut Mistakes) -> i64 {
    let (value, time) = match fields.get("submit_time") {
        None | Some(Value::Null) => return now_us,
        Some(value @ Value::String(text)) => (value, parse_submit_time(text)),
        Some(value @ Value::Number(number)) => (value, number.as_i64().and_then(from_milliseconds)),
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
        check(json!([]), "must be a JSON object");
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
            with("groups", json!(["x".repeat(37)])),
            "at most 36 characters",
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

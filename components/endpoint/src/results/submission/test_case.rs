//! The test case of a result: its name, or an object that also says what becomes of its reference.

use super::update;
use crate::records::Update;
use crate::results::catalogue::{MAX_TEST_CASE_CHARS, is_longer};
use http_edge::validation::{Kind, Mistakes};
use serde_json::{Map, Value};

/// The name and what becomes of the reference.
pub fn read(
    body: &Value,
    fields: &Map<String, Value>,
    mistakes: &mut Mistakes,
) -> (String, Update) {
    let (name, ref_url) = named(body, fields, mistakes);
    if is_longer(&name, MAX_TEST_CASE_CHARS) {
        let text = format!("a test case's name has at most {MAX_TEST_CASE_CHARS} characters");
        mistakes.add_value_error(&["testcase"], Value::Null, &text);
    }
    (name, ref_url)
}

fn named(body: &Value, fields: &Map<String, Value>, mistakes: &mut Mistakes) -> (String, Update) {
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

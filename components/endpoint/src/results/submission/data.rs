//! The extra data of a result.

use super::Form;
use crate::results::catalogue::is_longer;
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result, python};
use serde_json::{Map, Value};

/// The most values of extra data that a result may have.
pub const MAX_DATA_VALUES: usize = 5_000;

/// The longest key and the longest value of extra data, in characters. Both are in an index.
pub const MAX_DATA_TEXT_CHARS: usize = 65_536;

/// Extra data as the store keeps it: sorted keys, lists of texts, and how many. Nothing is kept of
/// null.
pub fn read(
    fields: &Map<String, Value>,
    form: Form,
    mistakes: &mut Mistakes,
) -> Result<(String, usize)> {
    let data = match fields.get("data") {
        None | Some(Value::Null) => return Ok(("{}".to_owned(), 0)),
        Some(Value::Object(data)) => data,
        Some(other) => {
            mistakes.add(Kind::Object, &["data"], other.clone());
            return Ok((String::new(), 0));
        }
    };
    let count = data.values().map(count).sum();
    let mut stored = Map::new();
    if count > MAX_DATA_VALUES {
        let text = format!("at most {MAX_DATA_VALUES} values, got {count}");
        mistakes.add_value_error(&["data"], Value::Null, &text);
    } else {
        for (key, value) in data {
            let texts = texts(value);
            check_lengths(key, &texts, mistakes);
            if !texts.is_empty() {
                stored.insert(key.clone(), texts.into());
            }
        }
    }
    check_colons(data, form, mistakes)?;
    Ok((Value::Object(stored).to_string(), count))
}

fn count(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(values) => values.iter().filter(|value| !value.is_null()).count(),
        _ => 1,
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(python::stored_text).collect(),
        other => python::stored_text(other).into_iter().collect(),
    }
}

fn check_lengths(key: &str, texts: &[String], mistakes: &mut Mistakes) {
    if is_longer(key, MAX_DATA_TEXT_CHARS) {
        let text = format!("a key of extra data has at most {MAX_DATA_TEXT_CHARS} characters");
        mistakes.add_value_error(&["data"], Value::Null, &text);
    } else if texts
        .iter()
        .any(|text| is_longer(text, MAX_DATA_TEXT_CHARS))
    {
        let text = format!("a value of extra data has at most {MAX_DATA_TEXT_CHARS} characters");
        mistakes.add_value_error(&["data", key], Value::Null, &text);
    }
}

/// Keys with a colon can't be asked for. ResultsDB says so in a form of its own, unless there are
/// other mistakes.
fn check_colons(data: &Map<String, Value>, form: Form, mistakes: &mut Mistakes) -> Result<()> {
    let keys: Vec<Value> = data
        .keys()
        .filter(|key| key.contains(':'))
        .map(|key| key.as_str().into())
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let keys = Value::Array(keys);
    let text = format!("Colon not allowed in key name: {}", python::repr(&keys));
    match form {
        Form::Entry => mistakes.add_value_error(&["data"], keys, &text),
        Form::Alone if mistakes.is_empty() => return Err(Error::bad_request(&text)),
        Form::Alone => {}
    }
    Ok(())
}

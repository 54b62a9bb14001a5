//! Values as the text that Python's `str` and `repr` make of them, which is what ResultsDB stores
//! and shows.
//!
//! One rule for values of extra data: text stays, numbers and truth values become what Python
//! prints, objects and nested lists become JSON text, and null is nothing.

use serde_json::{Number, Value};

/// The text that is stored for a value of extra data; `None` for null.
#[must_use]
pub fn stored_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Number(number) => Some(number_text(number)),
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

/// A number as Python prints it: whole ones digit by digit however many, others as the shortest
/// text that reads back as the same double.
#[must_use]
pub fn number_text(number: &Number) -> String {
    let written = number.to_string();
    match written.contains(['.', 'e', 'E']) {
        true => written.parse().map_or(written, float_text),
        false if written == "-0" => "0".to_owned(),
        false => written,
    }
}

fn float_text(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(exponent @ ..-4) => format!("{mantissa}e-{:02}", exponent.unsigned_abs()),
        Ok(exponent @ 16..) => format!("{mantissa}e+{exponent:02}"),
        _ => {
            let plain = format!("{number}");
            match plain.contains('.') {
                true => plain,
                false => format!("{plain}.0"),
            }
        }
    }
}

/// A value as Python's `repr` shows it in messages.
#[must_use]
pub fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number_text(number),
        Value::String(text) => repr_text(text),
        Value::Array(values) => {
            let parts: Vec<String> = values.iter().map(repr).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Object(fields) => {
            let parts: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", repr_text(key), repr(value)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
    }
}

/// Text as Python's `repr` shows it.
#[must_use]
pub fn repr_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for character in text.chars() {
        match character {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c == quote => {
                shown.push('\\');
                shown.push(c);
            }
            c if c.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => shown.push(c),
        }
    }
    shown.push(quote);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_text() {
        let check = |json: &str, expected: Option<&str>| {
            let value = serde_json::from_str(json).unwrap();
            assert_eq!(stored_text(&value).as_deref(), expected, "{json}");
        };
        check("null", None);
        check("true", Some("True"));
        check("1.0", Some("1.0"));
        check("1e20", Some("1e+20"));
        check("1e15", Some("1000000000000000.0"));
        check("1e16", Some("1e+16"));
        check("0.0001", Some("0.0001"));
        check("0.00001", Some("1e-05"));
        check("1e999", Some("inf"));
        check("-0", Some("0"));
        check(
            "123456789012345678901234567890",
            Some("123456789012345678901234567890"),
        );
        check(r#"{"a": 1}"#, Some(r#"{"a":1}"#));
        check(r#"[1, "x"]"#, Some(r#"[1,"x"]"#));
    }

    #[test]
    fn values_are_shown_as_in_python() {
        let check = |json: &str, expected: &str| {
            let value = serde_json::from_str(json).unwrap();
            assert_eq!(repr(&value), expected, "{json}");
        };
        check(r#""it's""#, r#""it's""#);
        check(r#""a\"'b\n""#, r#"'a"\'b\n'"#);
        check(r#"[null, {"k": true}]"#, "[None, {'k': True}]");
    }
}

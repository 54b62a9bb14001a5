//! Writes values as Python's `str()` and `repr()` do, because the error texts clients know contain them.

use std::fmt::Write;

use serde_json::Value;

/// `repr()` of a string: single quotes, unless the text has single quotes and no double ones.
pub fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            // Writing to a String cannot fail.
            c if c.is_control() => drop(write!(out, "\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `str()` of a JSON value: text as it is, everything else as `repr()`.
pub(crate) fn str_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr_value(other),
    }
}

/// `repr()` of a JSON value. Recursion is bounded by the JSON parser's own limit of 128 levels.
fn repr_value(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => repr_str(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(repr_value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", repr_str(key), repr_value(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_values_as_python_does() {
        let check = |json: &str, expected: &str| {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(str_value(&value), expected);
        };
        check(r#""text""#, "text");
        check("null", "None");
        check("true", "True");
        check("[1, false, \"it's\"]", "[1, False, \"it's\"]");
        check(r#"{"a": "b\nc"}"#, r"{'a': 'b\nc'}");
        assert_eq!(repr_str("a'b\"c\u{1}"), r#"'a\'b"c\x01'"#);
    }
}

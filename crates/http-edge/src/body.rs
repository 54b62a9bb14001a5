//! JSON bodies.

use crate::error::Error;
use crate::method::Style;
use crate::reply::Reply;
use crate::request::Request;
use serde_json::Value;

/// What the client is told of text that databases cut off.
pub const NUL: &str = "Text may not contain the character U+0000.";

/// How large a body may be where an endpoint does not say otherwise, in bytes. More is a 413.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// The answer to a body that is too large.
#[must_use]
pub fn too_large(limit: usize) -> Error {
    Error::message(
        413,
        &format!("The body is larger than {limit} bytes. Please send less at once."),
    )
}

/// The media type of the body in lower case, without its parameters; empty if the request has none.
fn media_type(request: &Request) -> String {
    let media_type = request.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    media_type.to_ascii_lowercase()
}

/// Whether the request says that its body is a form as browsers send it.
#[must_use]
pub fn is_form(request: &Request) -> bool {
    media_type(request) == "application/x-www-form-urlencoded"
}

/// Whether the request says that its body is JSON.
#[must_use]
pub fn is_json(request: &Request) -> bool {
    let media_type = media_type(request);
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// Passes requests that say that their body is JSON.
///
/// # Errors
/// 415 in the form of `style`.
pub fn require_json(request: &Request, style: Style) -> Result<(), Error> {
    if !is_json(request) {
        let text = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.";
        return Err(Error::Client(match style {
            Style::Html => Reply::html_error(415, "Unsupported Media Type", text),
            Style::Json => Reply::message(415, text),
        }));
    }
    Ok(())
}

/// The mark that some editors put in front of UTF-8. It is no JSON, but harmless.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The body without a byte order mark.
#[must_use]
pub fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// What names that `serde_json` has for itself begin with, in the quotes of a JSON text. As data
/// they would not be what they look like: one makes its text be read as JSON, without the limit on
/// nesting, and the other makes stored data unreadable.
const OWN_NAMES: &str = "\"$serde_json::private::";

/// Passes JSON texts in which no string begins as the names that the JSON reader has for itself.
///
/// # Errors
/// 400.
pub fn refuse_own_names(text: &str) -> Result<(), Error> {
    let is_found = text.contains(OWN_NAMES)
        || (text.contains("\\u") && with_ascii_unescaped(text).contains(OWN_NAMES));
    match is_found {
        true => Err(Error::bad_request(
            "Names and values may not begin with `$serde_json::private::`.",
        )),
        false => Ok(()),
    }
}

/// The text with `\u0024` as `$`, and so on for all of ASCII.
fn with_ascii_unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut unescaped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..4)
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(u8::is_ascii) {
            Some(code) => {
                unescaped.push(char::from(code));
                unescaped.push_str(part.get(4..).unwrap_or_default());
            }
            None => {
                unescaped.push_str("\\u");
                unescaped.push_str(part);
            }
        }
    }
    unescaped
}

/// The body as JSON.
///
/// # Errors
/// 415 for another media type, in the form of `style`; 400 `Bad request` for broken JSON.
pub fn json(request: &Request, style: Style) -> Result<Value, Error> {
    require_json(request, style)?;
    let broken = || Error::bad_request("Bad request");
    let text = std::str::from_utf8(without_mark(&request.body)).map_err(|_| broken())?;
    refuse_own_names(text)?;
    serde_json::from_str(text).map_err(|_| broken())
}

/// Passes JSON without the character U+0000 in its texts and keys, which no store can keep.
///
/// # Errors
/// 400.
pub fn require_no_nul(value: &Value) -> Result<(), Error> {
    match has_nul(value) {
        true => Err(Error::bad_request(NUL)),
        false => Ok(()),
    }
}

/// Whether any text in it, keys included, has the character U+0000.
#[must_use]
pub fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_json_reader_are_refused_however_they_are_written() {
        let is_refused = |text: &str| refuse_own_names(text).is_err();
        assert!(is_refused(r#"{"$serde_json::private::RawValue": "[1]"}"#));
        assert!(is_refused(
            r#"{"a": 1, "$serde_json::private::Number": ["1"]}"#
        ));
        assert!(is_refused(
            r#"{"\u0024serde_json::private::Number": ["1"]}"#
        ));
        assert!(is_refused(
            r#"["\u00e9", {"$serde\u005Fjson::privat\u0065::RawValue": ""}]"#
        ));
        for harmless in [
            r#"{"a": "see $serde_json::private::Number"}"#,
            r#"{"serde_json::private::Number": "\u", "b": "\u12"}"#,
            r#"{"č": "\u010d\u00"}"#,
        ] {
            assert!(!is_refused(harmless), "{harmless}");
        }
    }
}

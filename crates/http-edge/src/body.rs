//! JSON bodies.

use crate::error::Error;
use crate::method::Style;
use crate::reply::Reply;
use crate::request::Request;
use serde_json::Value;

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

/// Whether the request says that its body is JSON.
#[must_use]
pub fn is_json(request: &Request) -> bool {
    let media_type = request.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
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

/// The body as JSON.
///
/// # Errors
/// 415 for another media type, in the form of `style`; 400 `Bad request` for broken JSON.
pub fn json(request: &Request, style: Style) -> Result<Value, Error> {
    require_json(request, style)?;
    serde_json::from_slice(&request.body).map_err(|_| Error::bad_request("Bad request"))
}

/// Passes JSON without the character U+0000 in its texts and keys, which no store can keep.
///
/// # Errors
/// 400.
pub fn require_no_nul(value: &Value) -> Result<(), Error> {
    match has_nul(value) {
        true => Err(Error::bad_request(
            "Text may not contain the character U+0000.",
        )),
        false => Ok(()),
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        _ => false,
    }
}

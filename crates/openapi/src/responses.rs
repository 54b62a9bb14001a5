//! Answers that many operations have.

use crate::put::put;
use crate::schemas::{self, MESSAGE, VALIDATION_ERROR};
use http_edge::body::MAX_BODY_BYTES;
use serde_json::{Value, json};

pub use http_edge::method::Style;

/// An answer in JSON.
pub fn json_of(description: &str, schema: &Value) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": schema } },
    })
}

/// An answer whose schema has this name.
pub fn object(description: &str, schema: &str) -> Value {
    json_of(description, &schemas::reference(schema))
}

/// An answer `{"message": …}`.
pub fn message(description: &str) -> Value {
    object(description, MESSAGE)
}

/// An answer that lists mistakes, or has a message.
pub fn bad_request(description: &str) -> Value {
    let either = [VALIDATION_ERROR, MESSAGE].map(schemas::reference);
    json_of(description, &json!({ "anyOf": either }))
}

/// The same answer, or text of another media type.
pub fn or_text(mut response: Value, media_type: &str) -> Value {
    let text = json!({ "schema": { "type": "string" } });
    put(&mut response, &["content", media_type], text);
    response
}

/// The same answer, or a call of a JavaScript function, if the request asks for that.
pub fn or_jsonp(response: Value) -> Value {
    or_text(response, "application/javascript")
}

/// An answer without JSON.
pub fn of_type(description: &str, media_type: &str) -> Value {
    json!({
        "description": description,
        "content": { media_type: { "schema": { "type": "string" } } },
    })
}

/// An answer without a body that leads elsewhere.
pub fn redirect(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "Location": header("Where it leads.") },
    })
}

/// A header that is always there.
pub fn header(description: &str) -> Value {
    json!({
        "description": description,
        "required": true,
        "schema": { "type": "string" },
    })
}

/// `Idempotency-Replayed`, which is there only on an answer that was given before.
pub fn replayed() -> Value {
    json!({
        "description": "The answer is that of an earlier request with the same key.",
        "schema": { "type": "string", "enum": ["true"] },
    })
}

/// An image.
pub fn image(description: &str, media_type: &str) -> Value {
    // Of what is no text there is no schema.
    json!({ "description": description, "content": { media_type: {} } })
}

/// `Access-Control-Allow-Origin`, which an installation may keep for some sites.
pub fn shared() -> Value {
    json!({
        "description": "Whose pages may read it: `*`, unless the setting `cors_origins` names sites.",
        "schema": { "type": "string" },
    })
}

/// A header that is there where `Access-Control-Allow-Origin` is.
pub fn shared_header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

/// An error page or a message.
fn error(style: Style, description: &str) -> Value {
    match style {
        Style::Html => of_type(description, "text/html"),
        Style::Json => message(description),
    }
}

/// 405.
pub fn method_not_allowed(style: Style) -> Value {
    let mut response = error(style, "The path has no such method.");
    let methods = header("The methods that it has.");
    put(&mut response, &["headers", "Allow"], methods);
    response
}

/// 413.
pub fn too_large() -> Value {
    message(&format!("The body is larger than {MAX_BODY_BYTES} bytes."))
}

/// 415.
pub fn unsupported_media_type(style: Style) -> Value {
    error(
        style,
        "The body's media type is neither `application/json` nor `application/…+json`.",
    )
}

/// 500.
pub fn internal() -> Value {
    message("The service is faulty or not set up; its log says why.")
}

/// 503.
pub fn unavailable() -> Value {
    come_back("The store does not answer, has no room or can't be written to. Please try again.")
}

/// A 503 that says when to come back, for this reason.
pub fn come_back(why: &str) -> Value {
    let mut response = message(why);
    let seconds = header("Seconds to wait.");
    put(&mut response, &["headers", "Retry-After"], seconds);
    response
}

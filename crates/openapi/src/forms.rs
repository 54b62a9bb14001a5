//! Forms for people: their fields as a schema, and pages as answers.

use crate::put::put;
use crate::responses;
use pages::form::{Field, Kind};
use serde_json::{Map, Value, json};

/// What a browser sends.
pub fn fields(fields: &[Field]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let max_chars = match field.kind {
            // Each on a line of its own.
            Kind::Links(most) => most * (field.max_chars + 1),
            Kind::Line | Kind::Lines | Kind::Choice => field.max_chars,
        };
        let mut schema = json!({
            "type": "string",
            "description": field.hint,
            "maxLength": max_chars,
        });
        if field.when_empty.is_some() {
            put(&mut schema, &["minLength"], 1);
            required.push(field.name);
        }
        properties.insert(field.name.to_owned(), schema);
    }
    json!({ "type": "object", "required": required, "properties": properties })
}

/// A page, whose policy lets it load nothing but its own style.
pub fn page(description: &str) -> Value {
    let mut page = responses::of_type(description, "text/html");
    let policy = responses::header("What the page may load.");
    put(&mut page, &["headers", "Content-Security-Policy"], policy);
    page
}

/// The same answer, or a page.
pub fn or_page(response: Value) -> Value {
    responses::or_text(response, "text/html")
}

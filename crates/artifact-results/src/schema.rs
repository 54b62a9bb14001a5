//! JSON Schemas, in the shape that Pydantic gives them.

use crate::artifact::ArtifactType;
use crate::field::{Field, Kind};
use crate::url::MAX_URL_BYTES;
use serde_json::{Map, Value, json};

impl ArtifactType {
    /// The JSON Schema of a request's body.
    #[must_use]
    pub fn schema(&self) -> Value {
        let properties: Map<String, Value> = self
            .fields()
            .map(|field| (field.name.to_owned(), Value::Object(property(field))))
            .collect();
        let required: Vec<&str> = self
            .fields()
            .filter(|field| field.is_required)
            .map(|field| field.name)
            .collect();
        json!({
            "description": self.description,
            "properties": properties,
            "required": required,
            "title": self.model,
            "type": "object",
        })
    }
}

fn property(field: &Field) -> Map<String, Value> {
    let mut property = Map::new();
    match field.is_required {
        true => property.extend(value(field.kind)),
        false => {
            let default = match field.kind {
                Kind::Truth => Value::Bool(false),
                _ => Value::Null,
            };
            let value = value(field.kind);
            property.insert("anyOf".to_owned(), json!([value, { "type": "null" }]));
            property.insert("default".to_owned(), default);
        }
    }
    property.insert("description".to_owned(), described(field).into());
    property.insert("title".to_owned(), field.title().into());
    property
}

fn described(field: &Field) -> String {
    let example = match field.example.value() {
        Value::String(text) => text,
        other => other.to_string(),
    };
    format!("{}\n\nExample: {example}", field.description)
}

/// The type of a value, and what else is asked of it.
fn value(kind: Kind) -> Map<String, Value> {
    let value = match kind {
        Kind::Outcome | Kind::Text => json!({ "type": "string" }),
        Kind::Name => json!({ "minLength": 1, "type": "string" }),
        Kind::Url => {
            json!({ "format": "uri", "maxLength": MAX_URL_BYTES, "minLength": 1, "type": "string" })
        }
        Kind::Email => json!({ "format": "email", "type": "string" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Truth => json!({ "type": "boolean" }),
        Kind::Texts => json!({ "items": { "type": "string" }, "type": "array" }),
    };
    match value {
        Value::Object(value) => value,
        _ => Map::new(),
    }
}

//! The bodies of `POST /api/v3/results/{type}`: the schemas that version 3 itself serves, and what
//! they leave out because ResultsDB's do.

use crate::document::Problem;
use crate::put::put;
use crate::{parameters, patterns, schemas};
use artifact_results::{
    ArtifactType, ERROR_OUTCOME, Field, Kind, MAX_DIGITS, MAX_ENTRIES, MAX_TEXT_CHARS,
    MAX_URL_BYTES,
};
use serde_json::{Map, Value, json};

/// An entry of the permissions.
pub const PERMISSION: &str = "Permission";

/// A whole number, in any way in which it is read.
const WHOLE_NUMBER: &str = "WholeNumber";

/// What a schema of this document is called.
pub fn name(artifact: &ArtifactType) -> String {
    artifact.model.to_owned()
}

/// Adds them all.
///
/// # Errors
/// When a field of the table is not in its schema.
pub fn add(schemas: &mut Map<String, Value>) -> Result<(), Problem> {
    for artifact in ArtifactType::all() {
        schemas.insert(name(artifact), exact(artifact)?);
    }
    schemas.insert(WHOLE_NUMBER.to_owned(), whole_number());
    Ok(())
}

fn exact(artifact: &ArtifactType) -> Result<Value, Problem> {
    let mut schema = artifact.schema();
    for field in artifact.fields() {
        let property = schema
            .get_mut("properties")
            .and_then(|properties| properties.get_mut(field.name))
            .ok_or_else(|| Problem(format!("`{}` has no `{}`", artifact.model, field.name)))?;
        match field.is_required {
            true => make_exact(property, field),
            false => {
                let value = property
                    .pointer_mut("/anyOf/0")
                    .ok_or_else(|| Problem(format!("`{}` can't be null", field.name)))?;
                make_exact(value, field);
            }
        }
    }
    // A reason is there only for an error.
    let nothing = json!({ "type": "null" });
    let forms = json!([
        { "properties": { "outcome": { "enum": [ERROR_OUTCOME] } } },
        { "properties": { "error_reason": nothing, "issue_url": nothing } },
    ]);
    put(&mut schema, &["anyOf"], forms);
    Ok(schema)
}

/// What is asked of a value beside what the served schema says.
fn make_exact(value: &mut Value, field: &Field) {
    let Value::Object(value) = value else {
        return;
    };
    match field.kind {
        Kind::Outcome => {
            value.insert("enum".to_owned(), parameters::outcomes());
        }
        Kind::Text | Kind::Name => {
            value.insert("maxLength".to_owned(), MAX_TEXT_CHARS.into());
        }
        Kind::Texts => {
            let entry = json!({ "type": "string", "maxLength": MAX_TEXT_CHARS });
            value.insert("items".to_owned(), entry);
            value.insert("maxItems".to_owned(), MAX_ENTRIES.into());
        }
        Kind::Url => {
            // As a format it would be a URI of any scheme.
            value.remove("format");
            value.insert("maxLength".to_owned(), MAX_URL_BYTES.into());
            value.insert("pattern".to_owned(), patterns::url().into());
        }
        Kind::Email => {
            let special = json!({ "pattern": patterns::of_special_domain() });
            value.insert("not".to_owned(), special);
        }
        Kind::Integer => {
            value.remove("type");
            value.extend(reference(WHOLE_NUMBER));
        }
        Kind::Truth => {
            value.remove("type");
            value.extend(reference("Truth"));
        }
    }
}

fn reference(name: &str) -> Map<String, Value> {
    match schemas::reference(name) {
        Value::Object(reference) => reference,
        _ => Map::new(),
    }
}

fn whole_number() -> Value {
    json!({
        "description": format!("A whole number of at most {MAX_DIGITS} digits, also as text. True is 1, false is 0."),
        "anyOf": [
            { "type": "integer" },
            { "type": "boolean" },
            { "type": "string", "pattern": patterns::whole_number(), "maxLength": MAX_DIGITS },
        ],
    })
}

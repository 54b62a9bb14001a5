//! The rule property `informative`, which YAML and JSON write alike: `true`, `false`, or `since` and `until` in a mapping. A date alone is
//! refused: it could be the first day of being informative as well as the last.

use serde_json::{Map, Value};

use super::attributes::Place;
use super::typing;
use crate::domain::policy::Informative;
use crate::text::{python, time};
use yaml_tree::Node;

/// Reads the property from YAML.
pub(crate) fn from_yaml(_place: &Place<'_>, node: &Node<'_>) -> Result<Informative, String> {
    from_json(&typing::to_json(node))
}

/// Reads the property from JSON.
pub(crate) fn from_json(value: &Value) -> Result<Informative, String> {
    match value {
        Value::Bool(true) => Ok(Informative::Always),
        Value::Bool(false) => Ok(Informative::Never),
        Value::Object(fields) => between(fields),
        other => Err(format!(
            "Expected true, false or a mapping with \"since\" or \"until\", got: {}",
            python::str_value(other)
        )),
    }
}

fn between(fields: &Map<String, Value>) -> Result<Informative, String> {
    if let Some(unknown) = fields.keys().find(|key| *key != "since" && *key != "until") {
        return Err(format!(
            "Unknown key \"{unknown}\", expected \"since\" or \"until\""
        ));
    }
    let (since_us, until_us) = (date_time(fields, "since")?, date_time(fields, "until")?);
    match (since_us, until_us) {
        (None, None) => Err("Expected \"since\" or \"until\"".to_owned()),
        (Some(since_us), Some(until_us)) if since_us >= until_us => {
            Err("\"since\" must be before \"until\"".to_owned())
        }
        _ => Ok(Informative::Between { since_us, until_us }),
    }
}

fn date_time(fields: &Map<String, Value>, key: &str) -> Result<Option<i64>, String> {
    let Some(value) = fields.get(key) else {
        return Ok(None);
    };
    let text = python::str_value(value);
    time::parse_date_time(&text)
        .map(Some)
        .ok_or_else(|| format!("Could not parse \"{key}\" as date/time, got: {text}"))
}

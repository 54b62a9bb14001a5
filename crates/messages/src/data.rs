//! Extra data as it goes into a result: without nulls, texts within a limit, objects as JSON text.

use crate::document::Node;
use crate::verdict::Rejection;
use reports::mapping::{MAX_VALUE_CHARS, cropped};
use serde_json::{Map, Value};

/// The longest text in extra data, in characters. A longer one is cut and ends with `...`, a longer
/// key is rejected.
pub const MAX_TEXT_CHARS: usize = MAX_VALUE_CHARS;

/// The most values in a list. A longer one is rejected.
pub const MAX_LIST_VALUES: usize = 1_000;

/// Extra data in the making.
#[derive(Debug, Default)]
pub struct Data(Map<String, Value>);

impl Data {
    /// With a value; null is as good as absent.
    pub fn with(mut self, key: &str, node: &Node<'_>) -> Result<Self, Rejection> {
        self.set(key, node)?;
        Ok(self)
    }

    /// With a value that is not in the document as it is.
    pub fn with_value(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.set_value(key, value);
        self
    }

    /// Sets a value; null is as good as absent.
    pub fn set(&mut self, key: &str, node: &Node<'_>) -> Result<(), Rejection> {
        if key.contains(':') {
            return Err(node.rejected("the name of extra data may not have a colon"));
        }
        if key.chars().count() > MAX_TEXT_CHARS {
            return Err(node.rejected(&format!(
                "the name of extra data has more than {MAX_TEXT_CHARS} characters"
            )));
        }
        if let Some(value) = value(node)? {
            self.0.insert(key.to_owned(), value);
        }
        Ok(())
    }

    /// Sets a value that is not in the document as it is.
    pub fn set_value(&mut self, key: &str, value: impl Into<Value>) {
        let value = match value.into() {
            Value::String(text) => cropped(&text).into(),
            value => value,
        };
        self.0.insert(key.to_owned(), value);
    }

    /// All of it.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

fn value(node: &Node<'_>) -> Result<Option<Value>, Rejection> {
    let Some(entries) = node.list() else {
        return Ok(scalar(node));
    };
    if entries.len() > MAX_LIST_VALUES {
        return Err(node.rejected(&format!(
            "the list has {} values, at most {MAX_LIST_VALUES} are stored",
            entries.len()
        )));
    }
    Ok(Some(entries.iter().filter_map(scalar).collect()))
}

fn scalar(node: &Node<'_>) -> Option<Value> {
    match node.value() {
        Value::Null => None,
        Value::String(text) => Some(cropped(text).into()),
        Value::Array(_) | Value::Object(_) => Some(cropped(&node.json_text()).into()),
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn data_of(text: &str) -> Result<Map<String, Value>, Rejection> {
        let document = Document::parse(text.as_bytes())?;
        let mut data = Data::default();
        for (name, node) in document.root().fields() {
            data.set(name, &node)?;
        }
        Ok(data.into_map())
    }

    #[test]
    fn long_text_is_cut_and_a_long_list_rejected() {
        let text = |length: usize| serde_json::json!({"a": "č".repeat(length)}).to_string();
        let data = data_of(&text(MAX_TEXT_CHARS)).unwrap();
        assert_eq!(data["a"], "č".repeat(MAX_TEXT_CHARS));
        let data = data_of(&text(MAX_TEXT_CHARS + 1)).unwrap();
        assert_eq!(data["a"], format!("{}...", "č".repeat(MAX_TEXT_CHARS - 3)));
        let list = |length: usize| serde_json::json!({"a": vec!["x"; length]}).to_string();
        assert!(data_of(&list(MAX_LIST_VALUES)).is_ok());
        let rejection = data_of(&list(MAX_LIST_VALUES + 1)).unwrap_err();
        assert_eq!(rejection.path, "a");
    }

    #[test]
    fn keys_are_checked_and_nulls_dropped() {
        assert_eq!(data_of(r#"{"a:b": 1}"#).unwrap_err().path, "a:b");
        let key = |length: usize| serde_json::json!({"k".repeat(length): 1}).to_string();
        assert!(data_of(&key(MAX_TEXT_CHARS)).is_ok());
        assert!(data_of(&key(MAX_TEXT_CHARS + 1)).is_err());
        let data = data_of(r#"{"a": null, "b": [null, true, {"y":1,"x":2}]}"#).unwrap();
        assert_eq!(
            Value::Object(data),
            serde_json::json!({"b": [true, r#"{"y": 1, "x": 2}"#]})
        );
    }
}

//! A subject: the one thing a decision is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::subject_type::SubjectType;
use crate::text::python;

/// A thing of a type, such as one build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its type, configured or generic.
    pub subject_type: Arc<SubjectType>,
    /// What it is called.
    pub identifier: String,
}

/// One query for results: data keys with the values accepted for each; all keys must fit.
pub type ResultQuery = BTreeMap<String, Vec<String>>;

impl Subject {
    /// The package name: the identifier without its last two `-` parts, if it is an NVR and anything is left.
    pub fn package_name(&self) -> Option<&str> {
        self.subject_type.package_of(&self.identifier)
    }

    /// The subject as `item` of an answer.
    pub fn item(&self) -> BTreeMap<String, Value> {
        if self
            .subject_type
            .item_dict
            .as_object()
            .is_some_and(|dict| !dict.is_empty())
        {
            return self.filled(&self.subject_type.item_dict);
        }
        let text = |text: &str| Value::String(text.to_owned());
        BTreeMap::from([
            ("item".to_owned(), text(&self.identifier)),
            ("type".to_owned(), text(&self.subject_type.id)),
        ])
    }

    /// How its results are found. Configured values are lists divided by commas, as ResultsDB reads them, and what is no text is written
    /// as Greenwave sends it, which is as ResultsDB stores it: `true` is `True`. The identifier is never divided.
    pub fn result_queries(&self) -> Vec<ResultQuery> {
        let subject_type = &self.subject_type;
        if !subject_type.result_queries.is_empty() {
            return subject_type
                .result_queries
                .iter()
                .map(|query| self.query(query))
                .collect();
        }
        if subject_type
            .item_dict
            .as_object()
            .is_some_and(|dict| !dict.is_empty())
        {
            return vec![self.query(&subject_type.item_dict)];
        }
        let one = |key: &str, value: &str| (key.to_owned(), vec![value.to_owned()]);
        vec![BTreeMap::from([
            one("item", &self.identifier),
            one("type", &subject_type.id),
        ])]
    }

    fn query(&self, dict: &Value) -> ResultQuery {
        let mut query = BTreeMap::new();
        if let Some(item_key) = item_key(dict) {
            query.insert(item_key.to_owned(), vec![self.identifier.clone()]);
        }
        for (key, value) in dict
            .get("keys")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let values = match value {
                // What is null is not asked for.
                Value::Null => continue,
                Value::Array(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            let divided = |value: &Value| -> Vec<String> {
                let text = python::str_value(value);
                text.split(',').map(str::to_owned).collect()
            };
            query.insert(key.clone(), values.iter().flat_map(divided).collect());
        }
        query
    }

    /// A configured dictionary with the identifier put in: its `keys`, and under its `item_key` the identifier.
    fn filled(&self, dict: &Value) -> BTreeMap<String, Value> {
        let mut filled = BTreeMap::new();
        if let Some(item_key) = item_key(dict) {
            filled.insert(item_key.to_owned(), Value::String(self.identifier.clone()));
        }
        if let Some(keys) = dict.get("keys").and_then(Value::as_object) {
            filled.extend(keys.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        filled
    }
}

fn item_key(dict: &Value) -> Option<&str> {
    dict.get("item_key")
        .and_then(Value::as_str)
        .filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_queries_are_written_as_results_have_them() {
        let keys = serde_json::json!({"type": "a,b", "scratch": true, "level": 1, "none": null, "list": ["x", "y,z", false]});
        let subject = Subject {
            subject_type: Arc::new(SubjectType {
                result_queries: vec![serde_json::json!({"item_key": "item", "keys": keys})],
                ..SubjectType::generic("t")
            }),
            identifier: "i,j".to_owned(),
        };
        let expected: ResultQuery = [
            ("item", &["i,j"][..]),
            ("type", &["a", "b"]),
            ("scratch", &["True"]),
            ("level", &["1"]),
            ("list", &["x", "y", "z", "False"]),
        ]
        .into_iter()
        .map(|(key, values)| {
            (
                key.to_owned(),
                values.iter().map(|one| (*one).to_owned()).collect(),
            )
        })
        .collect();
        assert_eq!(subject.result_queries(), [expected]);
    }

    #[test]
    fn package_name_is_the_identifier_without_version_and_release() {
        let check = |identifier: &str, expected: Option<&str>| {
            let subject_type = Arc::new(SubjectType {
                is_nvr: true,
                ..SubjectType::generic("koji_build")
            });
            let subject = Subject {
                subject_type,
                identifier: identifier.to_owned(),
            };
            assert_eq!(subject.package_name(), expected, "{identifier}");
        };
        check("nethack-3.6.1-3.fc29", Some("nethack"));
        check("python3-flask-3.0-1", Some("python3-flask"));
        check("name-1", Some("name"));
        check("name", Some("name"));
        check("-1-1", None);
        check("", None);
    }
}

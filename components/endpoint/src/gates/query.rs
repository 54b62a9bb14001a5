//! A decision request written as a query, so that what it asks for has a URL.

use http_edge::Result;
use http_edge::query::Query;
use http_edge::validation::Mistakes;
use serde_json::{Map, Value, json};

/// What may stand in a query; all as in the body of a decision.
const NAMES: [&str; 6] = [
    "product_version",
    "decision_context",
    "subject_type",
    "subject_identifier",
    "when",
    "policies_as_of",
];

/// What may be repeated.
const CONTEXT: &str = "decision_context";

/// What may be repeated where several subjects may be asked about.
const IDENTIFIER: &str = "subject_identifier";

/// What says how an answer leaves.
const CALLBACK: &str = "callback";

/// How many subjects a query may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// One.
    One,
    /// Several, of one type.
    Several,
}

/// The request as JSON, beside `others`, which are for the caller. An empty value is none.
///
/// # Errors
/// 400 that names what is not known, or is repeated.
pub fn json(query: &Query, subjects: Subjects, others: &[&str]) -> Result<Value> {
    let mut mistakes = Mistakes::default();
    let mut request = Map::new();
    for name in query.names() {
        if name == CALLBACK || others.contains(&name) {
            continue;
        }
        let values: Vec<&str> = query.all(name).filter(|value| !value.is_empty()).collect();
        let mut refuse = |rule: &str| {
            mistakes.add_value_error(&[name], values.first().copied().unwrap_or_default(), rule);
        };
        let is_list = name == CONTEXT || name == IDENTIFIER && subjects == Subjects::Several;
        if !NAMES.contains(&name) {
            let known = [&NAMES, others].concat().join(", ");
            refuse(&format!("there is no such parameter, but: {known}"));
        } else if !is_list && values.len() > 1 {
            refuse("may stand here once: to ask for several subjects, send a POST");
        }
        match values.as_slice() {
            [] => {}
            _ if name == CONTEXT => {
                request.insert(name.to_owned(), values.into());
            }
            [_, _, ..] if is_list => {
                let kind = query.first("subject_type").unwrap_or_default();
                let subject = |item: &&str| json!({"type": kind, "item": item});
                request.insert("subject".into(), values.iter().map(subject).collect());
            }
            [first, ..] => {
                request.insert(name.to_owned(), (*first).into());
            }
        }
    }
    if request.contains_key("subject") {
        request.remove("subject_type");
    }
    mistakes.check()?;
    Ok(Value::Object(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, subjects: Subjects) -> Result<Value> {
        json(&Query::parse(query), subjects, &["format"])
    }

    #[test]
    fn a_query_is_a_request() {
        let query =
            "product_version=f&decision_context=a&decision_context=b&subject_type=&callback=f";
        assert_eq!(
            read(query, Subjects::One).unwrap(),
            json!({"product_version": "f", "decision_context": ["a", "b"]})
        );
        for wrong in [
            "verbose=1",
            "product_version=a&product_version=b",
            "subject_identifier=a&subject_identifier=b",
        ] {
            assert!(read(wrong, Subjects::One).is_err(), "{wrong}");
        }
    }

    #[test]
    fn several_subjects_have_one_type() {
        let one = read(
            "subject_type=t&subject_identifier=a&format=svg",
            Subjects::Several,
        );
        assert_eq!(
            one.unwrap(),
            json!({"subject_type": "t", "subject_identifier": "a"})
        );
        let two = "subject_identifier=a&subject_type=t&subject_identifier=b";
        let subjects = json!([{"type": "t", "item": "a"}, {"type": "t", "item": "b"}]);
        assert_eq!(
            read(two, Subjects::Several).unwrap(),
            json!({"subject": subjects})
        );
    }
}

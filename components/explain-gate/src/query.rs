//! A decision request about one subject, written as a query.

use http_edge::Result;
use http_edge::query::Query;
use http_edge::validation::Mistakes;
use serde_json::{Map, Value};

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

/// What says how an answer leaves.
const CALLBACK: &str = "callback";

/// The request as JSON. An empty value is none.
///
/// # Errors
/// 400 that names what is not known, or is repeated.
pub fn json(query: &Query) -> Result<Value> {
    let mut mistakes = Mistakes::default();
    let mut request = Map::new();
    for name in query.names() {
        if name == CALLBACK {
            continue;
        }
        let values: Vec<&str> = query.all(name).filter(|value| !value.is_empty()).collect();
        let mut refuse = |rule: &str| {
            mistakes.add_value_error(&[name], values.first().copied().unwrap_or_default(), rule);
        };
        if !NAMES.contains(&name) {
            refuse(&format!(
                "there is no such parameter, but: {}",
                NAMES.join(", ")
            ));
        } else if name != CONTEXT && values.len() > 1 {
            refuse("may stand here once: to ask for several subjects, send a POST");
        }
        match values.as_slice() {
            [] => {}
            _ if name == CONTEXT => {
                request.insert(name.to_owned(), values.into());
            }
            [first, ..] => {
                request.insert(name.to_owned(), (*first).into());
            }
        }
    }
    mistakes.check()?;
    Ok(Value::Object(request))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_query_is_a_request() {
        let query =
            "product_version=f&decision_context=a&decision_context=b&subject_type=&callback=f";
        let request = json(&Query::parse(query)).unwrap();
        assert_eq!(
            request,
            json!({"product_version": "f", "decision_context": ["a", "b"]})
        );
        for wrong in ["verbose=1", "product_version=a&product_version=b"] {
            assert!(json(&Query::parse(wrong)).is_err(), "{wrong}");
        }
    }
}

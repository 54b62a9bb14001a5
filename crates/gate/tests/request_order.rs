//! Which of two mistakes in a decision request is told.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use gate::{DecisionRequest, PolicySet};
use serde_json::{Value, json};

/// Mistakes of a request with a decision context, in the order in which they are looked for, and each one's words.
const MISTAKES: [(&str, &str); 16] = [
    (
        r#"{"product_version": ""}"#,
        "Missing required product version",
    ),
    (
        r#"{"decision_context": []}"#,
        "Either decision_context or rules is required.",
    ),
    (r#"{"verbose": 1}"#, "Invalid verbose flag, must be a bool"),
    (
        r#"{"when": "x"}"#,
        "Invalid \"when\" parameter, must be in ISO8601 format",
    ),
    (
        r#"{"subject": []}"#,
        "Invalid subject, must be a list of dicts",
    ),
    (
        r#"{"subject": [{"type": "t", "item": "i"}, "x"]}"#,
        "Invalid subject, must be a list of dicts",
    ),
    (
        r#"{"subject": [{"type": "t", "item": "i"}, {"type": "t"}, {"type": "t", "item": 1}]}"#,
        "Could not detect subject_identifier",
    ),
    (
        r#"{"subject": [{"type": "t", "item": 1}, {"type": "t"}]}"#,
        "Subject item/identificator must be a string",
    ),
    (
        r#"{"subject_type": null}"#,
        "Missing required \"subject_type\" parameter",
    ),
    (
        r#"{"subject_identifier": null}"#,
        "Missing required \"subject_identifier\" parameter",
    ),
    (
        r#"{"subject_identifier": 1}"#,
        "Subject item/identificator must be a string",
    ),
    (
        r#"{"subject_type": 1}"#,
        "Invalid \"subject_type\" parameter, must be a string",
    ),
    (
        r#"{"product_version": 8}"#,
        "Invalid product version, must be a string",
    ),
    (
        r#"{"decision_context": [1]}"#,
        "Invalid decision context, must be a string or a list of strings",
    ),
    (
        r#"{"ignore_result": 7}"#,
        "Invalid \"ignore_result\" parameter, must be a list of ids",
    ),
    (
        r#"{"ignore_waiver": 7}"#,
        "Invalid \"ignore_waiver\" parameter, must be a list of ids",
    ),
];

/// The same with rules.
const MISTAKES_WITH_RULES: [(&str, &str); 12] = [
    (
        r#"{"decision_context": "c"}"#,
        "Cannot have both decision_context and rules",
    ),
    (
        r#"{"subject": ["x"]}"#,
        "Invalid subject, must be a list of dicts",
    ),
    (
        r#"{"subject": [{}, {"type": "t", "item": 1}]}"#,
        "Could not detect subject_identifier",
    ),
    (
        r#"{"id": null}"#,
        "Failed to parse on demand policy: Attribute 'id' is required",
    ),
    (
        r#"{"product_versions": [1]}"#,
        "Failed to parse on demand policy: Attribute 'product_versions': Expected list of str objects",
    ),
    (
        r#"{"decision_contexts": [1]}"#,
        "Failed to parse on demand policy: Attribute 'decision_contexts': Expected list of str objects",
    ),
    (
        r#"{"subject_types": [1]}"#,
        "Failed to parse on demand policy: Attribute 'subject_types': Expected list of str objects",
    ),
    (
        r#"{"rules": [{}]}"#,
        "Failed to parse on demand policy: Attribute 'rules': Key 'type' is required for each list item",
    ),
    (
        r#"{"excluded_packages": [1]}"#,
        "Failed to parse on demand policy: Attribute 'excluded_packages': Expected list of str objects",
    ),
    (
        r#"{"packages": [1]}"#,
        "Failed to parse on demand policy: Attribute 'packages': Expected list of str objects",
    ),
    (
        r#"{"subject": [{"type": "t", "item": "i"}, {}]}"#,
        "Could not detect subject_identifier",
    ),
    (
        r#"{"verbose": "no"}"#,
        "Invalid verbose flag, must be a bool",
    ),
];

#[test]
fn of_two_mistakes_the_earlier_one_is_told() {
    let rule = json!([{"type": "PassingTestCaseRule", "test_case_name": "x"}]);
    let base = json!({"product_version": "pv", "decision_context": "c", "subject_type": "t", "subject_identifier": "i"});
    let with_rules = json!({"product_version": "pv", "rules": rule, "subject_type": "t", "subject_identifier": "i"});
    let policies = PolicySet::default();
    let mut pairs = 0;
    for (base, mistakes) in [
        (base, &MISTAKES[..]),
        (with_rules, &MISTAKES_WITH_RULES[..]),
    ] {
        let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
        let put = |body: &mut Value, changes: &Value| {
            for (key, value) in changes.as_object().unwrap() {
                // Of those that are required null is to leave them out.
                if value.is_null() && key != "id" {
                    body.as_object_mut().unwrap().remove(key);
                } else {
                    body[key] = value.clone();
                }
            }
        };
        for (at, (first, expected)) in mistakes.iter().enumerate() {
            for (second, _) in &mistakes[at..] {
                let (first, second) = (read(first), read(second));
                let shares_key = (second.as_object().unwrap().keys())
                    .any(|key| first.get(key).is_some() && first != second);
                if shares_key {
                    continue;
                }
                let mut body = base.clone();
                put(&mut body, &second);
                put(&mut body, &first);
                let error = DecisionRequest::from_json(&body, &policies).unwrap_err();
                assert_eq!(error.to_string(), *expected, "{body}");
                pairs += 1;
            }
        }
    }
    assert!(pairs > 160, "{pairs} pairs");
}

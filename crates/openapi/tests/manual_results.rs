//! A manual result says the same as JSON, in the document and by the form.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

use endpoint::results::manual::{self, Recording};
use endpoint::results::manual_body::ManualResultBody;
use pages::form::Kind;
use pages::manual_form;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn a_documented_body_is_accepted() {
    let text = |text: &str| Some(text.to_owned());
    let body = ManualResultBody {
        kind: "compose".into(),
        item: "i".into(),
        testcase: "t".into(),
        scenario: text("s"),
        system_architecture: text("a"),
        system_variant: text("v"),
        outcome: "failed".into(),
        comment: "c".into(),
        attachments: Some(vec!["https://a".into()]),
    };
    let recording = Recording {
        user: "ann",
        now_us: 0,
        outcomes: &["FAILED".to_owned()],
    };
    let result = manual::parse(&serde_json::to_value(&body).unwrap(), recording).unwrap();
    assert_eq!(
        (result.outcome.as_str(), result.note),
        ("FAILED", text("c"))
    );
    assert_eq!(result.test_case, "t");
    let data: Value = serde_json::from_str(&result.data).unwrap();
    let expected = json!({
        "attachments": ["https://a"], "item": ["i"], "scenario": ["s"], "system_architecture": ["a"],
        "system_variant": ["v"], "timestamp": ["1970-01-01T00:00:00"], "type": ["compose"],
        "username": ["ann"],
    });
    assert_eq!(data, expected);
}

#[test]
fn the_form_has_the_fields_and_limits_of_the_body() {
    let document = openapi::document().unwrap();
    let schema = &document["components"]["schemas"]["ManualResult"];
    let required: BTreeSet<&str> = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let fields = &manual_form::FIELDS;
    assert_eq!(fields.each_ref().map(|field| field.name), manual::FIELDS);
    for field in fields {
        let name = field.name;
        let property = &schema["properties"][name];
        assert_eq!(
            field.when_empty.is_some(),
            required.contains(name),
            "{name}"
        );
        match field.kind {
            Kind::Choice => assert!(property["enum"].is_array(), "{name}"),
            Kind::Links(most) => {
                assert_eq!(property["maxItems"], most, "{name}");
                assert_eq!(property["items"]["maxLength"], field.max_chars, "{name}");
            }
            Kind::Line | Kind::Lines => {
                assert_eq!(property["maxLength"], field.max_chars, "{name}");
            }
        }
    }
}

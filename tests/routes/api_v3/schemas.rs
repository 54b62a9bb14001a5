//! `GET /api/v3/schemas/{type}`.

use crate::api_v3::TYPES;
use crate::harness::App;
use serde_json::{Map, Value, json};

/// Keys and values are those of the record; descriptions are ours.
#[test]
fn every_type_has_a_schema() {
    let app = App::start();
    for plural in TYPES {
        let answer = app.get(&format!("/api/v3/schemas/{plural}"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        insta::assert_snapshot!(plural, format!("{:#}", answer.expect(200)));
    }
}

#[test]
fn unknown_types_have_none() {
    let app = App::start();
    for path in ["nope", "brew-build", "brew-builds/", "", "brew-builds/x"] {
        let answer = app.get(&format!("/api/v3/schemas/{path}"));
        assert_eq!(
            answer.expect(404),
            json!({"message": "Not found"}),
            "{path}"
        );
    }
    let answer = app.send("POST", "/api/v3/schemas/brew-builds", &[], "");
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
}

/// Whoever knows nothing but the schema can submit.
#[test]
fn a_body_made_from_the_required_fields_is_taken() {
    let app = App::start();
    for plural in TYPES {
        let schema = app.read(&format!("/api/v3/schemas/{plural}"));
        let required = schema["required"].as_array().unwrap();
        let body: Map<String, Value> = required
            .iter()
            .map(|name| {
                let name = name.as_str().unwrap();
                let property = &schema["properties"][name];
                let value = match (property["type"].as_str(), property["format"].as_str()) {
                    (Some("integer"), None) => json!(1),
                    (Some("array"), None) => json!([]),
                    (Some("string"), Some("uri")) => json!("https://x"),
                    (Some("string"), Some("email")) => json!("a@b.com"),
                    // The schema says nothing about which outcomes there are, as recorded.
                    (Some("string"), None) if name == "outcome" => json!("PASSED"),
                    (Some("string"), None) => json!("x"),
                    other => panic!("{name}: {other:?}"),
                };
                (name.to_owned(), value)
            })
            .collect();
        let path = format!("/api/v3/results/{plural}");
        let answer = app.post_as("joe", &path, &Value::Object(body));
        assert_eq!(answer.status, 201, "{plural}: {answer:?}");
    }
}

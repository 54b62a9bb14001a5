//! Real messages, by HTTP, give what an independent reader of them found.

use super::PATH;
use crate::harness::{App, shared_data};
use serde_json::{Map, Value, json};

/// Extra data as it is stored: lists of texts, as Python prints values.
fn stored(data: &Value) -> Value {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Bool(is_true) => if *is_true { "True" } else { "False" }.to_owned(),
        other => other.to_string(),
    };
    let mut stored = Map::new();
    for (key, value) in data.as_object().unwrap() {
        let texts: Vec<String> = match value {
            Value::Array(values) => values.iter().map(text).collect(),
            value => vec![text(value)],
        };
        if !texts.is_empty() {
            stored.insert(key.clone(), json!(texts));
        }
    }
    Value::Object(stored)
}

#[test]
fn real_messages_are_stored_as_expected() {
    let Some(shared) = shared_data() else { return };
    let text = std::fs::read_to_string(shared.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let app = App::start();
    for (path, expected) in expected["ci-messages"].as_object().unwrap() {
        let body = std::fs::read_to_string(shared.join(path)).unwrap();
        // Several samples have the same identifier.
        let mut headers = vec![("x-message-id", path.as_str())];
        if let Some(topic) = expected["assumed_topic"].as_str() {
            headers.push(("x-message-topic", topic));
        }
        let told = app.send("POST", PATH, &headers, &body);
        let status = match expected["verdict"].as_str().unwrap() {
            "results" => 201,
            "ignored" => 202,
            _ => 400,
        };
        let told = told.expect(status);
        let reported = &expected["embedded_xunit"]["junit"]["tests"];
        let wanted = expected["results"].as_array().unwrap().len()
            + usize::try_from(reported.as_u64().unwrap_or_default()).unwrap();
        let found = told["results"].as_array().map_or(0, Vec::len);
        assert_eq!(found, wanted, "{path}: {told}");
        for wanted in expected["results"].as_array().unwrap() {
            let name = &wanted["testcase"];
            let listed = told["results"].as_array().unwrap().iter();
            let short = listed.clone().find(|result| &result["testcase"] == name);
            let short = short.unwrap_or_else(|| panic!("{path}: no {name} in {told}"));
            let link = short["href"].as_str().unwrap();
            let result = app.read(link.strip_prefix(&app.url).unwrap());
            assert_eq!(result["outcome"], wanted["outcome"], "{path}");
            assert_eq!(result["ref_url"], wanted["ref_url"], "{path}");
            assert_eq!(result["note"], wanted["note"], "{path}");
            assert_eq!(result["data"], stored(&wanted["data"]), "{path}");
            assert_eq!(
                result["testcase"]["ref_url"], wanted["testcase_ref_url"],
                "{path}"
            );
            let group = result["groups"][0].as_str().unwrap();
            let group = app.read(&format!("/api/v2.0/groups/{group}"));
            assert_eq!(group["ref_url"], wanted["groups"][0]["ref_url"], "{path}");
            assert_eq!(
                group["description"], wanted["groups"][0]["description"],
                "{path}"
            );
        }
    }
}

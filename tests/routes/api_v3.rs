//! `/api/v3`: results of artifacts.

mod page;
mod permissions;
mod results;
mod schemas;

use serde_json::{Value, json};

/// The types, as paths call them.
pub const TYPES: [&str; 4] = [
    "brew-builds",
    "productmd-composes",
    "redhat-container-images",
    "redhat-modules",
];

/// The smallest result of a type.
pub fn smallest(plural: &str) -> Value {
    let mut result = json!({
        "outcome": "PASSED", "testcase": "testcase1", "ci_name": "ci1", "ci_team": "t",
        "ci_docs": "https://test.example.com/docs", "ci_email": "a@b.com",
    });
    let own = match plural {
        "brew-builds" => json!({"item": "glibc-2.26-27.fc27", "brew_task_id": 123_456}),
        "productmd-composes" => json!({"id": "RHEL-9"}),
        "redhat-container-images" => {
            json!({"item": "m-1-2", "id": "sha256:1", "issuer": "i", "component": "c", "full_names": ["a", "b"]})
        }
        _ => json!({"item": "m-1-2.c"}),
    };
    for (name, value) in own.as_object().unwrap() {
        result[name] = value.clone();
    }
    result
}

/// The same object with one more or another field.
pub fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

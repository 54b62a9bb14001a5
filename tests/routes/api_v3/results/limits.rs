//! `POST /api/v3/results/{type}`: each limit from both sides.

use crate::api_v3::{smallest, with};
use crate::harness::App;
use serde_json::{Value, json};

const PATH: &str = "/api/v3/results/redhat-container-images";

/// Whether a result with this field is taken; the message for it if not.
fn message(app: &App, name: &str, value: Value) -> Option<String> {
    let body = with(smallest("redhat-container-images"), name, value);
    let answer = app.post_as("joe", PATH, &body);
    match answer.status {
        201 => None,
        _ => {
            let mistakes = answer.expect(400)["validation_error"].clone();
            assert_eq!(mistakes.as_array().unwrap().len(), 1);
            Some(mistakes[0]["msg"].as_str().unwrap().to_owned())
        }
    }
}

#[test]
fn texts_have_8192_characters() {
    let app = App::start();
    let text = |count: usize| json!("é".repeat(count));
    let too_long = Some("String should have at most 8192 characters".to_owned());
    for name in ["note", "testcase", "item", "ci_name"] {
        assert_eq!(message(&app, name, text(8192)), None, "{name}");
        assert_eq!(message(&app, name, text(8193)), too_long, "{name}");
    }
    assert_eq!(message(&app, "full_names", json!([text(8192)])), None);
    assert_eq!(message(&app, "full_names", json!([text(8193)])), too_long);
}

#[test]
fn urls_have_2083_bytes() {
    let app = App::start();
    let url = |bytes: usize| json!(format!("https://x/{}", "a".repeat(bytes - 10)));
    let too_long = Some("URL should have at most 2083 characters".to_owned());
    for name in ["ci_docs", "ref_url", "testcase_ref_url", "log"] {
        assert_eq!(message(&app, name, url(2083)), None, "{name}");
        assert_eq!(message(&app, name, url(2084)), too_long, "{name}");
    }
}

#[test]
fn lists_have_1000_entries() {
    let app = App::start();
    let names = |count: usize| json!(vec!["n"; count]);
    assert_eq!(message(&app, "full_names", names(0)), None);
    assert_eq!(message(&app, "full_names", names(1000)), None);
    let too_many = "Value error, at most 1000 entries, got 1001".to_owned();
    assert_eq!(message(&app, "full_names", names(1001)), Some(too_many));
}

#[test]
fn numbers_have_4300_digits() {
    let app = App::start();
    let number = |digits: usize| json!("9".repeat(digits));
    assert_eq!(message(&app, "brew_task_id", number(4300)), None);
    let too_many = "Unable to parse input string as an integer, exceeded maximum size".to_owned();
    assert_eq!(message(&app, "brew_task_id", number(4301)), Some(too_many));
}

#[test]
fn bodies_have_4_mib() {
    let app = App::start();
    let limit = 4 * 1024 * 1024;
    let send = |size: usize| {
        let body = smallest("redhat-container-images");
        let around = with(body.clone(), "zz", "".into()).to_string().len();
        let body = with(body, "zz", "x".repeat(size - around).into()).to_string();
        assert_eq!(body.len(), size);
        let headers = [
            ("content-type", "application/json"),
            ("authorization", "Basic am9lOng="),
        ];
        app.send("POST", PATH, &headers, &body)
    };
    assert_eq!(send(limit).status, 201);
    let message = send(limit + 1).expect(413)["message"].clone();
    assert!(message.as_str().unwrap().contains("4194304 bytes"));
}

/// Each mistake for a missing field shows the body: of a large one the answer would be many times
/// as large.
#[test]
fn large_bodies_are_not_shown() {
    let app = App::start();
    let body = json!({"zz": vec![0; 1024 * 1024]});
    let answer = app.post_as("joe", PATH, &body);
    let mistakes = answer.expect(400)["validation_error"].clone();
    assert_eq!(mistakes.as_array().unwrap().len(), 11);
    assert_eq!(mistakes[10]["input"], json!(null));
}

//! Limits, each from both sides.

use super::{PATH, ci_message, count, deliver};
use crate::harness::App;
use serde_json::{Value, json};

const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const MAX_MESSAGES: usize = 500;
const MAX_RESULTS: usize = 500;
const MAX_ID_CHARS: usize = 1_024;
const MAX_LIST_ROWS: usize = 20_000;

fn single(data: Value) -> Value {
    json!({"testcase": {"name": "t"}, "outcome": "PASSED", "data": data, "ref_url": "u"})
}

fn bulk(results: usize, values: usize) -> Value {
    let result = json!({"outcome": "PASSED", "data": {"v": vec!["x"; values]}});
    let results = (0..results).map(|index| (format!("t{index}"), result.clone()));
    json!({"results": Value::Object(results.collect()), "ref_url": "u"})
}

#[test]
fn a_body_has_a_limit() {
    let app = App::start();
    let body = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    assert_eq!(
        app.send("POST", PATH, &[], &body(MAX_BODY_BYTES)).status,
        202
    );
    assert_eq!(
        app.send("POST", PATH, &[], &body(MAX_BODY_BYTES + 1))
            .status,
        413
    );
}

#[test]
fn a_batch_has_a_limit() {
    let app = App::start();
    let batch = |length: usize| json!(vec![json!({}); length]);
    deliver(&app, &[], &batch(MAX_MESSAGES)).expect(202);
    for length in [0, MAX_MESSAGES + 1] {
        let told = deliver(&app, &[], &batch(length)).expect(400);
        assert!(
            told["reason"].as_str().unwrap().contains("1 to 500"),
            "{told}"
        );
    }
}

#[test]
fn a_message_has_a_limit_of_results() {
    let app = App::start();
    deliver(&app, &[], &bulk(MAX_RESULTS, 0)).expect(201);
    deliver(&app, &[], &bulk(MAX_RESULTS + 1, 0)).expect(400);
    assert_eq!(count(&app), MAX_RESULTS);
    // The group of each result is a row, too.
    let values = MAX_LIST_ROWS / 100 - 1;
    deliver(&app, &[], &bulk(100, values)).expect(201);
    deliver(&app, &[], &bulk(100, values + 1)).expect(400);
}

#[test]
fn an_identifier_has_a_limit() {
    let app = App::start();
    let with = |length: usize| {
        let id = "i".repeat(length);
        deliver(&app, &[("x-message-id", &id)], &ci_message())
    };
    with(MAX_ID_CHARS).expect(201);
    with(MAX_ID_CHARS + 1).expect(400);
}

#[test]
fn names_and_lists_have_limits_and_long_texts_are_cut() {
    let app = App::start();
    let named = |length: usize| {
        let mut message = single(json!({}));
        message["testcase"]["name"] = json!("n".repeat(length));
        deliver(&app, &[], &message).status
    };
    assert_eq!((named(2_048), named(2_049)), (201, 400));
    let listed =
        |length: usize| deliver(&app, &[], &single(json!({"l": vec!["x"; length]}))).status;
    assert_eq!((listed(1_000), listed(1_001)), (201, 400));
    let keyed = |length: usize| deliver(&app, &[], &single(json!({"k".repeat(length): 1}))).status;
    assert_eq!((keyed(8_192), keyed(8_193)), (201, 400));
    let text = |length: usize| {
        let message = single(json!({"item": "i", "text": "x".repeat(length)}));
        let told = deliver(&app, &[], &message).expect(201);
        let link = told["results"][0]["href"].as_str().unwrap().to_owned();
        let result = app.read(link.strip_prefix(&app.url).unwrap());
        result["data"]["text"][0].as_str().unwrap().to_owned()
    };
    assert_eq!(text(8_192), "x".repeat(8_192));
    assert_eq!(text(8_193), "x".repeat(8_189) + "...");
}

#[test]
fn nesting_has_a_limit() {
    let app = App::start();
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(app.send("POST", PATH, &[], &nested(127)).status, 202);
    assert_eq!(app.send("POST", PATH, &[], &nested(128)).status, 400);
    let own = json!({"$serde_json::private::Number": "1"});
    deliver(&app, &[], &own).expect(400);
}

#[test]
fn other_methods_and_pages_of_other_sites_are_refused() {
    let app = App::start();
    let answer = app.get(PATH);
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    assert_eq!(app.send("POST", "/api/v1/messages/", &[], "{}").status, 404);
    let from = |header: (&str, &str)| deliver(&app, &[header], &ci_message()).status;
    assert_eq!(from(("origin", "https://evil.example.org")), 403);
    assert_eq!(from(("sec-fetch-site", "cross-site")), 403);
    assert_eq!(count(&app), 0);
    assert_eq!(from(("sec-fetch-site", "same-origin")), 201);
}

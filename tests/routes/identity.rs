//! Who may write: every endpoint that writes, every method, and what attackers try.

mod attacks;
mod endpoints;
mod introspection;
pub mod issuer;
mod issuer_is_down;
pub mod methods;
mod provider;
pub mod signer;
mod steps;

use crate::api_v3::smallest;
use crate::harness::{Answer, App};
use serde_json::{Value, json};

/// For whom the tokens of the tests are.
const AUDIENCE: &str = "sluicegate";

/// Where the form for waivers is, and one that is filled in.
const FORM: &str = "/api/v1.0/waivers/new";
const FILLED_IN: &str =
    "subject_type=x&subject_identifier=i&testcase=t&product_version=p&comment=c";

/// Version 3 of results, which takes none of `anonymous`.
const NAMED: &str = "/api/v3/results/redhat-modules";

/// The life of waivers, which takes none of `anonymous` either.
const LIFE: &str = "/api/v1/waivers";

/// Where WaiverDB's clients waive.
const WAIVERS: &str = "/api/v1.0/waivers/";

/// What people record, who have names.
const MANUAL: &str = "/api/v1/manual-results";

/// Every endpoint that writes JSON, with a body that it takes, and what it answers to somebody who asks
/// all of them in this order: the request for waiver 1 is another person's to approve.
pub fn writers() -> [(&'static str, Value, u16); 10] {
    [
        (
            "/api/v2.0/results",
            json!({"outcome": "PASSED", "testcase": "t"}),
            201,
        ),
        ("/api/v2.0/groups", json!({"uuid": "g"}), 201),
        ("/api/v2.0/testcases", json!({"name": "t"}), 201),
        (
            "/api/v1/messages",
            json!({"outcome": "PASSED", "testcase": "t", "data": {}, "ref_url": "u"}),
            201,
        ),
        (NAMED, smallest("redhat-modules"), 201),
        (MANUAL, manual_result(), 201),
        (LIFE, request(), 201),
        (
            "/api/v1/waivers/1/approval",
            json!({"approved": true, "comment": "c"}),
            403,
        ),
        ("/api/v1/waivers/1/withdrawal", json!({"comment": "c"}), 201),
        (WAIVERS, waiver(), 201),
    ]
}

/// Whether the endpoint at this path takes nothing of `anonymous`.
fn needs_name(path: &str) -> bool {
    path == NAMED || path == MANUAL || path.starts_with(LIFE)
}

/// What somebody found out by hand.
pub fn manual_result() -> Value {
    json!({"type": "x", "item": "i", "testcase": "t", "outcome": "PASSED", "comment": "c"})
}

/// A waiver as WaiverDB's clients send it.
fn waiver() -> Value {
    json!({"subject_type": "x", "subject_identifier": "i", "testcase": "t",
        "product_version": "p", "comment": "c"})
}

/// A waiver that somebody else shall approve of.
pub fn request() -> Value {
    let mut body = waiver();
    body["reason"] = json!("other");
    body["request"] = json!(true);
    body
}

/// Posts with these headers.
pub fn post(app: &App, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(headers);
    app.send("POST", path, &all, &body.to_string())
}

/// Asks for the form for waivers, or sends it filled in, with these headers.
pub fn form(app: &App, method: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    all.extend_from_slice(headers);
    app.send(method, FORM, &all, FILLED_IN)
}

/// Posts a waiver with these headers.
fn waive(app: &App, headers: &[(&str, &str)]) -> Answer {
    post(app, WAIVERS, &waiver(), headers)
}

/// Posts a waiver with a token.
pub fn waive_with(app: &App, token: &str) -> Answer {
    waive(app, &[("authorization", &format!("Bearer {token}"))])
}

/// Everything that components have logged, and the host's folder as it is.
pub fn logs(app: &App) -> String {
    let folder = std::fs::read_dir(app.state().join("logs")).expect("a folder of logs");
    folder
        .map(|entry| std::fs::read_to_string(entry.expect("a log").path()).expect("text"))
        .collect()
}

/// That an answer is a refusal with this reason in it.
#[track_caller]
fn expect_refused(answer: &Answer, reason: &str) {
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(answer.header("www-authenticate").is_some(), "{answer:?}");
    assert!(answer.text.contains(reason), "{reason}: {answer:?}");
}

/// That every endpoint that writes refuses the token for this reason.
#[track_caller]
fn expect_refused_everywhere(app: &App, token: &str, reason: &str) {
    let shown = format!("Bearer {token}");
    for (path, body, _) in writers() {
        expect_refused(
            &post(app, path, &body, &[("authorization", &shown)]),
            reason,
        );
    }
}

/// That nothing happened to waiver 1 since it was asked for.
#[track_caller]
pub fn expect_untouched(app: &App) {
    assert_eq!(app.read("/api/v1/waivers")["total"], 1);
    assert_eq!(app.read("/api/v1/waivers/1")["state"], "requested");
    let history = app.read("/api/v1/waivers/1/history");
    assert_eq!(history["data"].as_array().map(Vec::len), Some(1));
}

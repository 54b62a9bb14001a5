//! Who may write: every endpoint that writes, every method, and what attackers try.

mod attacks;
mod endpoints;
mod introspection;
pub mod issuer;
mod issuer_is_down;
pub mod methods;
mod provider;
pub mod signer;

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

/// Every endpoint that writes JSON, with a body that it takes.
pub fn writers() -> [(&'static str, Value); 5] {
    [
        (
            "/api/v2.0/results",
            json!({"outcome": "PASSED", "testcase": "t"}),
        ),
        ("/api/v2.0/groups", json!({"uuid": "g"})),
        ("/api/v2.0/testcases", json!({"name": "t"})),
        (NAMED, smallest("redhat-modules")),
        (
            "/api/v1.0/waivers/",
            json!({"subject_type": "x", "subject_identifier": "i", "testcase": "t",
                "product_version": "p", "comment": "c"}),
        ),
    ]
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
    let [.., (path, body)] = writers();
    post(app, path, &body, headers)
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

//! Decisions by the policies of an earlier time: each set that was active is kept.

use crate::harness::{Answer, App, Options, seconds_from_now, with};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

fn policy(test_case: &str) -> String {
    format!(
        "--- !Policy\nid: p\nproduct_versions: ['*']\ndecision_context: c\nsubject_type: s\nrules:\n  - !PassingTestCaseRule {{test_case_name: {test_case}}}\n"
    )
}

fn ask(app: &App, extra: Value) -> Answer {
    let body = json!({"product_version": "v", "decision_context": "c", "subject_type": "s",
        "subject_identifier": "i", "verbose": true});
    app.post("/api/v1.0/decision", &with(body, extra))
}

/// An application on this state whose policy asks for the test case.
fn start(state: &Path, policies: &TempDir, test_case: &str) -> App {
    std::fs::write(policies.path().join("p.yaml"), policy(test_case)).unwrap();
    Options::default()
        .state(state)
        .policies(policies.path())
        .start()
}

fn now() -> String {
    seconds_from_now(0.0)
}

#[test]
fn an_earlier_decision_is_asked_again() {
    let (state, policies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let before = now();
    let app = start(state.path(), &policies, "old");
    let first = ask(&app, json!({})).expect(200);
    let then = now();
    drop(app);
    let app = start(state.path(), &policies, "new");
    let second = ask(&app, json!({})).expect(200);
    assert_eq!(second["unsatisfied_requirements"][0]["testcase"], "new");
    assert_ne!(first["policy_revision"], second["policy_revision"]);
    // By the policies of then, and of then again once others were asked for.
    for _ in 0..2 {
        assert_eq!(
            ask(&app, json!({"policies_as_of": then})).expect(200),
            first
        );
        assert_eq!(
            ask(&app, json!({"policies_as_of": now()})).expect(200),
            second
        );
    }
    let unknown = ask(&app, json!({"policies_as_of": before})).expect(404);
    let said = unknown["message"].as_str().unwrap();
    assert!(
        said.starts_with("No policies are known to have been active at"),
        "{said}"
    );
    // The first set comes back under its own name.
    drop(app);
    let app = start(state.path(), &policies, "old");
    assert_eq!(ask(&app, json!({})).expect(200), first);
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    for wrong in [json!("yesterday"), json!(5), json!("")] {
        let answer = ask(&app, json!({ "policies_as_of": wrong })).expect(400);
        assert_eq!(
            answer["message"],
            "Invalid \"policies_as_of\" parameter, must be in ISO8601 format"
        );
    }
}

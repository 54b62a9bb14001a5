//! `POST /api/v1/messages`: what becomes of messages.

mod batches;
mod cloud_events;
mod delivery;
mod limits;
mod oracle;
mod reserved;

use crate::harness::{Answer, App};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/messages";

/// The end of a test as a CI message.
fn ci_message() -> Value {
    json!({
        "version": "0.2.1",
        "contact": {"name": "CI", "team": "team", "email": "ci@example.org"},
        "run": {"url": "https://ci.example.org/7", "log": "https://ci.example.org/7/log"},
        "artifact": {"type": "brew-build", "id": 5, "nvr": "nethack-3.6.7-1.fc40", "component": "nethack"},
        "test": {"namespace": "ns", "type": "tier1", "category": "functional", "result": "passed"},
    })
}

/// Posts a message, or anything else, as it is.
fn deliver(app: &App, headers: &[(&str, &str)], message: &Value) -> Answer {
    app.send("POST", PATH, headers, &message.to_string())
}

/// How many results there are.
fn count(app: &App) -> usize {
    let results = app.read("/api/v2.0/results?limit=1000");
    results["data"].as_array().unwrap().len()
}

#[test]
fn a_message_becomes_a_result() {
    let app = App::start();
    let answer = app.send(
        "POST",
        "/api/v1/messages?topic=org.example.ci.brew-build.test.complete",
        &[("x-message-id", "m-1")],
        &ci_message().to_string(),
    );
    let told = answer.expect(201);
    assert_eq!(told["verdict"], "results");
    assert_eq!(told["message_id"], "m-1");
    assert_eq!(told["topic"], "org.example.ci.brew-build.test.complete");
    assert_eq!(told["known"], false);
    let stored = &told["results"][0];
    assert_eq!(stored["testcase"], "ns.tier1.functional");
    assert_eq!(stored["outcome"], "PASSED");
    let link = stored["href"].as_str().unwrap();
    let result = app.read(link.strip_prefix(&app.url).unwrap());
    assert_eq!(result["id"], stored["id"]);
    assert_eq!(result["ref_url"], "https://ci.example.org/7");
    assert_eq!(result["note"], "");
    assert_eq!(
        result["data"],
        json!({
            "brew_task_id": ["5"], "category": ["functional"], "ci_email": ["ci@example.org"],
            "ci_irc": ["not available"], "ci_name": ["CI"], "ci_team": ["team"],
            "ci_url": ["not available"], "component": ["nethack"], "item": ["nethack-3.6.7-1.fc40"],
            "log": ["https://ci.example.org/7/log"], "scratch": ["False"], "type": ["brew-build"],
        })
    );
    let group = told["groups"][0].as_str().unwrap();
    let group = app.read(group.strip_prefix(&app.url).unwrap());
    assert_eq!(group["ref_url"], "https://ci.example.org/7");
    assert_eq!(group["results_count"], 1);
}

#[test]
fn a_gate_opens_by_a_message() {
    let app = App::start();
    let mut message = ci_message();
    message["artifact"]["type"] = json!("koji-build");
    message["test"] = json!({"namespace": "fedora-ci", "type": "koji-build", "category": "tier0", "result": "passed"});
    message["version"] = json!("1.1.14");
    deliver(&app, &[], &message).expect(201);
    let rule =
        json!({"type": "PassingTestCaseRule", "test_case_name": "fedora-ci.koji-build.tier0"});
    let asked = json!({
        "product_version": "fedora-40", "subject_type": "koji_build",
        "subject_identifier": "nethack-3.6.7-1.fc40", "rules": [rule],
    });
    let decision = app.post("/api/v1.0/decision", &asked).expect(200);
    assert_eq!(decision["policies_satisfied"], true, "{decision}");
}

#[test]
fn what_is_not_about_results_is_ignored_with_the_reason() {
    let app = App::start();
    for (message, part) in [
        (json!({"some": "thing"}), "no known format"),
        (json!("text"), "no object"),
        (json!(5), "no object"),
        (
            json!({"topic": "t", "headers": {}, "body": {"msg": ""}}),
            "no object",
        ),
    ] {
        let told = deliver(&app, &[], &message).expect(202);
        assert_eq!(told["verdict"], "ignored", "{message}");
        let reason = told["reason"].as_str().unwrap();
        assert!(reason.contains(part), "{message}: {reason}");
    }
    assert_eq!(count(&app), 0);
}

#[test]
fn mistakes_are_told_with_their_place() {
    let app = App::start();
    let with = |pointer: &str, value: Value| {
        let mut message = ci_message();
        match message.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => panic!("{pointer}"),
        }
        message
    };
    let nested = |message: Value| json!({"topic": "t", "headers": {}, "body": {"msg": message}});
    for (message, path, part) in [
        (
            with("/artifact/type", json!("spaceship")),
            "artifact.type",
            "spaceship",
        ),
        (with("/test/result", json!("great")), "test.result", "GREAT"),
        (
            with("/test/result", json!(5)),
            "test.result",
            "must be text",
        ),
        (
            with("/test/namespace", Value::Null),
            "test.namespace",
            "missing",
        ),
        (with("/artifact/nvr", json!("")), "artifact.nvr", "empty"),
        (with("/contact/team", json!("a\0b")), "", "U+0000"),
        (
            nested(with("/run", json!({}))),
            "body.msg.run.url",
            "missing",
        ),
        (
            json!({"results": {"t": {"outcome": "PASSED", "data": {"a:b": 1}}}, "ref_url": "u"}),
            "results.t.data.a:b",
            "colon",
        ),
    ] {
        let told = deliver(&app, &[], &message).expect(400);
        assert_eq!(told["verdict"], "rejected");
        assert_eq!(told["path"], path, "{told}");
        let reason = told["reason"].as_str().unwrap();
        assert!(reason.contains(part), "{path}: {reason}");
    }
    let told = app.send("POST", PATH, &[], "{\"a\": ").expect(400);
    let reason = told["reason"].as_str().unwrap();
    assert!(reason.contains("line 1 column"), "{reason}");
    assert_eq!(count(&app), 0);
}

#[test]
fn stages_before_the_end_are_stored_where_their_outcomes_are_configured() {
    let running = "/api/v1/messages?topic=org.example.ci.brew-build.test.running";
    let failing = "/api/v1/messages?topic=org.example.ci.brew-build.test.error";
    let mut message = ci_message();
    message["test"].as_object_mut().unwrap().remove("result");
    message["error"] = json!({"reason": "x".repeat(300), "issue_url": "https://issue"});
    let text = message.to_string();
    let outcome = |app: &App, path: &str| {
        let told = app.send("POST", path, &[], &text);
        (told.status, told.json()["results"][0]["outcome"].clone())
    };
    let app = App::start();
    assert_eq!(outcome(&app, running), (201, json!("RUNNING")));
    assert_eq!(outcome(&app, failing), (201, json!("ERROR")));
    let result = app.read("/api/v2.0/results?outcome=ERROR");
    assert_eq!(
        result["data"][0]["data"]["error_reason"][0],
        "x".repeat(256)
    );
    assert_eq!(result["data"][0]["data"]["issue_url"][0], "https://issue");
    let app = crate::harness::Options::default()
        .variable("additional_outcomes=")
        .start();
    assert_eq!(outcome(&app, running), (202, Value::Null));
    assert_eq!(outcome(&app, failing), (201, json!("NEEDS_INSPECTION")));
}

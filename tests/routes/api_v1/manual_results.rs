//! `POST /api/v1/manual-results`: what people find out by hand, as JSON.

mod form;
mod in_a_browser;

use crate::forms::JOE;
use crate::harness::{Answer, App, Options, with};
use crate::identity::manual_result;
use serde_json::{Value, json};
use tempfile::TempDir;

const PATH: &str = "/api/v1/manual-results";

fn record(app: &App, extra: Value) -> Answer {
    app.post_as("joe", PATH, &with(manual_result(), extra))
}

/// How many results there are.
fn stored(app: &App) -> usize {
    let list = app.read("/api/v2.0/results?limit=100");
    list["data"].as_array().unwrap().len()
}

/// An application with these permissions to submit.
fn permitted(permissions: &str) -> (App, TempDir) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("results.yaml"), permissions).unwrap();
    let options = Options::default().permissions(folder.path());
    (options.start(), folder)
}

#[test]
fn who_recorded_it_and_when_is_in_the_data() {
    let app = App::start();
    let body = json!({
        "type": "koji_build", "item": "nethack-3.6.7-1.fc40", "testcase": "dist.rpmdeplint",
        "scenario": "uefi", "system_architecture": "aarch64", "system_variant": "Server",
        "outcome": "passed", "comment": "read it\nall", "attachments": ["https://a.test/1?x=y#z", "http://b.test"],
    });
    let result = app.post_as("joe", PATH, &body).expect(201);
    let time = result["submit_time"].as_str().unwrap();
    let expected = json!({
        "attachments": ["https://a.test/1?x=y#z", "http://b.test"], "item": ["nethack-3.6.7-1.fc40"],
        "scenario": ["uefi"], "system_architecture": ["aarch64"], "system_variant": ["Server"],
        "timestamp": [time], "type": ["koji_build"], "username": ["joe"],
    });
    assert_eq!(result["data"], expected);
    assert_eq!(result["note"], "read it\nall");
    assert_eq!(result["outcome"], "PASSED");
    assert_eq!(result["testcase"]["name"], "dist.rpmdeplint");
    assert_eq!(
        app.read("/api/v2.0/results?username=joe")["data"][0],
        result
    );
    // Gates count it as any other.
    let question = json!({"product_version": "fedora-40", "decision_context": "bodhi_update_push_testing",
        "subject_type": "koji_build", "subject_identifier": "nethack-3.6.7-1.fc40"});
    let decision = app.post("/api/v1.0/decision", &question).expect(200);
    assert_eq!(decision["policies_satisfied"], true);
    // What says nothing is not there.
    let result = record(&app, json!({"scenario": null, "attachments": []})).expect(201);
    let keys: Vec<&String> = result["data"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["item", "timestamp", "type", "username"]);
    assert_eq!(result["ref_url"], Value::Null);
}

#[test]
fn nobody_chooses_who_and_when() {
    let app = App::start();
    for name in ["username", "timestamp", "submit_time"] {
        for value in [json!("ann"), json!(["ann"]), Value::Null] {
            let answer = record(&app, json!({ name: value })).expect(400);
            let mistake = &answer["validation_error"][0];
            assert_eq!(mistake["loc"], json!([name]));
            let message = mistake["msg"].as_str().unwrap();
            assert!(message.contains("leave it out"), "{message}");
        }
    }
    for name in [
        "data",
        "note",
        "ref_url",
        "groups",
        "proxied_by",
        "Username",
    ] {
        let answer = record(&app, json!({ name: {"username": "ann"} })).expect(400);
        let message = answer["validation_error"][0]["msg"].as_str().unwrap();
        assert!(message.contains("there is no such field"), "{message}");
    }
    // Nor are superusers asked.
    let app = Options::default().variable("superusers=joe").start();
    assert_eq!(record(&app, json!({"username": "ann"})).status, 400);
    assert_eq!(stored(&app), 0);
}

#[test]
fn mistakes_are_told_with_their_places() {
    let app = App::start();
    let check = |extra: Value, kind: &str, part: &str| {
        let answer = record(&app, extra.clone()).expect(400);
        let mistakes = answer["validation_error"].as_array().unwrap();
        let name = extra.as_object().unwrap().keys().next().unwrap();
        assert_eq!(mistakes.len(), 1, "{answer}");
        assert_eq!(mistakes[0]["loc"][0], name.as_str(), "{answer}");
        assert_eq!(mistakes[0]["type"], kind, "{answer}");
        let message = mistakes[0]["msg"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    };
    for name in ["type", "item", "testcase", "outcome", "comment"] {
        check(json!({ name: null }), "missing", "Field required");
        check(json!({ name: 5 }), "string_type", "valid string");
        check(json!({ name: "" }), "value_error", "at least 1 character");
        check(json!({ name: "a\u{0}" }), "value_error", "");
    }
    for name in ["scenario", "system_architecture", "system_variant"] {
        check(json!({ name: [] }), "string_type", "valid string");
        check(json!({ name: "" }), "value_error", "at least 1 character");
    }
    check(
        json!({"outcome": "FINE"}),
        "value_error",
        "must be one of: PASSED, INFO, FAILED",
    );
    check(
        json!({"attachments": "https://a"}),
        "list_type",
        "valid list",
    );
    check(json!({"attachments": [5]}), "string_type", "valid string");
    for link in [
        "javascript:alert(1)",
        "ftp://a",
        "a.test/x",
        "https://a b",
        "https://a\n",
    ] {
        check(
            json!({ "attachments": [link] }),
            "value_error",
            "must begin with https://",
        );
    }
    assert_eq!(
        app.post_as("joe", PATH, &json!({})).expect(400)["validation_error"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    for body in [json!([manual_result()]), json!("x"), Value::Null] {
        let answer = app.post_as("joe", PATH, &body).expect(400);
        assert!(answer["message"].as_str().unwrap().contains("JSON object"));
    }
    let json_type = ("content-type", "application/json");
    assert_eq!(app.send("POST", PATH, &[JOE, json_type], "{").status, 400);
    let text = [JOE, ("content-type", "text/plain")];
    let body = manual_result().to_string();
    assert_eq!(app.send("POST", PATH, &text, &body).status, 415);
    assert_eq!(app.send("POST", PATH, &[JOE], &body).status, 415);
    assert_eq!(
        app.post_as("joe", &format!("{PATH}/"), &manual_result())
            .status,
        404
    );
    let answer = app.send("DELETE", PATH, &[JOE], "");
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, POST, HEAD, OPTIONS"))
    );
    assert_eq!(stored(&app), 0);
}

#[test]
fn every_limit_has_two_sides() {
    let app = App::start();
    let text = |length: usize| "\u{e4}".repeat(length);
    let link = |length: usize| format!("https://{}", "a".repeat(length - "https://".len()));
    for (name, most) in [
        ("type", 255),
        ("item", 1_000),
        ("testcase", 2_048),
        ("scenario", 255),
        ("system_architecture", 255),
        ("system_variant", 255),
        ("comment", 10_000),
    ] {
        record(&app, json!({ name: text(most) })).expect(201);
        record(&app, json!({ name: text(most + 1) })).expect(400);
    }
    record(&app, json!({ "attachments": vec![link(2_000); 20] })).expect(201);
    record(&app, json!({ "attachments": vec![link(2_000); 21] })).expect(400);
    record(&app, json!({ "attachments": [link(2_001)] })).expect(400);
    let headers = [JOE, ("content-type", "application/json")];
    let padded = |length: usize| {
        let body = manual_result().to_string();
        let padding = " ".repeat(length - body.len());
        app.send("POST", PATH, &headers, &(body + &padding)).status
    };
    assert_eq!(padded(1024 * 1024), 201);
    assert_eq!(padded(1024 * 1024 + 1), 413);
}

#[test]
fn outcomes_are_those_of_the_installation() {
    let app = Options::default()
        .variable("additional_outcomes=skipped")
        .start();
    assert_eq!(
        record(&app, json!({"outcome": " Skipped "})).expect(201)["outcome"],
        "SKIPPED"
    );
    record(&app, json!({"outcome": "RUNNING"})).expect(400);
}

#[test]
fn only_those_whom_the_permissions_name_may_record() {
    let (app, _folder) = permitted("- {users: [joe], testcases: ['dist.*']}\n");
    let status = |user: &str, test_case: &str| {
        let body = with(manual_result(), json!({ "testcase": test_case }));
        app.post_as(user, PATH, &body).status
    };
    assert_eq!(status("joe", "dist.a"), 201);
    assert_eq!(status("joe", "other"), 403);
    assert_eq!(status("bot", "dist.a"), 403);
    assert_eq!(
        app.post_as("bot", PATH, &manual_result()).expect(403)["message"],
        "User bot is not authorized to submit results for the test case t"
    );
    // Mistakes are told to everybody.
    assert_eq!(app.post_as("bot", PATH, &json!({})).status, 400);
    assert_eq!(stored(&app), 1);
}

#[test]
fn who_says_no_name_records_nothing() {
    let app = App::start();
    let answer = app.post(PATH, &manual_result());
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(answer.header("www-authenticate").is_some());
    assert_eq!(stored(&app), 0);
}

#[test]
fn what_is_repeated_is_not_counted_twice() {
    let app = App::start();
    let send = |key: &str, body: &Value| {
        let headers = [
            JOE,
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        app.send("POST", PATH, &headers, &body.to_string())
    };
    let first = send("k", &manual_result());
    let again = send("k", &manual_result());
    // The time is that of the first request.
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let other = with(manual_result(), json!({"comment": "d"}));
    assert_eq!(send("k", &other).status, 422);
    assert_eq!(send("", &other).status, 400);
    assert_eq!(stored(&app), 1);
}

//! `POST /api/v1.0/decision`. What a decision is made of is tested in `crates/gate`; here is what
//! the way to it adds.

use crate::harness::{Answer, App, with};
use serde_json::{Value, json};

const BUILD: &str = "nethack-3.6.7-1.fc40";

fn ask(app: &App, extra: Value) -> Answer {
    let body = json!({
        "product_version": "fedora-40", "decision_context": "bodhi_update_push_testing",
        "subject_type": "koji_build", "subject_identifier": BUILD,
    });
    app.post("/api/v1.0/decision", &with(body, extra))
}

fn result(outcome: &str, data: Value) -> Value {
    let all = with(json!({"item": BUILD, "type": "koji_build"}), data);
    json!({"outcome": outcome, "testcase": "dist.rpmdeplint", "data": all})
}

fn waive(app: &App, test_case: &str) {
    let body = json!({"subject_type": "koji_build", "subject_identifier": BUILD, "testcase": test_case, "product_version": "fedora-40", "comment": "known"});
    app.post_as("joe", "/api/v1.0/waivers/", &body).expect(201);
}

#[test]
fn from_missing_to_failed_to_waived_to_passed() {
    let app = App::start();
    let summary = |expected: &str, satisfied: bool| {
        let decision = ask(&app, json!({})).expect(200);
        assert_eq!(
            (&decision["summary"], &decision["policies_satisfied"]),
            (&json!(expected), &json!(satisfied))
        );
        decision
    };
    insta::assert_json_snapshot!(
        "missing",
        summary("Of 1 required test, 1 result missing", false)
    );
    app.submit(result("RUNNING", json!({})));
    summary("Of 1 required test, 1 test incomplete", false);
    app.submit(result("FAILED", json!({})));
    insta::assert_json_snapshot!(
        "failed",
        summary("Of 1 required test, 1 test failed", false)
    );
    waive(&app, "dist.rpmdeplint");
    insta::assert_json_snapshot!(
        "waived",
        summary(
            "All required tests (1 total) have passed or been waived",
            true
        )
    );
    app.submit(result("PASSED", json!({})));
    insta::assert_json_snapshot!(
        "passed",
        summary(
            "All required tests (1 total) have passed or been waived",
            true
        )
    );
}

#[test]
fn each_scenario_has_its_latest_result() {
    let app = App::start();
    app.submit(result("PASSED", json!({"scenario": "s1"})));
    app.submit(result("FAILED", json!({"scenario": "s2"})));
    let decision = ask(&app, json!({})).expect(200);
    assert_eq!(decision["summary"], "Of 2 required tests, 1 test failed");
    assert_eq!(decision["unsatisfied_requirements"][0]["scenario"], "s2");
    app.submit(result("PASSED", json!({"scenario": "s2"})));
    assert_eq!(ask(&app, json!({})).expect(200)["policies_satisfied"], true);
}

#[test]
fn results_found_by_either_name_of_a_build_count() {
    let app = App::start();
    app.submit(json!({"outcome": "PASSED", "testcase": "dist.rpmdeplint", "data": {"item": BUILD, "type": "brew-build"}}));
    assert_eq!(ask(&app, json!({})).expect(200)["policies_satisfied"], true);
    let app = App::start();
    app.submit(json!({"outcome": "PASSED", "testcase": "dist.rpmdeplint", "data": {"original_spec_nvr": BUILD}}));
    assert_eq!(ask(&app, json!({})).expect(200)["policies_satisfied"], true);
    let app = App::start();
    app.submit(json!({"outcome": "PASSED", "testcase": "dist.rpmdeplint", "data": {"item": BUILD, "type": "other"}}));
    assert_eq!(
        ask(&app, json!({})).expect(200)["policies_satisfied"],
        false
    );
}

#[test]
fn a_question_about_the_past_gets_the_answer_of_the_past() {
    let app = App::start();
    let failed = app.submit(result("FAILED", json!({})));
    waive(&app, "dist.rpmdeplint");
    let with_fraction = |time: &Value| {
        let text = time.as_str().unwrap();
        if text.contains('.') {
            text.to_owned()
        } else {
            format!("{text}.000000")
        }
    };
    let when = with_fraction(&failed["submit_time"]);
    let then = ask(&app, json!({"when": when})).expect(200);
    assert_eq!(then["summary"], "Of 1 required test, 1 test failed");
    assert_eq!(ask(&app, json!({})).expect(200)["policies_satisfied"], true);
    // The waiver is withdrawn; a question about the time between still finds it.
    let waiver = app.read("/api/v1.0/waivers/1");
    let body = json!({"subject_type": "koji_build", "subject_identifier": BUILD, "testcase": "dist.rpmdeplint", "product_version": "fedora-40", "comment": "no", "waived": false});
    app.post_as("joe", "/api/v1.0/waivers/", &body).expect(201);
    assert_eq!(
        ask(&app, json!({})).expect(200)["policies_satisfied"],
        false
    );
    let between = ask(&app, json!({"when": with_fraction(&waiver["timestamp"])})).expect(200);
    assert_eq!(between["policies_satisfied"], true);
    let before = ask(&app, json!({"when": "1999-01-01T00:00:00.000000"})).expect(200);
    assert_eq!(before["summary"], "Of 1 required test, 1 result missing");
}

#[test]
fn verbose_shows_what_was_looked_at() {
    let app = App::start();
    let stored = app.submit(result("FAILED", json!({})));
    let other = app.submit(json!({"outcome": "PASSED", "testcase": "other", "data": {"item": BUILD, "type": "koji_build"}}));
    waive(&app, "dist.rpmdeplint");
    let decision = ask(&app, json!({"verbose": true})).expect(200);
    assert_eq!(decision["results"], json!([other, stored]));
    assert_eq!(
        decision["waivers"],
        json!([app.read("/api/v1.0/waivers/1")])
    );
    let ignored = ask(&app, json!({"ignore_waiver": [1], "verbose": true})).expect(200);
    assert_eq!(
        (&ignored["policies_satisfied"], &ignored["waivers"]),
        (&json!(false), &json!([]))
    );
    let ignored = ask(&app, json!({"ignore_result": [1]})).expect(200);
    assert_eq!(
        ignored["satisfied_requirements"][0]["type"],
        "test-result-missing-waived"
    );
}

#[test]
fn many_subjects_are_decided_at_once() {
    let app = App::start();
    let build = |n: usize| format!("pkg{n}-1-1.fc40");
    for n in 0..100 {
        app.submit(json!({"outcome": "PASSED", "testcase": "dist.rpmdeplint", "data": {"item": build(n), "type": "koji_build"}}));
    }
    let subjects: Vec<Value> = (0..101)
        .map(|n| json!({"item": build(n), "type": "koji_build"}))
        .collect();
    let body = json!({"product_version": "fedora-40", "decision_context": ["bodhi_update_push_testing"], "subject": subjects});
    let decision = app.post("/api/v1.0/decision", &body).expect(200);
    assert_eq!(
        decision["summary"],
        "Of 101 required tests, 1 result missing"
    );
    assert_eq!(
        decision["unsatisfied_requirements"][0]["subject_identifier"],
        build(100)
    );
}

#[test]
fn requests_that_can_not_be_decided_are_told_why() {
    let app = App::start();
    let check = |extra: Value, status: u16, part: &str| {
        let answer = ask(&app, extra.clone());
        let message = answer.expect(status)["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.contains(part), "{extra}: {message}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    };
    check(
        json!({"product_version": null}),
        400,
        "Missing required product version",
    );
    check(
        json!({"decision_context": null}),
        400,
        "Either decision_context or rules is required.",
    );
    check(
        json!({"rules": [{"type": "RemoteRule"}]}),
        400,
        "Cannot have both decision_context and rules",
    );
    check(
        json!({"verbose": "yes"}),
        400,
        "Invalid verbose flag, must be a bool",
    );
    check(
        json!({"when": "2020"}),
        400,
        r#"Invalid "when" parameter, must be in ISO8601 format"#,
    );
    check(
        json!({"subject_identifier": null}),
        400,
        "Subject item/identificator must be a string",
    );
    check(
        json!({"decision_context": ["a", "b"]}),
        404,
        "Found no applicable policies for koji_build subjects at gating point(s) a b in fedora-40",
    );
    let send = |media_type: &str, body: &str| {
        app.send(
            "POST",
            "/api/v1.0/decision",
            &[("content-type", media_type)],
            body,
        )
        .status
    };
    assert_eq!(send("text/plain", "{}"), 415);
    assert_eq!(send("application/json", "{}"), 415);
    assert_eq!(send("application/json", "{bad"), 400);
    assert_eq!(send("application/json", "[5]"), 400);
}

#[test]
fn rules_may_be_brought_along() {
    let app = App::start();
    let body = json!({
        "product_version": "fedora-40", "subject_type": "koji_build", "subject_identifier": BUILD,
        "rules": [{"type": "PassingTestCaseRule", "test_case_name": "mine"}],
    });
    let decision = app.post("/api/v1.0/decision", &body).expect(200);
    assert_eq!(decision["summary"], "Of 1 required test, 1 result missing");
    assert_eq!(decision.get("applicable_policies"), None);
}

#[test]
fn bodies_may_be_written_in_odd_ways() {
    let app = App::start();
    let send = |body: &str| {
        let headers = [("content-type", "application/vnd.x+json; charset=utf-8")];
        app.send("POST", "/api/v1.0/decision", &headers, body)
    };
    let body = format!(
        r#"{{"product_version": "fedora-40", "decision_context": "bodhi_update_push_testing", "subject_type": "koji_build",
            "subject_identifier": "{BUILD}", "ignore_result": null, "ignore_waiver": null, "verbose": true}}"#
    );
    let expected = send(&body).expect(200);
    let marked = send(&format!("\u{feff}{body}"));
    assert_eq!(
        marked.expect(200),
        expected,
        "a byte order mark is harmless"
    );
    assert_eq!(send(&body.replace(' ', "\r\n\t")).expect(200), expected);
    let repeated = body.replace("{\"product", "{\"product_version\": 8, \"product");
    assert_eq!(send(&repeated).expect(200), expected, "the last one counts");
    for broken in [
        "\u{feff}",
        "\u{feff}\u{feff}{}",
        "{\"a\": NaN}",
        "{'a': 1}",
        "{} {}",
        "{\"a\": 1,}",
        "{\"\u{7}\": 1}",
        "[1]",
        "\"x\"",
        "true",
        &"[".repeat(100_000),
    ] {
        let message = send(broken).expect(400)["message"].to_string();
        assert!(message.len() < 200, "{message}");
    }
    for empty in ["{}", "[]", "null", "false", "0", "\"\""] {
        let message = &send(empty).expect(415)["message"];
        assert_eq!(message, "No JSON payload in request", "{empty}");
    }
}

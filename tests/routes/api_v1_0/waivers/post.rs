//! `POST /api/v1.0/waivers/`.

use crate::harness::{App, Options, with};
use serde_json::{Value, json};

const PATH: &str = "/api/v1.0/waivers/";

fn waiver() -> Value {
    json!({
        "subject_type": "koji_build", "subject_identifier": "a-1-1", "testcase": "dist.abicheck",
        "product_version": "fedora-40", "comment": "This is fine",
    })
}

fn but(name: &str, value: Value) -> Value {
    with(waiver(), json!({ name: value }))
}

#[test]
fn the_answer_is_the_stored_waiver() {
    let app = App::start();
    let answer = app.post_as("joe", PATH, &but("scenario", json!("s")));
    assert_eq!(answer.status, 201);
    let created = answer.json();
    let timestamp = created["timestamp"].as_str().unwrap();
    insta::assert_snapshot!(answer.text.replace(timestamp, "TIME"));
    assert_eq!(app.read("/api/v1.0/waivers/1"), created);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        app.post(PATH, &waiver()).expect(201)["username"],
        "anonymous"
    );
}

#[test]
fn a_list_is_stored_whole_or_not_at_all() {
    let app = App::start();
    let list = app
        .post_as(
            "joe",
            PATH,
            &json!([waiver(), but("testcase", json!("t2"))]),
        )
        .expect(201);
    let test_cases: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|w| &w["testcase"])
        .collect();
    assert_eq!(test_cases, ["dist.abicheck", "t2"]);
    let answer = app.post_as("joe", PATH, &json!([waiver(), but("comment", json!(""))]));
    assert_eq!(answer.status, 400);
    assert_eq!(
        app.read("/api/v1.0/waivers/?include_obsolete=1")["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(app.post(PATH, &json!([])).expect(201), json!([]));
}

#[test]
fn old_forms_name_the_same_subjects() {
    let app = App::start();
    app.submit(json!({"outcome": "FAILED", "testcase": "t9", "data": {"item": "b-1-1", "type": "brew-build", "scenario": "s"}}));
    app.submit(json!({"outcome": "FAILED", "testcase": "t9", "data": {"arch": "x"}}));
    let old = |extra: Value| {
        let body = json!({"product_version": "fedora-40", "comment": "c"});
        app.post(PATH, &with(body, extra))
    };
    for id in [json!("1"), json!(1.0)] {
        old(json!({"result_id": id})).expect(201);
    }
    let by_result = old(json!({"result_id": 1})).expect(201);
    assert_eq!(
        (
            &by_result["subject_type"],
            &by_result["subject_identifier"],
            &by_result["testcase"],
            &by_result["scenario"]
        ),
        (
            &json!("koji_build"),
            &json!("b-1-1"),
            &json!("t9"),
            &json!("s")
        )
    );
    let compose =
        old(json!({"subject": {"productmd.compose.id": "F-40"}, "testcase": "t"})).expect(201);
    assert_eq!(compose["subject"], json!({"productmd.compose.id": "F-40"}));
    assert_eq!(compose["subject_type"], "compose");
    assert_eq!(
        old(json!({"result_id": 99})).expect(400)["message"],
        "Result id not found in Resultsdb"
    );
    assert!(
        old(json!({"result_id": 2})).expect(400)["message"]
            .as_str()
            .unwrap()
            .contains("not possible")
    );
    assert_eq!(
        old(json!({"subject": {"item": "x"}, "testcase": "t"})).status,
        400
    );
}

#[test]
fn only_superusers_waive_for_others() {
    let app = Options::default().variable("superusers=bot, root").start();
    let on_behalf = but("username", json!("jane"));
    let refused = app.post_as("joe", PATH, &on_behalf);
    assert_eq!(
        refused.expect(403)["message"],
        "user joe does not have the proxyuser ability"
    );
    let waiver = app.post_as("bot", PATH, &on_behalf).expect(201);
    assert_eq!(
        (&waiver["username"], &waiver["proxied_by"]),
        (&json!("jane"), &json!("bot"))
    );
}

#[test]
fn mistakes_are_a_400_that_lists_them() {
    let app = App::start();
    let check = |body: Value| {
        let answer = app.post(PATH, &body);
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        answer.text
    };
    insta::assert_snapshot!("no_comment", check(but("comment", json!(""))));
    insta::assert_snapshot!("no_test_case", check(but("testcase", Value::Null)));
    check(json!(5));
    check(json!([5]));
    check(json!({}));
    check(but("username", json!("x".repeat(256))));
    let answer = app.send("POST", PATH, &[("content-type", "text/plain")], "x");
    assert_eq!(answer.status, 415);
    assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]));
}

#[test]
fn the_path_without_its_slash_redirects() {
    let app = App::start();
    for method in ["GET", "POST"] {
        let answer = app.send(method, "/api/v1.0/waivers?page=2", &[], "");
        let location = format!("{}/api/v1.0/waivers/?page=2", app.url);
        assert_eq!(
            (answer.status, answer.header("location")),
            (308, Some(location.as_str())),
            "{method}"
        );
    }
}

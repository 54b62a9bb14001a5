//! `POST /api/v3/results/{type}`: what is stored.

use crate::api_v3::{TYPES, smallest, with};
use crate::harness::{Answer, App, ids};
use serde_json::{Value, json};

/// The user of the recorded answers: `testuser1`.
const RECORDED_USER: &str = "Basic dGVzdHVzZXIxOg==";

/// The fields that every recorded request has beside those of [`smallest`].
fn recorded(plural: &str) -> Value {
    let mut result = smallest(plural);
    result["ref_url"] = "https://x.example.com/".into();
    result["note"] = "n".into();
    result["testcase_ref_url"] = "https://tc".into();
    result
}

fn send(app: &App, plural: &str, body: &Value) -> Answer {
    let headers = [
        ("content-type", "application/json"),
        ("authorization", RECORDED_USER),
    ];
    let path = format!("/api/v3/results/{plural}");
    app.send("POST", &path, &headers, &body.to_string())
}

/// The recorded requests in their order, so that the ids are those of the record. The answers are
/// those of ResultsDB in every byte but the time.
#[test]
fn recorded_requests_get_the_recorded_answers() {
    let app = App::start();
    let check = |name: &str, plural: &str, status: u16, changes: Value| {
        let mut body = recorded(plural);
        for (field, value) in changes.as_object().unwrap() {
            body[field] = value.clone();
        }
        let answer = send(&app, plural, &body);
        assert_eq!(answer.status, status, "{answer:?}");
        let mut text = answer.text.replace(&app.url, "http://localhost");
        if let Some(time) = answer.json()["submit_time"].as_str() {
            text = text.replace(time, "TIME");
        }
        insta::assert_snapshot!(name, text);
    };
    let brew = "brew-builds";
    check("brew_build", brew, 201, json!({}));
    let scratch = json!({"scratch": true, "system_architecture": "x86_64", "rebuild": "http://r"});
    check("scratch", brew, 201, scratch);
    check("lower_case", brew, 400, json!({"outcome": "passed"}));
    let reason = json!({"error_reason": "x"});
    check("reason_without_error", brew, 400, reason);
    let error = json!({"outcome": "ERROR", "error_reason": "x", "issue_url": "http://i"});
    check("error", brew, 201, error);
    check("address", brew, 400, json!({"ci_email": "zz"}));
    check("unknown_field", brew, 201, json!({"zz": 1}));
    let place = json!({"system_variant": "BaseOS", "system_architecture": "x86_64"});
    check("compose", "productmd-composes", 201, place);
    check("module", "redhat-modules", 201, json!({}));
    check("image", "redhat-container-images", 201, json!({}));
    let text = json!({"full_names": "a"});
    check("names_as_text", "redhat-container-images", 400, text);

    insta::assert_snapshot!("list", send(&app, brew, &json!([])).text);
    insta::assert_snapshot!("empty", send(&app, brew, &json!({})).text);
}

#[test]
fn results_of_every_type_are_found_by_version_2() {
    let app = App::start();
    for (plural, key, value, kind) in [
        (TYPES[0], "item", "glibc-2.26-27.fc27", "brew-build"),
        (TYPES[1], "item", "RHEL-9", "productmd-compose"),
        (TYPES[2], "item", "m-1-2", "redhat-container-image"),
        (TYPES[3], "item", "m-1-2.c", "redhat-module"),
    ] {
        let path = format!("/api/v3/results/{plural}");
        let created = app.post_as("joe", &path, &smallest(plural)).expect(201);
        let query = format!("/api/v2.0/results?{key}={value}&type={kind}&username=joe");
        let found = app.read(&query);
        assert_eq!(found["data"], json!([created]), "{query}");
    }
    let compose = app.read("/api/v2.0/results?item=RHEL-9%2Funknown%2F");
    assert_eq!(ids(&compose), [2]);
}

#[test]
fn every_optional_field_is_stored_as_it_is_read() {
    let app = App::start();
    let mut body = smallest("redhat-container-images");
    let given = [
        ("system_provider", json!("beaker"), "beaker"),
        ("scenario", json!(""), ""),
        (
            "ci_url",
            json!("HTTP://CI.example.com:80"),
            "http://ci.example.com/",
        ),
        ("ci_irc", json!("#ci"), "#ci"),
        (
            "log",
            json!("https://münchen.example"),
            "https://xn--mnchen-3ya.example/",
        ),
        ("ci_email", json!("Joe <J@Example.COM>"), "J@example.com"),
        ("brew_task_id", json!("0_7.0"), "7"),
        ("brew_build_id", json!(7.0), "7"),
        ("registry_url", json!("r"), "r"),
        ("tag", json!("t"), "t"),
        ("name", json!("n"), "n"),
        ("namespace", json!("ns"), "ns"),
        ("source", json!("git+https://x#y"), "git+https://x#y"),
    ];
    for (name, value, _) in &given {
        body[*name] = value.clone();
    }
    let result = app
        .post_as("joe", "/api/v3/results/redhat-container-images", &body)
        .expect(201);
    for (name, _, stored) in given {
        assert_eq!(result["data"][name], json!([stored]), "{name}");
    }
}

/// ResultsDB stores the text `None` for a null.
#[test]
fn null_is_nothing() {
    let app = App::start();
    let mut body = smallest("brew-builds");
    for name in [
        "scenario",
        "error_reason",
        "ref_url",
        "note",
        "scratch",
        "testcase_ref_url",
    ] {
        body[name] = Value::Null;
    }
    let result = app
        .post_as("joe", "/api/v3/results/brew-builds", &body)
        .expect(201);
    let plain = app
        .post_as(
            "joe",
            "/api/v3/results/brew-builds",
            &smallest("brew-builds"),
        )
        .expect(201);
    assert_eq!(result["data"], plain["data"]);
    assert_eq!(
        (&result["note"], &result["ref_url"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_test_case_keeps_its_reference_until_it_is_given_another() {
    let app = App::start();
    let submit = |url: Value| {
        let body = with(smallest("redhat-modules"), "testcase_ref_url", url);
        let answer = app.post_as("joe", "/api/v3/results/redhat-modules", &body);
        answer.expect(201)["testcase"]["ref_url"].clone()
    };
    assert_eq!(submit(json!("https://one")), "https://one/");
    assert_eq!(submit(json!(null)), "https://one/");
    assert_eq!(submit(json!("https://two")), "https://two/");
}

#[test]
fn outcomes_are_the_configured_ones_and_three_more() {
    use crate::harness::Options;
    let app = Options::default()
        .variable("additional_outcomes=BLOCKED,ERROR")
        .start();
    let submit = |outcome: &str| {
        let body = with(smallest("redhat-modules"), "outcome", outcome.into());
        app.post_as("joe", "/api/v3/results/redhat-modules", &body)
    };
    for outcome in ["PASSED", "BLOCKED", "QUEUED", "RUNNING", "ERROR"] {
        assert_eq!(submit(outcome).status, 201, "{outcome}");
    }
    let answer = submit("blocked").expect(400);
    assert_eq!(
        answer["validation_error"][0]["msg"],
        "Value error, must be one of: PASSED, INFO, FAILED, NEEDS_INSPECTION, BLOCKED, ERROR, QUEUED, RUNNING"
    );
}

#[test]
fn unknown_types_and_other_methods_are_refused() {
    let app = App::start();
    for path in [
        "/api/v3/results/nope",
        "/api/v3/results/brew-build",
        "/api/v3/results/brew-builds/",
        "/api/v3/results/brew-builds/1",
        "/api/v3/results",
    ] {
        let answer = app.post_as("joe", path, &smallest("brew-builds"));
        assert_eq!(answer.expect(404)["message"], "Not found", "{path}");
    }
    for (method, status) in [
        ("GET", 405),
        ("PUT", 405),
        ("DELETE", 405),
        ("OPTIONS", 200),
    ] {
        let answer = app.send(method, "/api/v3/results/brew-builds", &[], "");
        assert_eq!(answer.status, status, "{method}");
        assert_eq!(answer.header("allow"), Some("POST, OPTIONS"), "{method}");
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("text/html; charset=utf-8"), "{method}");
    }
}

#[test]
fn what_is_repeated_with_the_same_key_is_stored_once() {
    let app = App::start();
    let body = smallest("brew-builds").to_string();
    let headers = [
        ("content-type", "application/json"),
        ("authorization", RECORDED_USER),
        ("idempotency-key", "job-7"),
    ];
    let path = "/api/v3/results/brew-builds";
    let first = app.send("POST", path, &headers, &body);
    let second = app.send("POST", path, &headers, &body);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    let other = with(smallest("brew-builds"), "note", json!("other")).to_string();
    assert_eq!(app.send("POST", path, &headers, &other).status, 422);
    assert_eq!(ids(&app.read("/api/v2.0/results")), [1]);
}

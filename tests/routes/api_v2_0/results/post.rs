//! `POST /api/v2.0/results`.

use crate::harness::{App, Options};
use serde_json::{Value, json};

/// The request of the recorded answer in the wire contract.
fn recorded() -> Value {
    json!({
        "outcome": "passed", "testcase": "dist.rpmlint", "note": "n", "ref_url": "http://x",
        "groups": ["g-1", {"uuid": "g-2", "description": "d"}],
        "submit_time": 1_661_324_097_000_u64,
        "data": {
            "item": "a-1-1", "type": "koji_build", "arch": ["x86_64", "noarch"], "num": 5, "b": true,
            "none": null, "obj": {"a": 1}, "flt": 1.0, "lst": [1, null, {"x": 2}],
        },
    })
}

#[test]
fn the_answer_is_the_stored_result() {
    let app = App::start();
    let answer = app.post("/api/v2.0/results", &recorded());
    let created = answer.expect(201);
    insta::assert_snapshot!(answer.text.replace(&app.url, "http://localhost"));
    assert_eq!(app.read("/api/v2.0/results/1"), created);
}

#[test]
fn a_test_case_keeps_its_reference_until_it_is_given_another() {
    let app = App::start();
    let submit = |test_case: Value| {
        app.submit(json!({"outcome": "FAILED", "testcase": test_case}))["testcase"]["ref_url"]
            .clone()
    };
    assert_eq!(submit(json!("a/b c")), Value::Null);
    assert_eq!(
        submit(json!({"name": "a/b c", "ref_url": "http://tc"})),
        "http://tc"
    );
    assert_eq!(submit(json!("a/b c")), "http://tc");
    assert_eq!(submit(json!({"name": "a/b c"})), "http://tc");
    assert_eq!(
        submit(json!({"name": "a/b c", "ref_url": null})),
        Value::Null
    );
    let result = app.read("/api/v2.0/results/1");
    assert_eq!(
        result["testcase"]["href"],
        format!("{}/api/v2.0/testcases/a/b%20c", app.url)
    );
}

#[test]
fn submit_times_are_stored_as_they_are_read() {
    let app = App::start();
    let check = |time: Value, expected: &str| {
        let result = app.submit(json!({"outcome": "INFO", "testcase": "t", "submit_time": time}));
        assert_eq!(result["submit_time"], expected);
    };
    check(
        json!("2022-08-24T06:54:57.123456"),
        "2022-08-24T06:54:57.123456",
    );
    check(json!("2022-08-24T06:54:57.000000Z"), "2022-08-24T06:54:57");
    check(json!("1661324097123"), "2022-08-24T06:54:57.123000");
    check(json!(1_661_324_097_123.0), "2022-08-24T06:54:57.123000");
}

#[test]
fn links_are_those_of_the_proxy() {
    let app = App::start();
    let headers = [
        ("content-type", "application/json"),
        ("x-forwarded-host", "results.example.org"),
        ("x-forwarded-proto", "https"),
        ("x-script-name", "/resultsdb"),
    ];
    let body = r#"{"outcome": "PASSED", "testcase": "t"}"#;
    let answer = app
        .send("POST", "/api/v2.0/results", &headers, body)
        .expect(201);
    assert_eq!(
        answer["href"],
        "https://results.example.org/resultsdb/api/v2.0/results/1"
    );
}

#[test]
fn mistakes_are_a_400_that_lists_them_and_nothing_is_stored() {
    let app = App::start();
    let check = |body: Value| {
        let answer = app.post("/api/v2.0/results", &body);
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        answer.text
    };
    insta::assert_snapshot!("no_outcome_and_no_test_case", check(json!({})));
    insta::assert_snapshot!(
        "unknown_outcome",
        check(json!({"outcome": "BAD", "testcase": "x"}))
    );
    insta::assert_snapshot!(
        "test_case_is_a_number",
        check(json!({"outcome": "PASSED", "testcase": 5}))
    );
    insta::assert_snapshot!(
        "several",
        check(
            json!({"outcome": "PASSED", "testcase": "x", "note": 5, "ref_url": 7, "groups": "g"})
        )
    );
    insta::assert_snapshot!(
        "date_only",
        check(json!({"outcome": "PASSED", "testcase": "x", "submit_time": "2020-01-01"}))
    );
    insta::assert_snapshot!(
        "colon",
        check(json!({"outcome": "PASSED", "testcase": "x", "data": {"a:b": 1}}))
    );
    check(json!([]));
    check(json!("x"));
    check(json!(null));
    check(json!({"outcome": "PASSED", "testcase": "x", "groups": [5]}));
    check(json!({"outcome": "PASSED", "testcase": {"name": 5}}));
    check(json!({"outcome": "PASSED", "testcase": "x", "note": "a\u{0}b"}));
    assert_eq!(app.read("/api/v2.0/results")["data"], json!([]));
}

#[test]
fn bodies_that_are_no_json_are_refused() {
    let app = App::start();
    let send = |media_type: &str, body: &str| {
        app.send(
            "POST",
            "/api/v2.0/results",
            &[("content-type", media_type)],
            body,
        )
    };
    assert_eq!(
        send("application/json", "{bad").expect(400)["message"],
        "Bad request"
    );
    assert_eq!(
        send("application/json", "").expect(400)["message"],
        "Bad request"
    );
    assert_eq!(
        send("application/json", r#"{"note": "\ud800"}"#).expect(400)["message"],
        "Bad request"
    );
    let deep = "[".repeat(100_000);
    assert_eq!(
        send("application/json", &deep).expect(400)["message"],
        "Bad request"
    );
    let form = send("application/x-www-form-urlencoded", "a=b");
    assert_eq!(
        (form.status, form.header("content-type")),
        (415, Some("text/html; charset=utf-8"))
    );
    let other = send(
        "application/vnd.api+json; charset=utf-8",
        r#"{"outcome": "PASSED", "testcase": "t"}"#,
    );
    assert_eq!(other.status, 201);
}

#[test]
fn bodies_have_a_limit() {
    let app = App::start();
    let limit = 4 * 1024 * 1024;
    let body = |size: usize| {
        let start = r#"{"outcome": "PASSED", "testcase": "t", "note": ""#;
        let end = r#""}"#;
        format!("{start}{}{end}", "x".repeat(size - start.len() - end.len()))
    };
    let send = |body: &str| {
        app.send(
            "POST",
            "/api/v2.0/results",
            &[("content-type", "application/json")],
            body,
        )
    };
    assert_eq!(send(&body(limit)).status, 201);
    let answer = send(&body(limit + 1));
    assert!(
        answer.expect(413)["message"]
            .as_str()
            .unwrap()
            .contains("larger than 4194304 bytes")
    );
}

#[test]
fn outcomes_are_configured() {
    let app = Options::default()
        .variable("additional_outcomes=BLOCKED")
        .start();
    let submit = |outcome: &str| {
        app.post(
            "/api/v2.0/results",
            &json!({"outcome": outcome, "testcase": "t"}),
        )
        .status
    };
    assert_eq!((submit("blocked"), submit("QUEUED")), (201, 400));
}

#[test]
fn odd_values_are_kept() {
    let app = App::start();
    let long = "k".repeat(10_000);
    let result = app.submit(json!({
        "outcome": "PASSED", "testcase": "tést \"case\"'; DROP TABLE results; --",
        "data": {"big": 1e20, "unicode": "čaj 🍵", long.clone(): "v", "twice": ["a", "a"]},
    }));
    assert_eq!(result["data"]["big"], json!(["1e+20"]));
    assert_eq!(result["data"]["unicode"], json!(["čaj 🍵"]));
    assert_eq!(result["data"][&long], json!(["v"]));
    assert_eq!(result["data"]["twice"], json!(["a", "a"]));
    let found = app.read("/api/v2.0/results?unicode=%C4%8Daj%20%F0%9F%8D%B5&twice=a");
    assert_eq!(found["data"][0], result);
}

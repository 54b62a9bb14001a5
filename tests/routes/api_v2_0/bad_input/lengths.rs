//! Numbers, texts and lists beyond all bounds.

use super::{assert_is, post, submit};
use crate::harness::App;
use serde_json::{Value, json};

#[test]
fn submit_times_beyond_all_bounds_are_refused() {
    let app = App::start();
    let digits = "9".repeat(400);
    for time in [
        "1e400",
        "-1e400",
        "1.5",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        &digits,
        "[]",
        "{}",
        "true",
        r#""""#,
        r#"" ""#,
        r#""99999999999999999999""#,
        r#""10000-01-01T00:00:00.000000""#,
        r#""2020-02-30T00:00:00.000000""#,
        r#""0000-00-00T00:00:00.000000""#,
    ] {
        let answer = submit(&app, &format!(r#""testcase": "t", "submit_time": {time}"#));
        assert_is(&answer, 400, "Expected timestamp", time);
    }
    let long = "1".repeat(1_000_000);
    let answer = submit(&app, &format!(r#""testcase": "t", "submit_time": {long}"#));
    assert_is(&answer, 400, "Expected timestamp", "a million digits");
}

#[test]
fn numbers_in_data_may_have_any_size() {
    let app = App::start();
    let digits = "9".repeat(5_000);
    for (number, stored) in [
        ("1e400", "inf"),
        ("-1e400", "-inf"),
        ("1e-400", "0.0"),
        ("18446744073709551616", "18446744073709551616"),
        (digits.as_str(), digits.as_str()),
    ] {
        let answer = submit(
            &app,
            &format!(r#""testcase": "t", "data": {{"n": {number}}}"#),
        );
        assert_eq!(answer.expect(201)["data"]["n"], json!([stored]));
    }
    let answer = submit(
        &app,
        &format!(
            r#""testcase": "t", "data": {{"n": {}}}"#,
            "9".repeat(65_537)
        ),
    );
    assert_is(&answer, 400, "at most 65536 characters", "too many digits");
}

#[test]
fn keys_and_values_of_data_have_a_length() {
    let app = App::start();
    let data = |key: &str, value: &str| {
        submit(
            &app,
            &format!(r#""testcase": "t", "data": {{"{key}": ["x", "{value}"]}}"#),
        )
    };
    let (at, over) = ("č".repeat(65_536), "č".repeat(65_537));
    let stored = data(&at, &at).expect(201);
    assert_eq!(stored["data"][&at], json!(["x", at]));
    assert_eq!(app.read("/api/v2.0/results/1"), stored);
    assert_is(
        &data(&over, "v"),
        400,
        "a key of extra data has at most 65536 characters",
        "key",
    );
    assert_is(
        &data("k", &over),
        400,
        "a value of extra data has at most 65536 characters",
        "value",
    );
    assert_is(&data("k", &over), 400, r#""loc":["data","k"]"#, "where");
    // A key of 10 KB can be asked for.
    let key = "k".repeat(10_000);
    let stored = data(&key, &key).expect(201);
    let found = app.read(&format!("/api/v2.0/results?{key}={key}"));
    assert_eq!(found["data"], json!([stored]));
}

#[test]
fn names_of_test_cases_have_a_length() {
    let app = App::start();
    let (at, over) = ("č".repeat(2_048), "č".repeat(2_049));
    let stored = submit(&app, &format!(r#""testcase": "{at}""#)).expect(201);
    let href = stored["testcase"]["href"].as_str().unwrap();
    assert_eq!(
        app.read(href.trim_start_matches(&app.url))["name"],
        json!(at)
    );
    let part = "name has at most 2048 characters";
    assert_is(
        &submit(&app, &format!(r#""testcase": "{over}""#)),
        400,
        part,
        "text",
    );
    assert_is(
        &submit(&app, &format!(r#""testcase": {{"name": "{over}"}}"#)),
        400,
        part,
        "object",
    );
    let put = |name: &str| {
        post(
            &app,
            "/api/v2.0/testcases",
            json!({"name": name}).to_string(),
        )
    };
    assert_is(&put(&at), 201, "", "at the limit");
    assert_is(&put(&over), 400, part, "over the limit");
}

#[test]
fn a_result_joins_at_most_400_groups() {
    let app = App::start();
    let groups = |count: usize| {
        let groups: Vec<Value> = (0..count)
            .map(|n| json!({"uuid": format!("g-{n}"), "description": "d", "ref_url": "r"}))
            .collect();
        submit(
            &app,
            &format!(r#""testcase": "t", "groups": {}"#, json!(groups)),
        )
    };
    assert_is(&groups(401), 400, "at most 400 groups, got 401", "401");
    assert_eq!(
        groups(400).expect(201)["groups"].as_array().unwrap().len(),
        400
    );
    assert_eq!(app.read("/api/v2.0/groups/g-399")["description"], "d");
    let wrong = format!(
        r#""testcase": "t", "groups": [{}5]"#,
        "5,".repeat(1_000_000)
    );
    assert_is(
        &submit(&app, &wrong),
        400,
        "at most 400 groups",
        "a million mistakes",
    );
}

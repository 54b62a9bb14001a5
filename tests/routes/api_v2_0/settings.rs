//! What an operator sets by variables: the largest page, and where clients reach the application.

use crate::harness::{App, Options};
use serde_json::{Value, json};

#[test]
fn the_largest_page_is_a_setting() {
    let app = Options::default().variable("max_page_size=2").start();
    app.submit(json!({"outcome": "PASSED", "testcase": "t", "groups": ["g"]}));
    for path in [
        "/api/v2.0/results",
        "/api/v2.0/groups",
        "/api/v2.0/groups/g/results",
        "/api/v2.0/testcases",
        "/api/v2.0/testcases/t/results",
    ] {
        for query in ["?limit=2", ""] {
            let list = app.read(&format!("{path}{query}"));
            assert_eq!(list["data"].as_array().unwrap().len(), 1, "{path}{query}");
        }
        let refused = app.get(&format!("{path}?limit=3")).expect(400);
        assert_eq!(
            refused["validation_error"][0]["msg"], "Value error, must be from 0 to 2",
            "{path}"
        );
    }
}

#[test]
fn a_page_has_a_thousand_entries_unless_it_is_set() {
    let app = App::start();
    assert_eq!(app.get("/api/v2.0/results?limit=1000").status, 200);
    assert_eq!(app.get("/api/v2.0/results?limit=1001").status, 400);
}

/// Every link in these answers.
fn links(app: &App, headers: &[(&str, &str)]) -> Vec<String> {
    let paths = [
        "/",
        "/api/v2.0",
        "/api/v2.0/results?limit=1",
        "/api/v2.0/results/1",
        "/api/v2.0/results/latest?testcases=t",
        "/api/v2.0/groups",
        "/api/v2.0/groups/g",
        "/api/v2.0/groups/g/results",
        "/api/v2.0/testcases",
        "/api/v2.0/testcases/t",
        "/api/v2.0/testcases/t/results",
        "/api/v1.0/waivers/",
    ];
    let mut links = Vec::new();
    for path in paths {
        let answer = app.send("GET", path, headers, "");
        let before = links.len();
        collect(&answer.json(), &mut links);
        assert!(links.len() > before, "{path} has links: {answer:?}");
    }
    for path in ["/api/v1.0/waivers", "/api/v3"] {
        let redirect = app.send("GET", path, headers, "");
        links.push(redirect.header("location").unwrap().to_owned());
    }
    links.retain(|link| !link.contains("apiary.io"));
    links
}

fn collect(value: &Value, links: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("://") => links.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, links)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, links)),
        _ => {}
    }
}

#[test]
fn links_follow_the_proxy() {
    let app = App::start();
    for _ in 0..2 {
        app.submit(json!({"outcome": "PASSED", "testcase": "t", "groups": ["g"]}));
    }
    let plain = format!("{}/", app.url);
    assert!(links(&app, &[]).iter().all(|link| link.starts_with(&plain)));
    let forwarded = [
        ("x-forwarded-host", "results.example.org"),
        ("x-forwarded-proto", "https"),
        ("x-script-name", "/below"),
    ];
    for link in links(&app, &forwarded) {
        assert!(
            link.starts_with("https://results.example.org/below/api/"),
            "{link}"
        );
    }
}

#[test]
fn links_begin_with_the_public_url_if_there_is_one() {
    let app = Options::default()
        .variable("public_url=https://gate.example.org/x/")
        .start();
    for _ in 0..2 {
        let result = app.submit(json!({"outcome": "PASSED", "testcase": "t", "groups": ["g"]}));
        let href = result["href"].as_str().unwrap();
        assert!(href.starts_with("https://gate.example.org/x/api/v2.0/results/"));
    }
    let group = app
        .post("/api/v2.0/groups", &json!({"uuid": "g"}))
        .expect(201);
    assert_eq!(
        group["href"],
        "https://gate.example.org/x/api/v2.0/groups/g"
    );
    let test_case = app
        .post("/api/v2.0/testcases", &json!({"name": "t"}))
        .expect(201);
    assert_eq!(
        test_case["href"],
        "https://gate.example.org/x/api/v2.0/testcases/t"
    );
    for link in links(&app, &[("x-forwarded-host", "elsewhere.example.org")]) {
        assert!(
            link.starts_with("https://gate.example.org/x/api/"),
            "{link}"
        );
    }
}

#[test]
fn a_setting_that_makes_no_sense_is_told_in_the_log() {
    let check = |assignment: &str, log: &str, part: &str| {
        let app = Options::default().variable(assignment).start();
        assert_eq!(app.get("/api/v2.0/results").status, 500, "{assignment}");
        let text = std::fs::read_to_string(app.state().join("logs").join(log)).unwrap();
        assert!(text.contains(part), "{text}");
    };
    let log = "query-results_stderr.txt";
    check("max_page_size=many", log, "`many` is no number from 1 up");
    check("max_page_size=0", log, "`0` is no number from 1 up");
    check("public_url=example.org", log, "does not begin with http");
}

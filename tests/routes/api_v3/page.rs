//! `GET /api/v3/`, the documentation, and `GET /api/v3`.

use crate::api_v3::TYPES;
use crate::harness::App;
use serde_json::Value;

/// The record has ResultsDB's own page; ours says the same of our tables.
#[test]
fn the_page_has_every_type_with_every_field_and_an_example_that_is_taken() {
    let app = App::start();
    let answer = app.get("/api/v3/");
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let page = &answer.text;
    assert!(page.starts_with("<!doctype html>") && page.contains("GET /api/v3/permissions"));
    for plural in TYPES {
        assert!(page.contains(&format!("POST /api/v3/results/{plural}")));
        let schema = app.read(&format!("/api/v3/schemas/{plural}"));
        for name in schema["properties"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("<code>{name}</code>")), "{name}");
        }
    }
    let page = page.replace("&#39;", "'").replace("&quot;", "\"");
    let mut examples = 0;
    for example in page.split("<pre>curl -u USER ").skip(1) {
        let url = example.split_whitespace().next().unwrap();
        let path = url.strip_prefix(&app.url).unwrap();
        let body = example.split("-d '").nth(1).unwrap();
        let body: Value = serde_json::from_str(body.split('\'').next().unwrap()).unwrap();
        assert_eq!(app.post_as("joe", path, &body).status, 201, "{path} {body}");
        examples += 1;
    }
    assert_eq!(examples, TYPES.len());
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let app = App::start();
    let headers = [("x-forwarded-host", "x/<script>alert(1)</script>")];
    let answer = app.send("GET", "/api/v3/", &headers, "");
    let policy = answer.header("content-security-policy");
    assert_eq!(
        policy,
        Some("default-src 'none'; style-src 'unsafe-inline'")
    );
    for part in ["<script", "<link", "<img", "src=", "@import"] {
        assert!(!answer.text.contains(part), "{part}");
    }
}

#[test]
fn without_its_slash_it_is_redirected() {
    let app = App::start();
    let answer = app.get("/api/v3");
    let location = format!("{}/api/v3/", app.url);
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some(location.as_str()))
    );
    let media_type = answer.header("content-type");
    assert_eq!(media_type, Some("text/html; charset=utf-8"));
    assert!(answer.text.starts_with("<!doctype html>"));
    let answer = app.send("DELETE", "/api/v3/", &[], "");
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(app.get("/api/v3/nope").status, 404);
}

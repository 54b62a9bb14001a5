//! Paths that nothing has, and methods that a path does not have.

use crate::harness::App;

#[test]
fn unknown_paths_are_json() {
    let app = App::start();
    for path in [
        "/nope",
        "/api/v2.0/nope",
        "/api/v2.0/results/",
        "/api/v2.0/results/1/",
        "/api/v1.0/policies/",
        "/healthcheck/",
        "/api/v2.0/results/1/2",
        "/api/v1.0/decision/",
    ] {
        let answer = app.get(path);
        assert_eq!(answer.expect(404)["message"], "Not found", "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{path}"
        );
    }
}

#[test]
fn wrong_methods_are_told_the_right_ones() {
    let app = App::start();
    let check = |method: &str, path: &str, status: u16, allow: &str| {
        let answer = app.send(method, path, &[], "");
        assert_eq!(
            (answer.status, answer.header("allow")),
            (status, Some(allow)),
            "{method} {path}"
        );
    };
    check("PUT", "/api/v2.0/results", 405, "POST, GET, HEAD, OPTIONS");
    check("DELETE", "/api/v2.0/results/1", 405, "GET, HEAD, OPTIONS");
    check(
        "POST",
        "/api/v2.0/results/latest",
        405,
        "GET, HEAD, OPTIONS",
    );
    check(
        "OPTIONS",
        "/api/v2.0/results",
        200,
        "POST, GET, HEAD, OPTIONS",
    );
    check(
        "PATCH",
        "/api/v1.0/waivers/",
        405,
        "GET, POST, HEAD, OPTIONS",
    );
    check("GET", "/api/v1.0/waivers/+filtered", 405, "POST, OPTIONS");
    check("GET", "/api/v1.0/decision", 405, "POST, OPTIONS");
    check("POST", "/api/v1.0/policies", 405, "GET, HEAD, OPTIONS");
    check("POST", "/api/v1.0/about", 405, "GET, HEAD, OPTIONS");
}

#[test]
fn head_has_no_body() {
    let app = App::start();
    let answer = app.send("HEAD", "/api/v2.0/healthcheck", &[], "");
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}

//! What every answer of a gate has, whatever it says: browsers stay on HTTPS, other sites' pages may
//! read it, and old pages get it as a call of a function.

use crate::harness::{Answer, App, Options};

/// Paths that only read.
const READS: [&str; 6] = [
    "/",
    "/api/v1.0/",
    "/api/v1.0/about",
    "/api/v1.0/version",
    "/api/v1.0/policies",
    "/api/v1.0/subject_types",
];
const WRITES: [&str; 2] = ["/api/v1.0/decision", "/api/v1.0/validate-gating-yaml"];

fn is_strict(answer: &Answer) -> bool {
    answer.header("strict-transport-security") == Some("max-age=31536000; includeSubDomains")
}

/// The headers with which a page may read the answer.
fn shared(answer: &Answer) -> [Option<&str>; 4] {
    [
        "access-control-allow-origin",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-method",
    ]
    .map(|name| answer.header(name))
}

fn shared_with(origin: &str) -> [Option<&str>; 4] {
    let methods = Some("POST, OPTIONS");
    [Some(origin), Some("Content-Type"), methods, methods]
}

/// Answers of every kind, errors above all: what was asked, the status, the answer.
fn of_every_kind(app: &App, headers: &[(&str, &str)]) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    let mut ask = |method: &str, path: &str, body: &str, status: u16| {
        let mut headers = headers.to_vec();
        if path.ends_with("/decision") && !body.starts_with("text") {
            headers.push(("content-type", "application/json"));
        }
        let answer = app.send(method, path, &headers, body);
        let what = format!("{method} {path} {}", body.get(..20).unwrap_or(body));
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        answers.push((what, answer));
    };
    for path in READS {
        let status = if path.ends_with("version") { 302 } else { 200 };
        ask("GET", path, "", status);
        ask("HEAD", path, "", status);
        ask("POST", path, "{}", 405);
        ask("OPTIONS", path, "", 200);
    }
    for path in WRITES {
        ask("GET", path, "", 405);
        ask("HEAD", path, "", 405);
        ask("PUT", path, "", 405);
        ask("OPTIONS", path, "", 200);
        ask("POST", path, &"x".repeat(4 * 1024 * 1024 + 1), 413);
        ask(
            "POST",
            path,
            "text: [",
            if path.ends_with("decision") { 415 } else { 400 },
        );
    }
    ask("POST", "/api/v1.0/decision", "{", 400);
    ask("POST", "/api/v1.0/decision", "{}", 415);
    let question = r#"{"product_version": "p", "decision_context": "c", "subject_type": "t", "subject_identifier": "i"}"#;
    ask("POST", "/api/v1.0/decision", question, 404);
    ask("GET", "/api/v1.0/decision/", "", 404);
    ask("GET", "/api/v1.0/policies/", "", 404);
    ask("GET", "/api/v1.0/nothing", "", 404);
    answers
}

#[test]
fn every_answer_is_strict_and_any_page_may_read_it() {
    let app = App::start();
    for (what, answer) in of_every_kind(&app, &[("origin", "https://bodhi.example.org")]) {
        assert!(is_strict(&answer), "{what}: {answer:?}");
        assert_eq!(shared(&answer), shared_with("*"), "{what}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    assert!(is_strict(&app.get("/healthcheck")));
    assert!(is_strict(&app.send("PUT", "/healthcheck", &[], "")));
}

#[test]
fn a_list_of_sites_is_kept_to() {
    let app = Options::default()
        .variable("cors_origins=https://bodhi.example.org,https://ci.example.org")
        .start();
    let ci = "https://ci.example.org";
    for (what, answer) in of_every_kind(&app, &[("origin", ci)]) {
        assert!(is_strict(&answer), "{what}");
        assert_eq!(shared(&answer), shared_with(ci), "{what}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{what}");
    }
    for (what, answer) in of_every_kind(&app, &[("origin", "https://evil.example.org")]) {
        assert!(is_strict(&answer), "{what}");
        assert_eq!(shared(&answer), [None; 4], "{what}");
    }
}

#[test]
fn a_failure_of_ours_may_be_read_too() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("bad.yaml"), "[").unwrap();
    let app = Options::default().policies(folder.path()).start();
    for (method, path) in [
        ("GET", "/api/v1.0/policies"),
        ("GET", "/api/v1.0/subject_types"),
        ("POST", "/api/v1.0/validate-gating-yaml"),
        ("POST", "/api/v1.0/decision"),
    ] {
        let json = [("content-type", "application/json")];
        let answer = app.send(method, path, &json, "{}");
        assert_eq!(answer.expect(500)["message"], "Internal Server Error");
        assert!(is_strict(&answer), "{path}");
        assert_eq!(shared(&answer), shared_with("*"), "{path}");
        let jsonp = app.send(method, &format!("{path}?callback=cb"), &json, "{}");
        assert_eq!(jsonp.text, answer.text, "a mistake is no call");
    }
}

#[test]
fn what_is_read_may_be_a_call_of_a_function() {
    let app = App::start();
    let yaml = "decision_context: bodhi_update_push_stable\nrules: []\n";
    let question = r#"{"product_version": "fedora-40", "decision_context": "bodhi_update_push_stable", "subject_type": "koji_build", "subject_identifier": "a-1-1"}"#;
    let json = [("content-type", "application/json")];
    let requests = READS
        .iter()
        .filter(|path| !path.ends_with("version"))
        .map(|path| ("GET", *path, ""))
        .chain([("POST", WRITES[0], question), ("POST", WRITES[1], yaml)]);
    for (method, path, body) in requests {
        let plain = app.send(method, path, &json, body);
        let ask = |callback: &str| {
            let path = format!("{path}?callback={callback}");
            app.send(method, &path, &json, body)
        };
        for name in ["cb", "jQuery1_2.f", "$.x[0]", "_"] {
            let answer = ask(name);
            assert_eq!(answer.text, format!("{name}({});", plain.text), "{path}");
            let media_type = "application/javascript; charset=utf-8";
            assert_eq!(answer.header("content-type"), Some(media_type), "{path}");
            assert!(is_strict(&answer) && shared(&answer) == shared_with("*"));
        }
        for script in [
            "alert(1)//",
            "a;b",
            "%3Cscript%3E",
            "a%0Ab",
            "",
            "é",
            "a%20b",
            "'",
        ] {
            let answer = ask(script);
            assert_eq!(answer.text, plain.text, "{path} {script}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
    }
}

#[test]
fn methods_are_told() {
    let app = App::start();
    let check = |method: &str, path: &str, allow: &str| {
        let answer = app.send(method, path, &[], "");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        match method {
            "OPTIONS" => assert_eq!((answer.status, answer.text.as_str()), (200, "")),
            _ => {
                let message = "The method is not allowed for the requested URL.";
                assert_eq!(answer.expect(405)["message"], message);
            }
        }
    };
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS"] {
        READS
            .iter()
            .for_each(|path| check(method, path, "GET, HEAD, OPTIONS"));
        WRITES
            .iter()
            .for_each(|path| check(method, path, "POST, OPTIONS"));
    }
    for path in READS {
        let (get, head) = (app.get(path), app.send("HEAD", path, &[], ""));
        assert_eq!(
            (head.status, head.text.as_str()),
            (get.status, ""),
            "{path}"
        );
        let type_and_length = |answer: &Answer| {
            ["content-type", "content-length"].map(|name| answer.header(name).map(str::to_owned))
        };
        assert_eq!(type_and_length(&head), type_and_length(&get), "{path}");
    }
}

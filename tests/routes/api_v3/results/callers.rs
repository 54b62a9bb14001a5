//! `POST /api/v3/results/{type}`: who may.

use crate::api_v3::permissions::{permitted, permitted_with};
use crate::api_v3::{smallest, with};
use crate::harness::{App, Options};
use crate::identity::methods::{TOKEN, tokens};
use crate::identity::post;
use serde_json::json;
use tempfile::TempDir;

const PATH: &str = "/api/v3/results/redhat-modules";

#[test]
fn a_result_needs_a_caller() {
    let app = App::start();
    for credentials in [
        "",
        "Basic Og==",
        "Basic ?",
        "Bearer am9lOng=",
        "Basic YQBiOg==",
    ] {
        let headers = [
            ("content-type", "application/json"),
            ("authorization", credentials),
        ];
        // Who calls is asked before the body is looked at.
        for body in [smallest("redhat-modules").to_string(), "{bad".to_owned()] {
            let answer = app.send("POST", PATH, &headers, &body);
            assert_eq!(answer.status, 401, "{credentials}: {answer:?}");
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Basic realm=\"dummy\"")
            );
        }
    }
    assert_eq!(app.read("/api/v2.0/results")["data"], json!([]));
}

#[test]
fn names_have_255_characters() {
    let app = App::start();
    let send = |user: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("authorization", user),
        ];
        let body = smallest("redhat-modules").to_string();
        app.send("POST", PATH, &headers, &body)
    };
    // Three letters are four of base64; `Og==` is the colon, `YTo=` one more letter and the colon.
    let letters = "YWFh".repeat(255 / 3);
    let result = send(&format!("Basic {letters}Og==")).expect(201);
    assert_eq!(result["data"]["username"], json!(["a".repeat(255)]));
    let message = send(&format!("Basic {letters}YTo=")).expect(401)["message"].clone();
    assert!(message.as_str().unwrap().contains("255 characters"));
}

#[test]
fn only_those_whom_the_permissions_name_may_submit() {
    let folder = TempDir::new().unwrap();
    let app = permitted(
        &folder,
        "- {users: [joe], testcases: ['dist.*'], testcases_ignore: ['dist.secret']}\n\
         - {users: ['*'], testcases: [open]}\n\
         - {groups: [joe, bot], testcases: [grouped]}\n",
    );
    let status = |user: &str, test_case: &str| {
        let body = with(smallest("redhat-modules"), "testcase", test_case.into());
        app.post_as(user, PATH, &body).status
    };
    assert_eq!(status("joe", "dist.rpmlint"), 201);
    assert_eq!(status("joe", "dist.secret"), 403);
    assert_eq!(status("joe", "other"), 403);
    assert_eq!(status("bot", "dist.rpmlint"), 403);
    assert_eq!(status("bot", "open"), 201);
    // A user of a group's name is no member of it.
    assert_eq!(status("bot", "grouped"), 403);
    let answer = app.post_as("bot", PATH, &smallest("redhat-modules"));
    assert_eq!(
        answer.expect(403)["message"],
        "403 Forbidden: User bot is not authorized to submit results for the test case testcase1"
    );
    // Mistakes are told to everybody.
    assert_eq!(app.post_as("bot", PATH, &json!({})).status, 400);
    assert_eq!(
        app.read("/api/v2.0/testcases?name=other")["data"],
        json!([])
    );
    // Version 2 is not asked.
    let plain = json!({"outcome": "PASSED", "testcase": "dist.secret"});
    assert_eq!(app.post("/api/v2.0/results", &plain).status, 201);
}

#[test]
fn groups_that_the_caller_is_in_may_submit() {
    let folder = TempDir::new().unwrap();
    let options = Options::default().variable("auth=token");
    let app = permitted_with(
        &folder,
        "- {groups: [bots], testcases: [ours]}\n- {groups: [people], testcases: [theirs]}\n",
        options.variable(&tokens()),
    );
    let shown = format!("Bearer {TOKEN}");
    let submit = |test_case: &str| {
        let body = with(smallest("redhat-modules"), "testcase", test_case.into());
        post(&app, PATH, &body, &[("authorization", &shown)])
    };
    assert_eq!(
        submit("ours").expect(201)["data"]["username"],
        json!(["ci"])
    );
    assert_eq!(submit("theirs").status, 403);
}

#[test]
fn broken_permissions_let_nobody_in() {
    for (text, part) in [
        (
            Some("- users: ['*']\n  testcase: ['*']\n"),
            "line 2, column 3: `testcase` is no key",
        ),
        (Some("- users: [*]\n"), "line 1"),
        (Some("users: ['*']\ntestcases: ['*']\n"), "must be a list"),
        (Some(""), "found 0"),
        (None, "results.yaml"),
    ] {
        let folder = TempDir::new().unwrap();
        let app = match text {
            Some(text) => permitted(&folder, text),
            None => Options::default().permissions(folder.path()).start(),
        };
        let answer = app.post_as("joe", PATH, &smallest("redhat-modules"));
        assert_eq!(answer.expect(500)["message"], "Internal Server Error");
        assert_eq!(app.get("/api/v3/permissions").status, 500);
        assert_eq!(app.read("/api/v2.0/results")["data"], json!([]));
        let log = app.state().join("logs/submit-artifact-result_stderr.txt");
        let log = std::fs::read_to_string(log).unwrap();
        assert!(
            log.contains("/permissions/results.yaml") && log.contains(part),
            "{log}"
        );
    }
}

#[test]
fn no_entries_let_nobody_in() {
    let folder = TempDir::new().unwrap();
    let app = permitted(&folder, "[]\n");
    let answer = app.post_as("joe", PATH, &smallest("redhat-modules"));
    assert_eq!(answer.status, 403);
    assert_eq!(app.read("/api/v3/permissions"), json!([]));
}

//! `POST /api/v1.0/waivers/+by-subjects-and-testcases`.

use crate::harness::{App, ids};
use serde_json::{Value, json};

const PATH: &str = "/api/v1.0/waivers/+by-subjects-and-testcases";

#[test]
fn old_subjects_select() {
    let app = App::start();
    for (user, subject_type, subject, testcase, product_version) in [
        ("joe", "koji_build", "a", "t1", "fedora-40"),
        ("bot", "koji_build", "a", "t1", "fedora-40"),
        ("joe", "koji_build", "a", "t2", "fedora-41"),
        ("joe", "compose", "a", "t1", "fedora-40"),
        ("joe", "koji_build", "a", "t1", "fedora-40"),
    ] {
        let body = json!({"subject_type": subject_type, "subject_identifier": subject, "testcase": testcase, "product_version": product_version, "comment": "c"});
        app.post_as(user, "/api/v1.0/waivers/", &body).expect(201);
    }
    let check = |body: Value, expected: &[u64]| {
        let list = app.post(PATH, &body).expect(200);
        assert_eq!(ids(&list), expected, "{body}");
    };
    // Another user's newer waiver hides none.
    check(json!({}), &[5, 4, 3, 2]);
    check(json!({"results": []}), &[5, 4, 3, 2]);
    check(
        json!({"results": null, "include_obsolete": true}),
        &[5, 4, 3, 2, 1],
    );
    let build = json!({"type": "koji_build", "item": "a"});
    let result =
        |subject: &Value, testcase: &str| json!({"subject": subject, "testcase": testcase});
    check(json!({"results": [result(&build, "t1")]}), &[5, 2]);
    check(
        json!({"results": [result(&build, "t1")], "username": "bot"}),
        &[2],
    );
    check(json!({"results": [result(&build, "")]}), &[5, 3, 2]);
    check(
        json!({"results": [result(&json!({"type": "brew-build", "item": "a"}), "t2"), result(&json!({"productmd.compose.id": "a"}), "t1")]}),
        &[4, 3],
    );
    check(
        json!({"results": [result(&json!({"original_spec_nvr": "a"}), "t2")], "product_version": "fedora-40"}),
        &[],
    );
    // A subject that is none matches nothing; a test case beside the list is no condition.
    check(
        json!({"results": [result(&json!({"item": "a"}), "t1")]}),
        &[],
    );
    check(
        json!({"results": [result(&json!({}), "t1"), result(&build, "t2")], "testcase": "t9"}),
        &[3],
    );
    let first = app.read("/api/v1.0/waivers/1")["timestamp"].clone();
    let until_first = format!(",{}", first.as_str().unwrap());
    check(
        json!({"results": [result(&build, "t1")], "since": until_first}),
        &[1],
    );
    check(json!({"proxied_by": "bot"}), &[]);
    let body = json!({"results": [result(&build, "t2")]}).to_string();
    let headers = [("content-type", "application/json")];
    let jsonp = app.send("POST", &format!("{PATH}?callback=cb"), &headers, &body);
    assert!(
        jsonp.text.starts_with("cb({\"data\": [{\"id\": 3") && jsonp.text.ends_with(')'),
        "{jsonp:?}"
    );
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    let check = |body: Value, parts: &[&str]| {
        let answer = app.post(PATH, &body);
        for part in parts {
            assert!(
                answer.status == 400 && answer.text.contains(part),
                "{body}: {answer:?}"
            );
        }
    };
    check(json!([]), &["must be a JSON object"]);
    check(json!({"results": {}}), &["list_type"]);
    check(
        json!({"results": [5]}),
        &["Input should be a valid dictionary or instance of TestResult"],
    );
    check(
        json!({"results": [{}]}),
        &[
            r#""loc":["results",0,"testcase"],"msg":"Field required""#,
            r#""loc":["results",0,"subject"],"msg":"Field required""#,
        ],
    );
    check(
        json!({"results": [{"subject": "s", "testcase": null}]}),
        &[
            r#""loc":["results",0,"testcase"],"msg":"Input should be a valid string""#,
            r#""loc":["results",0,"subject"],"msg":"Input should be a valid dictionary or instance of TestSubject""#,
        ],
    );
    check(
        json!({"results": [{"subject": {"item": 5}, "testcase": "t"}]}),
        &[r#""loc":["results",0,"subject","item"]"#],
    );
    check(
        json!({"since": 123}),
        &[r#""loc":["since"],"msg":"Input should be a valid string""#],
    );
    check(
        json!({"since": "asdf"}),
        &["{\"message\":{\"since\":\"Invalid isoformat string: 'asdf'\"}}"],
    );
    check(json!({"include_obsolete": "maybe"}), &["bool_parsing"]);
    let many = |count| json!({"results": vec![json!({"subject": {}, "testcase": "t"}); count]});
    check(many(10_001), &["At most 10000 results"]);
    assert_eq!(app.post(PATH, &many(10_000)).status, 200);
    assert_eq!(app.get(PATH).status, 405);
    assert_eq!(app.send("POST", PATH, &[], "{}").status, 415);
}

//! Requests and documents that are wrong: a 4xx that says where and what to do, and nothing stored.

use super::{PATH, SUBJECT, post};
use crate::harness::App;

#[test]
fn a_document_that_cant_be_read_is_refused_with_its_place() {
    let app = App::start();
    for (body, line, column, part) in [
        (
            "<testsuite>\n<testcase name=\"a\">\n  <skipped>",
            3,
            12,
            "breaks off",
        ),
        (
            "<testsuite>\n  <testcase name=\"a<b\"/></testsuite>",
            2,
            20,
            "&lt;",
        ),
        ("<testsuite>\n</testsuites>", 2, 1, "XML"),
        ("<testsuite/>\n<testsuite/>", 2, 1, "more than one root"),
        ("<testsuite/>\nok", 2, 1, "beside the root"),
        ("<suites/>", 1, 1, "`suites`"),
        ("<testsuite>&nbsp;</testsuite>", 1, 12, "nbsp"),
        (
            "<testsuite><testcase name=\"&#1;\"/></testsuite>",
            1,
            12,
            "U+0001",
        ),
        ("<testsuite>\u{1b}[0m</testsuite>", 1, 12, "U+001B"),
        ("<testsuite><a b='1' b='2'/></testsuite>", 1, 12, "XML"),
        ("<!-- nothing -->", 1, 17, "no element"),
        ("hello\nworld\n", 1, 1, "neither XML nor TAP"),
        ("   \n", 1, 1, "empty"),
        ("", 1, 1, "empty"),
    ] {
        let answer = post(&app, SUBJECT, body);
        let told = answer.expect(400);
        assert_eq!(
            (told["line"].as_u64(), told["column"].as_u64()),
            (Some(line), Some(column)),
            "{body}: {told}"
        );
        let message = told["message"].as_str().unwrap();
        let place = format!("line {line}, column {column}: ");
        assert!(
            message.contains(part) && message.contains(&place),
            "{body}: {message}"
        );
    }
    assert_eq!(app.read("/api/v2.0/results")["data"], serde_json::json!([]));
    assert_eq!(
        app.read("/api/v2.0/testcases")["data"],
        serde_json::json!([])
    );
}

#[test]
fn the_format_that_is_told_counts() {
    let app = App::start();
    let tap = "1..1\nok 1\n";
    let told = post(&app, &format!("{SUBJECT}&format=junit"), tap).expect(400);
    assert_eq!(told["line"], 1, "{told}");
    post(&app, &format!("{SUBJECT}&format=tap"), "<p>\n1..1\nok 1\n").expect(201);
    post(&app, &format!("{SUBJECT}&format=tap"), tap).expect(201);
}

#[test]
fn mistakes_in_the_query_are_told() {
    let app = App::start();
    for (query, part) in [
        ("item=a", "name the test case"),
        ("testcase=%20", "name the test case"),
        (
            "testcase=t&testcase=u",
            "`testcase` is given more than once",
        ),
        (
            "testcase=t&format=xml",
            "`format` must be one of: junit, tap",
        ),
        (
            "testcase=t&cases=some",
            "`cases` must be one of: all, failures, none",
        ),
        (
            "testcase=t&skipped=yes",
            "`skipped` must be one of: info, none",
        ),
        ("testcase=t&a:b=c", "`a:b` can't be a key"),
        ("testcase=t&a=%00", "U+0000"),
        ("testcase=t&$serde_json::private::RawValue=1", "serde_json"),
    ] {
        let told = post(&app, query, "1..1\nok 1\n").expect(400);
        assert!(
            told["message"].as_str().unwrap().contains(part),
            "{query}: {told}"
        );
    }
}

#[test]
fn pages_of_other_sites_report_nothing() {
    let app = App::start();
    let path = format!("{PATH}?{SUBJECT}");
    for (name, value) in [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let headers = [("content-type", "text/plain"), (name, value)];
        let answer = app.send("POST", &path, &headers, "1..1\nok\n");
        assert_eq!(answer.status, 403, "{name}: {answer:?}");
    }
    let own = [("sec-fetch-site", "same-origin")];
    assert_eq!(app.send("POST", &path, &own, "1..1\nok\n").status, 201);
    assert_eq!(
        app.read("/api/v2.0/results")["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn other_methods_paths_and_forms_are_refused() {
    let app = App::start();
    let answer = app.get(&format!("{PATH}?{SUBJECT}"));
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("POST, OPTIONS"))
    );
    assert_eq!(
        app.send("POST", &format!("{PATH}/?{SUBJECT}"), &[], "1..0")
            .status,
        404
    );
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    let answer = app.send("POST", &format!("{PATH}?{SUBJECT}"), &headers, "--x\r\n");
    assert!(
        answer.expect(415)["message"]
            .as_str()
            .unwrap()
            .contains("--data-binary")
    );
}

#[test]
fn what_only_looks_packed_is_refused() {
    let app = App::start();
    let path = format!("{PATH}?{SUBJECT}");
    for bytes in [
        &b"\x1f\x8b\x08\0\0\0"[..],
        b"x\x9cnonsense",
        b"eJxnonsense!",
        b"H4sIAAAA",
    ] {
        let told = app.send_bytes(&path, &[], bytes.to_vec()).expect(400);
        assert!(
            told["message"].as_str().unwrap().contains("looks like"),
            "{told}"
        );
    }
}

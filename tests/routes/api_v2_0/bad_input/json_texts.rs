//! Bodies that are no JSON, another JSON than expected, or odd JSON.

use super::{POSTS, assert_is, post, submit};
use crate::harness::App;
use serde_json::json;

#[test]
fn bodies_that_are_no_json_are_bad_requests() {
    let app = App::start();
    for (path, start) in POSTS {
        let check =
            |what: &str, body: &[u8]| assert_is(&post(&app, path, body), 400, "Bad request", what);
        check("nothing", b"");
        check("a mark and nothing", b"\xef\xbb\xbf");
        check("half of it", start.as_bytes());
        check("more than one", format!("{start}}}{start}}}").as_bytes());
        check(
            "lists in lists",
            ["[".repeat(10_000), "]".repeat(10_000)].concat().as_bytes(),
        );
        let levels = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        check(
            "128 levels",
            format!(r#"{start}, "x": {}}}"#, levels(127)).as_bytes(),
        );
        check("objects in objects", r#"{"a":"#.repeat(10_000).as_bytes());
        check(
            "deep data",
            format!(
                r#"{start}, "data": {{"a": {}}}}}"#,
                ["[".repeat(10_000), "]".repeat(10_000)].concat()
            )
            .as_bytes(),
        );
        check(
            "half a pair in text",
            format!(r#"{start}, "description": "\ud800"}}"#).as_bytes(),
        );
        check(
            "the other half",
            format!(r#"{start}, "description": "\udc00\ud800"}}"#).as_bytes(),
        );
        check(
            "half a pair in a key",
            format!(r#"{start}, "data": {{"\ud800": 1}}}}"#).as_bytes(),
        );
        check(
            "a byte 0 in text",
            format!("{start}, \"description\": \"a\0b\"}}").as_bytes(),
        );
        check(
            "no UTF-8",
            &[start.as_bytes(), b", \"description\": \"\xff\xfe\"}"].concat(),
        );
        check(
            "UTF-8 of half a pair",
            &[start.as_bytes(), b", \"description\": \"\xed\xa0\x80\"}"].concat(),
        );
        check(
            "UTF-16",
            &format!("{start}}}")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
        );
        check(
            "not a number",
            format!(r#"{start}, "data": {{"a": NaN}}}}"#).as_bytes(),
        );
        check(
            "a number cut off",
            format!(r#"{start}, "data": {{"a": 1e}}}}"#).as_bytes(),
        );
    }
}

#[test]
fn bodies_that_are_another_kind_of_json_are_told_so() {
    let app = App::start();
    for (path, _) in POSTS {
        for body in ["null", "true", "\"x\"", "1e400", "-0", "[[]]", "[null]"] {
            assert_is(&post(&app, path, body), 400, "", body);
        }
        let list_of_lists = format!("[{}1]", "[],".repeat(100_000));
        assert_is(&post(&app, path, list_of_lists), 400, "", "a list of lists");
    }
    for (path, start) in POSTS {
        for (name, value) in [
            ("description", "\\u0000"),
            ("ref_url", "a\\u0000b"),
            ("no\\u0000te", "x"),
        ] {
            let body = format!(r#"{start}, "{name}": "{value}"}}"#);
            assert_is(&post(&app, path, &body), 400, "U+0000", &body);
        }
    }
    assert_is(
        &submit(&app, r#""testcase": "t", "data": {"a\u0000": 1}"#),
        400,
        "U+0000",
        "a key",
    );
    assert_is(
        &submit(&app, r#""testcase": "t", "data": {"a": ["\u0000"]}"#),
        400,
        "U+0000",
        "a value",
    );
    assert_is(
        &submit(
            &app,
            r#""testcase": "t", "data": {"a": {"b": {"\u0000": 1}}}"#,
        ),
        400,
        "U+0000",
        "deep",
    );
}

#[test]
fn odd_bodies_that_are_right_are_taken() {
    let app = App::start();
    for (path, start) in POSTS {
        let check = |what: &str, body: &[u8]| assert_is(&post(&app, path, body), 201, "", what);
        check(
            "a byte order mark",
            &[b"\xef\xbb\xbf", start.as_bytes(), b"}"].concat(),
        );
        check("blanks", format!(" \r\n\t{start}\n}}\n ").as_bytes());
        check(
            "unknown fields",
            format!(r#"{start}, "x": [{{"y": 1e400}}], "": null}}"#).as_bytes(),
        );
        check(
            "127 levels",
            format!(r#"{start}, "x": {}{}}}"#, "[".repeat(126), "]".repeat(126)).as_bytes(),
        );
        check(
            "a pair",
            format!(r#"{start}, "note": "\ud83c\udf75"}}"#).as_bytes(),
        );
        check(
            "many unknown fields",
            format!(
                r#"{start}{}}}"#,
                (0..100_000)
                    .map(|n| format!(r#","x{n}":{n}"#))
                    .collect::<String>()
            )
            .as_bytes(),
        );
    }
    // Of a repeated field the last one counts.
    let answer = submit(
        &app,
        r#""testcase": "a", "testcase": "b", "data": {"k": 1, "k": 2}, "outcome": "failed""#,
    );
    let result = answer.expect(201);
    assert_eq!(
        (
            &result["testcase"]["name"],
            &result["data"],
            &result["outcome"]
        ),
        (&json!("b"), &json!({"k": ["2"]}), &json!("FAILED"))
    );
}

/// Lists in lists, beyond the limit on nesting by a text that is read as JSON.
fn smuggled(levels: usize, name: &str) -> String {
    (0..levels).fold("1".to_owned(), |inner, _| {
        let depth = 120;
        let text = json!(inner);
        format!(
            r#"{}{{"{name}": {text}}}{}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    })
}

#[test]
fn names_that_the_json_reader_has_for_itself_mean_nothing() {
    let app = App::start();
    for (path, start) in POSTS {
        for (name, levels) in [
            ("$serde_json::private::RawValue", 17),
            ("\\u0024serde_json::private::RawValue", 1),
            ("$serde_json::private::Number", 1),
        ] {
            let body = format!(r#"{start}, "x": {}}}"#, smuggled(levels, name));
            assert_is(&post(&app, path, &body), 400, "may not begin with", name);
        }
    }
    // It would be stored and break whoever reads the data.
    let data = r#""testcase": "t", "data": {"item": "a", "$serde_json::private::Number": ["x"]}"#;
    assert_is(&submit(&app, data), 400, "may not begin with", "data");
    let decision = smuggled(17, "$serde_json::private::RawValue");
    for path in [
        "/api/v1.0/decision",
        "/api/v1.0/waivers/",
        "/api/v1.0/waivers/+filtered",
    ] {
        assert_is(
            &post(&app, path, &decision),
            400,
            "may not begin with",
            path,
        );
    }
}

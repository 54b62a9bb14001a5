//! `GET /api/v1/waivers`: conditions, states and pages.

use super::{PATH, app, decide, make, withdraw};
use crate::harness::ids;
use serde_json::{Value, json};

#[test]
fn conditions_select() {
    let (app, _folder) = app();
    let superseded = make(&app, "joe", json!({}), "granted");
    let granted = make(&app, "joe", json!({}), "granted");
    let requested = make(
        &app,
        "ann",
        json!({"testcase": "t", "reason": "infrastructure"}),
        "requested",
    );
    let denied = make(&app, "ann", json!({"scenario": "s"}), "requested");
    decide(&app, "joe", denied, false).expect(201);
    let withdrawn = make(&app, "kim", json!({"subject_identifier": "b"}), "granted");
    withdraw(&app, "kim", withdrawn).expect(201);
    let check = |query: &str, expected: &[u64]| {
        let list = app.read(&format!("{PATH}?{query}"));
        assert_eq!(ids(&list), expected, "{query}");
        assert_eq!(list["total"], expected.len(), "{query}");
    };
    check("", &[withdrawn, denied, requested, granted, superseded]);
    check("state=superseded", &[superseded]);
    check("state=granted", &[granted]);
    check("state=requested", &[requested]);
    check("state=denied", &[denied]);
    check("state=withdrawn", &[withdrawn]);
    check("state=expired", &[]);
    check(
        "state=",
        &[withdrawn, denied, requested, granted, superseded],
    );
    check("reason=infrastructure", &[requested]);
    check("username=ann", &[denied, requested]);
    check("username=ann&testcase=t", &[requested]);
    check("scenario=s", &[denied]);
    check("subject_identifier=b&subject_type=koji_build", &[withdrawn]);
    check("product_version=fedora-40&username=kim", &[withdrawn]);
    check("as_of=2001-01-01T00:00:00Z", &[]);
    check("since=2999-01-01T00:00:00Z", &[]);
}

#[test]
fn pages_are_linked() {
    let (app, _folder) = app();
    for number in 1..=5 {
        make(
            &app,
            "joe",
            json!({"testcase": format!("t{number}")}),
            "granted",
        );
    }
    let mut seen = Vec::new();
    let mut next = json!(format!("{}{PATH}?limit=2", app.url));
    while let Value::String(url) = next {
        let page = app.read(url.strip_prefix(&app.url).unwrap());
        assert_eq!(page["total"], 5);
        seen.extend(ids(&page));
        next = page["next"].clone();
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    let last = app.read(&format!("{PATH}?limit=2&page=3"));
    assert!(last["prev"].as_str().unwrap().contains("page=2"));
    let beyond = app.read(&format!("{PATH}?page=1000000"));
    assert_eq!(
        (&beyond["data"], &beyond["next"]),
        (&json!([]), &json!(null))
    );
}

#[test]
fn mistakes_are_told() {
    let (app, _folder) = app();
    let check = |query: &str, said: &str| {
        let answer = app.get(&format!("{PATH}{query}")).expect(400).to_string();
        assert!(answer.contains(said), "{query}: {answer}");
    };
    check(
        "?stat=granted",
        "there is no such parameter, but: subject_type",
    );
    check("?state=fine", "must be one of: requested");
    check("?as_of=yesterday", "must be a time with a zone");
    check("?since=2026-01-01T00:00:00", "must be a time with a zone");
    check("?limit=101", "must be from 1 to 100");
    check("?limit=0", "must be from 1 to 100");
    check("?page=1000001", "must be from 1 to 1000000");
    check("?page=x", "int_parsing");
    let id = make(&app, "joe", json!({}), "granted");
    check(
        &format!("/{id}?state=granted"),
        "there is no such parameter, but: as_of",
    );
    check(
        &format!("/{id}/history?asof=1"),
        "there is no such parameter, but: as_of",
    );
}

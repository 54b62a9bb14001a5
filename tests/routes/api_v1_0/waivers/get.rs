//! `GET /api/v1.0/waivers/`.

use crate::harness::{App, ids, with};
use serde_json::{Value, json};

const PATH: &str = "/api/v1.0/waivers/";

fn waive(app: &App, user: &str, extra: Value) -> String {
    let body = json!({
        "subject_type": "koji_build", "subject_identifier": "a-1-1", "testcase": "t1",
        "product_version": "fedora-40", "comment": "c",
    });
    app.post_as(user, PATH, &with(body, extra)).expect(201)["timestamp"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn filters_select_and_obsolete_ones_are_left_out() {
    let app = App::start();
    waive(&app, "joe", json!({}));
    let second = waive(&app, "joe", json!({"waived": false}));
    waive(&app, "bot", json!({}));
    waive(&app, "joe", json!({"product_version": "fedora-41"}));
    waive(&app, "joe", json!({"scenario": "s"}));
    let last = waive(
        &app,
        "joe",
        json!({"subject_type": "compose", "subject_identifier": "F-40"}),
    );
    let check = |query: &str, expected: &[u64]| {
        assert_eq!(
            ids(&app.read(&format!("{PATH}?{query}"))),
            expected,
            "{query}"
        );
    };
    check("", &[6, 5, 4, 3, 2]);
    check("include_obsolete=true", &[6, 5, 4, 3, 2, 1]);
    check("subject_type=koji_build&testcase=t1", &[5, 4, 3, 2]);
    check("subject_identifier=F-40", &[6]);
    check("scenario=s", &[5]);
    check("scenario=", &[6, 5, 4, 3, 2]);
    check("username=bot", &[3]);
    check("product_version=fedora-41&username=joe", &[4]);
    check("proxied_by=joe", &[]);
    check(&format!("since={last}"), &[6]);
    check(&format!("since=,{second}"), &[2]);
    // What came after the asked time does not hide what was there.
    let before_second: String = {
        let first = app.read(&format!("{PATH}1"))["timestamp"]
            .as_str()
            .unwrap()
            .to_owned();
        format!("since=,{first}")
    };
    check(&before_second, &[1]);
}

#[test]
fn pages_are_linked() {
    let app = App::start();
    for n in 0..5 {
        waive(&app, "joe", json!({"testcase": format!("t{n}")}));
    }
    let url = format!("{}{PATH}", app.url);
    let links = |query: &str| {
        let list = app.read(&format!("{PATH}?{query}"));
        let link = |name: &str| list[name].as_str().map(|link| link.replace(&url, ""));
        (
            ids(&list),
            [link("prev"), link("next"), link("first"), link("last")],
        )
    };
    let some = |text: &str| Some(text.to_owned());
    let product = "product_version=fedora-40";
    assert_eq!(
        links(&format!("limit=2&page=2&{product}")),
        (
            vec![3, 2],
            [
                some(&format!("?page=1&limit=2&{product}")),
                some(&format!("?page=3&limit=2&{product}")),
                some(&format!("?page=1&limit=2&{product}")),
                some(&format!("?page=3&limit=2&{product}")),
            ]
        )
    );
    assert_eq!(
        links("testcase=none"),
        (
            vec![],
            [
                None,
                None,
                some("?page=1&testcase=none"),
                some("?page=0&testcase=none")
            ]
        )
    );
    for query in [
        "page=0",
        "page=-1",
        "limit=0",
        "limit=-5",
        "page=99",
        "page=99999999999999999999",
    ] {
        assert_eq!(links(query), (vec![], [None, None, None, None]), "{query}");
    }
    assert_eq!(links("limit=9999").0.len(), 5);
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    let answer = app.get(&format!("{PATH}?since=123"));
    assert_eq!(
        answer.expect(400),
        json!({"message": {"since": "Invalid isoformat string: '123'"}})
    );
    for query in ["page=x", "limit=1.5", "include_obsolete=maybe"] {
        let answer = app.get(&format!("{PATH}?{query}"));
        assert!(answer.expect(400)["validation_error"].is_array(), "{query}");
    }
    let jsonp = app.get(&format!("{PATH}?callback=cb"));
    assert!(jsonp.text.starts_with("cb({\"data\": []"), "{jsonp:?}");
    assert_eq!(
        jsonp.header("content-type"),
        Some("application/javascript; charset=utf-8")
    );
}

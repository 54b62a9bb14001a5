//! `POST /api/v1.0/waivers/+filtered`.

use crate::harness::{App, ids};
use serde_json::{Value, json};

const PATH: &str = "/api/v1.0/waivers/+filtered";

#[test]
fn any_filter_selects() {
    let app = App::start();
    for (user, test_case, product_version) in [
        ("joe", "t1", "fedora-40"),
        ("bot", "t1", "fedora-40"),
        ("joe", "t1", "fedora-41"),
        ("joe", "t2", "fedora-40"),
    ] {
        let body = json!({"subject_type": "koji_build", "subject_identifier": "a", "testcase": test_case, "product_version": product_version, "comment": "c"});
        app.post_as(user, "/api/v1.0/waivers/", &body).expect(201);
    }
    let check = |filters: Value, expected: &[u64]| {
        let list = app.post(PATH, &json!({"filters": filters})).expect(200);
        assert_eq!(ids(&list), expected, "{filters}");
    };
    // A newer waiver hides an older one of another user, but not of another product version.
    check(json!([{}]), &[4, 3, 2]);
    check(json!([{}, {}]), &[4, 3, 2]);
    check(json!([{}, {"testcase": "t2"}]), &[4]);
    check(
        json!([{"testcase": "t1", "product_version": "fedora-40"}, {"testcase": "t2", "product_version": "fedora-40"}]),
        &[4, 2],
    );
    check(
        json!([{"testcase": "t1"}, {"product_version": "fedora-40"}, {"username": "bot"}]),
        &[4, 3, 2],
    );
    check(
        json!([{"testcase": "t1", "scenario": "s"}, {"testcase": ""}]),
        &[],
    );
    check(json!([{"subject_identifier": "b"}]), &[]);
    let all = app
        .post(PATH, &json!({"filters": [{}], "include_obsolete": true}))
        .expect(200);
    assert_eq!(ids(&all), [4, 3, 2, 1]);
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    let check = |body: Value, part: &str| {
        let answer = app.post(PATH, &body);
        assert!(
            answer.status == 400 && answer.text.contains(part),
            "{body}: {answer:?}"
        );
    };
    check(json!({}), "Field required");
    check(json!({"filters": []}), "at least 1 item");
    check(json!({"filters": {}}), "list_type");
    check(
        json!({"filters": [5]}),
        "Input should be a valid dictionary or instance of WaiverFilter",
    );
    check(
        json!({"filters": [{"since": "x"}, {"testcase": 5}]}),
        r#""loc":["filters",1,"testcase"],"msg":"Input should be a valid string""#,
    );
    check(
        json!({"filters": [{}], "include_obsolete": 2}),
        "bool_parsing",
    );
    check(
        json!({"filters": [{"since": "x"}]}),
        "Invalid isoformat string: 'x'",
    );
    check(json!([]), "must be a JSON object");
    check(
        json!({"filters": vec![json!({}); 10_001]}),
        "At most 10000 filters",
    );
    check(json!({"filters": ends(101)}), "101 kinds, at most 100");
}

/// Filters that ask for as many different moments.
fn ends(count: usize) -> Value {
    let end = |n| json!({"testcase": "t", "since": format!(",3000-01-01T00:{:02}:{:02}", n / 60, n % 60)});
    (0..count).map(end).collect()
}

#[test]
fn thousands_of_filters_on_the_same_waivers_are_answered() {
    let app = App::start();
    let waiver = |n: usize| {
        json!({"subject_type": "koji_build", "subject_identifier": format!("a-{n}"),
               "testcase": "t", "product_version": "p", "comment": "c"})
    };
    for start in [0, 500, 1000, 1500] {
        let waivers: Vec<Value> = (start..start + 500).map(waiver).collect();
        app.post("/api/v1.0/waivers/", &json!(waivers)).expect(201);
    }
    let check = |filters: Vec<Value>, expected: usize| {
        assert!(filters.len() <= 10_000);
        let list = app.post(PATH, &json!({"filters": filters})).expect(200);
        assert_eq!(ids(&list).len(), expected);
    };
    check(vec![json!({"testcase": "t"}); 10_000], 2_000);
    check(
        (0..10_000)
            .map(|n| json!({"subject_identifier": format!("a-{n}"), "product_version": if n % 2 == 0 { "p" } else { "q" }}))
            .collect(),
        1_000,
    );
    // Nothing helps to find these, but one look at each waiver does.
    check(
        (0..10_000)
            .map(|n| json!({"product_version": format!("p{}", n % 5_000), "proxied_by": format!("{n}")}))
            .collect(),
        0,
    );
    let filters = ends(100);
    check(filters.as_array().unwrap().clone(), 2_000);
}

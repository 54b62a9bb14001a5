//! `POST /api/v2.0/results` with a list.

use crate::harness::{Answer, App};
use serde_json::{Value, json};

const PATH: &str = "/api/v2.0/results";

fn result(n: usize) -> Value {
    json!({"outcome": "PASSED", "testcase": format!("t-{n}"), "data": {"item": format!("i-{n}")}})
}

fn list(length: usize) -> Value {
    (0..length).map(result).collect()
}

#[track_caller]
fn refused(answer: &Answer) -> String {
    let body = answer.expect(400);
    body["message"].as_str().unwrap().to_owned()
}

#[track_caller]
fn nothing_is_stored(app: &App) {
    for path in ["results", "groups", "testcases"] {
        let stored = app.read(&format!("/api/v2.0/{path}"));
        assert_eq!(stored["data"], json!([]), "{path}");
    }
}

#[test]
fn the_answer_is_the_list_of_stored_results_in_the_order_given() {
    let app = App::start();
    let body = json!([
        {"outcome": "passed", "testcase": {"name": "t", "ref_url": "http://a"}, "note": "first"},
        {"outcome": "FAILED", "testcase": "u", "groups": ["g", {"description": "d"}],
         "data": {"item": ["x", "y"], "n": 1.0}, "ref_url": "http://r", "submit_time": 1_661_324_097_000_u64},
        {"outcome": "INFO", "testcase": {"name": "t", "ref_url": "http://b"}},
    ]);
    let created = app.post(PATH, &body).expect(201);
    let created = created.as_array().unwrap();
    assert_eq!(created.len(), 3);
    for (index, result) in created.iter().enumerate() {
        assert_eq!(result["id"], index + 1);
        // A test case is as it is after the whole list, so that reading says the same.
        assert_eq!(&app.read(&format!("{PATH}/{}", index + 1)), result);
    }
    assert_eq!(created[0]["note"], "first");
    assert_eq!(created[0]["testcase"]["ref_url"], "http://b");
    assert_eq!(created[1]["submit_time"], "2022-08-24T06:54:57");
    assert_eq!(created[1]["groups"].as_array().unwrap().len(), 2);
    let found = app.read(&format!("{PATH}?item=y&groups=g"));
    assert_eq!(found["data"], json!([created[1]]));
}

#[test]
fn a_list_of_one_is_answered_by_a_list() {
    let app = App::start();
    let created = app.post(PATH, &list(1)).expect(201);
    assert_eq!(created, json!([app.read(&format!("{PATH}/1"))]));
}

#[test]
fn a_list_has_1_to_500_entries() {
    let app = App::start();
    assert_eq!(
        refused(&app.post(PATH, &json!([]))),
        "The list has 0 results, it must have 1 to 500. Please send more in several requests."
    );
    assert!(refused(&app.post(PATH, &list(501))).contains("has 501 results"));
    nothing_is_stored(&app);
    let created = app.post(PATH, &list(500)).expect(201);
    let created = created.as_array().unwrap();
    assert_eq!(created.len(), 500);
    for (index, result) in created.iter().enumerate() {
        assert_eq!(result["testcase"]["name"], format!("t-{index}"));
        assert_eq!(result["id"], index + 1);
    }
}

#[test]
fn mistakes_of_all_entries_are_told_and_nothing_is_stored() {
    let app = App::start();
    let answer = app.post(
        PATH,
        &json!([
            result(0),
            {"testcase": "t"},
            5,
            {"outcome": "BAD", "testcase": "t", "groups": [5]},
            {"outcome": "PASSED", "testcase": "t", "data": {"a:b": 1}},
            {"outcome": "PASSED", "testcase": "t", "note": "a\u{0}b"},
        ]),
    );
    answer.expect(400);
    insta::assert_snapshot!(answer.text);
    nothing_is_stored(&app);
}

#[test]
fn at_most_100_mistakes_are_told() {
    let app = App::start();
    let body = app.post(PATH, &json!(vec![json!({}); 500])).expect(400);
    let listed = body["validation_error"].as_array().unwrap();
    assert_eq!(listed.len(), 100);
    assert_eq!(listed[99]["loc"], json!([49, "testcase"]));
}

#[test]
fn a_list_has_at_most_20000_values_and_groups() {
    let app = App::start();
    let full = |values: usize| json!({"outcome": "INFO", "testcase": "t", "data": {"v": vec!["x"; values]}});
    let mut body = vec![full(5_000); 4];
    body.push(full(0));
    body[4]["groups"] = json!(["g"]);
    assert_eq!(
        refused(&app.post(PATH, &json!(body))),
        "The list has 20001 values of extra data and groups, at most 20000 are stored at once. \
         Please send it in parts."
    );
    nothing_is_stored(&app);
    body[4]["groups"] = json!([]);
    assert_eq!(app.post(PATH, &json!(body)).status, 201);
}

//! `GET /api/v2.0/results/latest`.

use crate::harness::{App, ids};
use serde_json::{Value, json};

fn submit(app: &App, test_case: &str, outcome: &str, data: Value, second: u32) -> u64 {
    let result = app.submit(json!({
        "outcome": outcome, "testcase": test_case, "data": data,
        "submit_time": format!("2022-08-01T10:00:{second:02}.000000"),
    }));
    result["id"].as_u64().unwrap()
}

#[test]
fn the_latest_of_each_test_case() {
    let app = App::start();
    let item = json!({"item": "a", "type": "koji_build"});
    submit(&app, "t1", "FAILED", item.clone(), 1);
    submit(&app, "t1", "PASSED", item.clone(), 3);
    submit(&app, "t1", "FAILED", item.clone(), 2);
    submit(&app, "t2", "PASSED", item.clone(), 4);
    submit(&app, "t2", "FAILED", item, 4);
    submit(&app, "t1", "FAILED", json!({"item": "b"}), 5);
    let check = |query: &str, expected: &[u64]| {
        let list = app.read(&format!("/api/v2.0/results/latest?{query}"));
        assert_eq!(ids(&list), expected, "{query}");
        assert_eq!(list.as_object().unwrap().len(), 1, "no links: {list}");
    };
    check("item=a", &[5, 4, 2]);
    check("item=a&type=koji_build&testcases=t1", &[2]);
    check(
        "item=a&outcome=FAILED&limit=1&page=3&_sort=asc:submit_time",
        &[5, 4, 2],
    );
    check("", &[6, 5, 4]);
    check("testcases=t1", &[6]);
    check("testcases:like=*2", &[5, 4]);
    check("since=2022-08-01,2022-08-01T10:00:02", &[3]);
    check("item=a&since=2022-08-01,2022-08-01T10:00:02", &[3]);
    check("item=c", &[]);
}

#[test]
fn values_of_keys_are_kept_apart() {
    let app = App::start();
    submit(
        &app,
        "t",
        "FAILED",
        json!({"item": "a", "scenario": "s1"}),
        1,
    );
    submit(
        &app,
        "t",
        "PASSED",
        json!({"item": "a", "scenario": "s2"}),
        2,
    );
    submit(
        &app,
        "t",
        "PASSED",
        json!({"item": "a", "scenario": "s1"}),
        3,
    );
    submit(&app, "t", "PASSED", json!({"item": "a"}), 4);
    submit(&app, "t", "PASSED", json!({"item": "a"}), 5);
    submit(
        &app,
        "t",
        "PASSED",
        json!({"item": "a", "scenario": ["s3", "s4"]}),
        6,
    );
    submit(
        &app,
        "t",
        "PASSED",
        json!({"item": "a", "scenario": "s4"}),
        7,
    );
    submit(
        &app,
        "t",
        "PASSED",
        json!({"item": "a", "scenario": "s1", "arch": "x"}),
        8,
    );
    let check = |query: &str, expected: &[u64]| {
        assert_eq!(
            ids(&app.read(&format!("/api/v2.0/results/latest?{query}"))),
            expected,
            "{query}"
        );
    };
    check("item=a&_distinct_on=scenario", &[8, 7, 6, 5, 2]);
    check("item=a&_distinct_on=scenario,arch", &[8, 7, 6, 5, 3, 2]);
    check("testcases=t&_distinct_on=scenario", &[8, 7, 6, 5, 2]);
    check("item:like=*&_distinct_on=arch", &[8, 7]);
    check("item=a&scenario=s1,s2&_distinct_on=scenario", &[8, 2]);
    let answer = app.get("/api/v2.0/results/latest?_distinct_on=scenario");
    assert_eq!(
        answer.expect(400)["message"],
        "Please, provide at least one filter beside '_distinct_on'"
    );
}

//! `/api/v2.0/testcases`.

use crate::harness::{App, ids};
use serde_json::{Value, json};

const PATH: &str = "/api/v2.0/testcases";

fn names(list: &Value) -> Vec<&str> {
    let test_cases = list["data"].as_array().unwrap();
    test_cases
        .iter()
        .map(|test_case| test_case["name"].as_str().unwrap())
        .collect()
}

#[test]
fn a_test_case_is_created_and_updated() {
    let app = App::start();
    let created = app.post(PATH, &json!({"name": "a/b c"})).expect(201);
    let href = format!("{}{PATH}/a/b%20c", app.url);
    assert_eq!(
        created,
        json!({"href": href, "name": "a/b c", "ref_url": null})
    );
    let updated = app
        .post(PATH, &json!({"name": "a/b c", "ref_url": "http://tc"}))
        .expect(201);
    assert_eq!(updated["ref_url"], "http://tc");
    let kept = app
        .post(PATH, &json!({"name": "a/b c", "ref_url": null}))
        .expect(201);
    assert_eq!(kept["ref_url"], "http://tc");
    assert_eq!(app.read(&format!("{PATH}/a/b%20c")), kept);
    assert_eq!(
        app.get(&format!("{PATH}/zz")).expect(404)["message"],
        "Testcase not found"
    );
    assert_eq!(app.get(&format!("{PATH}/")).status, 404);
}

#[test]
fn test_cases_are_listed_by_name() {
    let app = App::start();
    for name in ["dist.rpmlint", "a/b", "dist.abicheck"] {
        app.submit(json!({"outcome": "PASSED", "testcase": name}));
    }
    let check = |query: &str, expected: &[&str]| {
        assert_eq!(
            names(&app.read(&format!("{PATH}?{query}"))),
            expected,
            "{query}"
        );
    };
    check("", &["a/b", "dist.abicheck", "dist.rpmlint"]);
    check("name=a/b,%20dist.rpmlint", &["a/b", "dist.rpmlint"]);
    check("name:like=dist.*", &["dist.abicheck", "dist.rpmlint"]);
    check("name=a/b&name:like=dist.*", &["a/b"]);
    let page = app.read(&format!("{PATH}?limit=2"));
    assert_eq!((names(&page).len(), page["next"].is_string()), (2, true));
}

#[test]
fn the_results_of_a_test_case_are_queried() {
    let app = App::start();
    for (name, item) in [("a/b", "x"), ("a/b", "y"), ("a", "x")] {
        app.submit(json!({"outcome": "PASSED", "testcase": name, "data": {"item": item}}));
    }
    assert_eq!(ids(&app.read(&format!("{PATH}/a/b/results"))), [2, 1]);
    assert_eq!(ids(&app.read(&format!("{PATH}/a/results"))), [3]);
    assert_eq!(
        ids(&app.read(&format!("{PATH}/a/b/results?item=x&testcases=a"))),
        [1]
    );
    assert_eq!(
        app.get(&format!("{PATH}/zz/results")).expect(404)["message"],
        "Testcase not found"
    );
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    let answer = app.post(PATH, &json!({"ref_url": "x"}));
    assert_eq!(answer.status, 400);
    insta::assert_snapshot!(answer.text);
    for body in [
        json!({"name": ""}),
        json!({"name": 5}),
        json!({"name": "t", "ref_url": 5}),
        json!("x"),
    ] {
        assert_eq!(app.post(PATH, &body).status, 400, "{body}");
    }
    assert_eq!(app.send("POST", PATH, &[], "").status, 415);
    assert_eq!(names(&app.read(PATH)), Vec::<&str>::new());
}

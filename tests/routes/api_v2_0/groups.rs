//! `/api/v2.0/groups`.

use crate::harness::{App, ids};
use serde_json::{Value, json};

const PATH: &str = "/api/v2.0/groups";

fn uuids(list: &Value) -> Vec<&str> {
    let groups = list["data"].as_array().unwrap();
    groups
        .iter()
        .map(|group| group["uuid"].as_str().unwrap())
        .collect()
}

#[test]
fn a_group_is_created_and_updated() {
    let app = App::start();
    let group = app
        .post(PATH, &json!({"uuid": "g-1", "description": "d"}))
        .expect(201);
    assert_eq!(
        group,
        json!({
            "description": "d", "href": format!("{}{PATH}/g-1", app.url), "ref_url": null,
            "results": format!("{}/api/v2.0/results?groups=g-1", app.url), "results_count": 0, "uuid": "g-1",
        })
    );
    // Only what says something is updated.
    let group = app
        .post(
            PATH,
            &json!({"uuid": "g-1", "ref_url": "u", "description": ""}),
        )
        .expect(201);
    assert_eq!(
        (&group["ref_url"], &group["description"]),
        (&json!("u"), &json!("d"))
    );
    app.submit(json!({"outcome": "PASSED", "testcase": "t", "groups": ["g-1"]}));
    assert_eq!(app.read(&format!("{PATH}/g-1"))["results_count"], 1);
    let fresh = app.post(PATH, &json!({})).expect(201);
    assert_eq!(fresh["uuid"].as_str().unwrap().len(), 36);
}

/// Avocado names the group of a job by 40 hexadecimal digits.
#[test]
fn an_identifier_may_be_a_digest() {
    let app = App::start();
    for uuid in ["a".repeat(40), "é".repeat(64)] {
        let group = app.post(PATH, &json!({"uuid": uuid})).expect(201);
        assert_eq!(group["uuid"], uuid.as_str());
        let result = app.submit(json!({"outcome": "PASSED", "testcase": "t", "groups": [uuid]}));
        assert_eq!(result["groups"], json!([uuid]));
    }
    let long = json!({"outcome": "PASSED", "testcase": "t", "groups": ["a".repeat(65)]});
    assert_eq!(app.post("/api/v2.0/results", &long).status, 400);
}

#[test]
fn groups_are_listed_the_newest_first() {
    let app = App::start();
    for (uuid, description) in [("g-1", "nightly"), ("g-2", "nightly 2"), ("g-3", "other")] {
        app.post(PATH, &json!({"uuid": uuid, "description": description}))
            .expect(201);
    }
    let check = |query: &str, expected: &[&str]| {
        assert_eq!(
            uuids(&app.read(&format!("{PATH}?{query}"))),
            expected,
            "{query}"
        );
    };
    check("", &["g-3", "g-2", "g-1"]);
    check("uuid=g-1,g-3", &["g-3", "g-1"]);
    check("uuid=g-1,%20g-3", &["g-1"]);
    check("description=nightly", &["g-1"]);
    check(
        "description=nightly,other&description:like=*2",
        &["g-3", "g-1"],
    );
    check("description:like=night*", &["g-2", "g-1"]);
    check("description:like=night*&uuid=g-2", &["g-2"]);
    let page = app.read(&format!("{PATH}?limit=1&page=1"));
    assert_eq!(uuids(&page), ["g-2"]);
    assert_eq!(page["next"], format!("{}{PATH}?limit=1&page=2", app.url));
    assert_eq!(app.get(&format!("{PATH}?limit=x")).status, 400);
}

#[test]
fn groups_of_one_result_are_as_old_as_they_are_named() {
    let app = App::start();
    app.submit(json!({"outcome": "PASSED", "testcase": "t", "groups": ["g-1", "g-2"]}));
    assert_eq!(uuids(&app.read(PATH)), ["g-2", "g-1"]);
}

#[test]
fn the_links_of_a_group_lead_to_it_whatever_its_uuid() {
    let app = App::start();
    for uuid in ["a&b=c", "a+b", "a b#c?d", "ä/ö%20", "a:b"] {
        app.submit(json!({"outcome": "PASSED", "testcase": uuid, "groups": [uuid]}));
        let groups = app.read(PATH);
        let group = &groups["data"][0];
        let follow = |name: &str| {
            let link = group[name].as_str().unwrap();
            app.read(link.strip_prefix(&app.url).unwrap())
        };
        assert_eq!(follow("href")["uuid"], uuid);
        let results = follow("results");
        assert_eq!(ids(&results).len(), 1, "{uuid}");
        assert_eq!(results["data"][0]["testcase"]["name"], uuid);
    }
}

#[test]
fn the_results_of_a_group_are_queried() {
    let app = App::start();
    for (group, outcome) in [("a/b", "PASSED"), ("a/b", "FAILED"), ("c", "PASSED")] {
        app.submit(json!({"outcome": outcome, "testcase": "t", "groups": [group]}));
    }
    app.post(PATH, &json!({"uuid": "empty"})).expect(201);
    assert_eq!(ids(&app.read(&format!("{PATH}/c/results"))), [3]);
    assert_eq!(
        ids(&app.read(&format!("{PATH}/a%2Fb/results?outcome=FAILED"))),
        [2]
    );
    assert_eq!(
        ids(&app.read(&format!("{PATH}/empty/results"))),
        Vec::<u64>::new()
    );
    let answer = app.get(&format!("{PATH}/zz/results"));
    assert_eq!(answer.expect(404)["message"], "Group not found: zz");
    assert_eq!(
        app.get(&format!("{PATH}/zz")).expect(404)["message"],
        "Group not found"
    );
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    for body in [
        json!([]),
        json!({"uuid": 5}),
        json!({"uuid": "x".repeat(65)}),
        json!({"description": "a\u{0}"}),
    ] {
        assert_eq!(app.post(PATH, &body).status, 400, "{body}");
    }
    assert_eq!(app.send("POST", PATH, &[], "").status, 415);
    let answer = app.send("PUT", PATH, &[], "");
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("POST, GET, HEAD, OPTIONS"))
    );
    assert_eq!(app.get(&format!("{PATH}/")).status, 404);
    assert_eq!(uuids(&app.read(PATH)), Vec::<&str>::new());
}

#[test]
fn with_a_key_a_group_without_a_uuid_is_made_once() {
    let app = App::start();
    let post = |headers: &[(&str, &str)], body: Value| {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        app.send("POST", PATH, &headers, &body.to_string())
    };
    let uuid = |headers: &[(&str, &str)]| {
        post(headers, json!({"description": "d"})).expect(201)["uuid"].clone()
    };
    let key = ("idempotency-key", "k-1");
    let joe = ("authorization", "Basic am9lOng=");
    let first = uuid(&[key]);
    assert_eq!(
        first.as_str().unwrap().chars().nth(14),
        Some('5'),
        "{first}"
    );
    assert_eq!(uuid(&[key]), first);
    assert_eq!(uuid(&[("idempotency-key", "\"k-1\"")]), first);
    let others = [
        uuid(&[key, joe]),
        uuid(&[("idempotency-key", "k-2")]),
        uuid(&[]),
    ];
    assert!(!others.contains(&first));
    assert_eq!(uuids(&app.read(PATH)).len(), 4);
    assert_eq!(
        post(&[key], json!({"uuid": "mine"})).expect(201)["uuid"],
        "mine"
    );
    assert_eq!(post(&[("idempotency-key", "a b")], json!({})).status, 400);
}

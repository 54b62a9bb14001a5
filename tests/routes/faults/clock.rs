//! A clock that goes back: what is in the store is from days that are still to come. Nothing counts on
//! time but what is asked by time: ids, repetitions and which waiver or set of policies is the newer
//! one follow the order of the store.

use crate::harness::{App, Options, ids, seconds_from_now};
use crate::host::crash::in_the_file::FILE;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// How far the clock goes back, in seconds.
const DAYS: i64 = 10 * 86_400;

/// Moves everything that a stopped host left to the days to come, as if its clock had been ahead. What
/// forbids changes stands in the way, and comes back.
fn was_ahead(state: &Path) {
    let database = Connection::open(state.join(FILE)).unwrap();
    let triggers = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%_stay'";
    let mut statement = database.prepare(triggers).unwrap();
    let texts = statement.query_map([], |row| row.get(0)).unwrap();
    let texts: Vec<String> = texts.map(Result::unwrap).collect();
    assert!(texts.len() >= 4, "{texts:?}");
    for text in &texts {
        let name = text.split_whitespace().nth(2).unwrap();
        database
            .execute(&format!("DROP TRIGGER {name}"), [])
            .unwrap();
    }
    for (table, column) in [
        ("results", "submit_time_us"),
        ("result_data", "submit_time_us"),
        ("result_groups", "submit_time_us"),
        ("result_shapes", "submit_time_us"),
        ("waivers", "timestamp_us"),
        ("waiver_steps", "timestamp_us"),
        ("policy_activations", "since_us"),
    ] {
        let change = format!("UPDATE {table} SET {column} = {column} + ?1");
        database.execute(&change, [DAYS * 1_000_000]).unwrap();
    }
    for text in &texts {
        database.execute(text, []).unwrap();
    }
}

fn result(outcome: &str) -> Value {
    json!({"outcome": outcome, "testcase": "dist.abicheck", "data": {"item": "a-1-1", "type": "koji_build"}})
}

fn waiver(comment: &str) -> Value {
    json!({"subject_type": "koji_build", "subject_identifier": "a-1-1", "testcase": "dist.abicheck",
        "product_version": "fedora-40", "comment": comment})
}

fn keyed(app: &App) -> crate::harness::Answer {
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    app.send(
        "POST",
        "/api/v2.0/results",
        &headers,
        &result("PASSED").to_string(),
    )
}

#[test]
fn results_keep_their_order_and_keys_their_meaning() {
    let state = TempDir::new().unwrap();
    let app = Options::default().state(state.path()).start();
    let first = keyed(&app).expect(201);
    drop(app);
    was_ahead(state.path());

    let app = Options::default().state(state.path()).start();
    let again = keyed(&app);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(201)["id"], first["id"]);
    // Ids go on, and what is listed by time is listed by time.
    let later = app.submit(result("FAILED"));
    assert_eq!(later["id"], json!(2));
    let all = app.read("/api/v2.0/results");
    assert_eq!(ids(&all), [1, 2]);
    assert!(later["submit_time"].as_str() < all["data"][0]["submit_time"].as_str());
    // As in ResultsDB the latest is the one with the latest time.
    let latest = app.read("/api/v2.0/results/latest?testcases=dist.abicheck");
    assert_eq!(ids(&latest), [1]);
    // Until now there is one result.
    let until = format!(
        "/api/v2.0/results?since=2000-01-01,{}",
        seconds_from_now(60.0)
    );
    assert_eq!(ids(&app.read(until.trim_end_matches('Z'))), [2]);
    // A report is stored in whole, in a group of its own.
    let report = app.send(
        "POST",
        "/api/v1/reports?testcase=r&item=a",
        &[],
        "1..2\nok 1\nok 2\n",
    );
    let report = report.expect(201);
    assert_eq!(report["results_count"], 3);
    let uuid = report["group"]["uuid"].as_str().unwrap();
    let cases = app.read(&format!("/api/v2.0/results?groups={uuid}"));
    assert_eq!(ids(&cases), [5, 4, 3]);
}

#[test]
fn the_newer_waiver_is_the_one_that_came_later() {
    let state = TempDir::new().unwrap();
    let app = Options::default().state(state.path()).start();
    app.post_as("joe", "/api/v1.0/waivers/", &waiver("first"))
        .expect(201);
    drop(app);
    was_ahead(state.path());

    let app = Options::default().state(state.path()).start();
    app.post_as("joe", "/api/v1.0/waivers/", &waiver("second"))
        .expect(201);
    let in_force = app.read("/api/v1.0/waivers/?subject_identifier=a-1-1");
    assert_eq!(ids(&in_force), [2]);
    let ended = json!({"comment": "no more"});
    let step = app.post_as("joe", "/api/v1/waivers/2/withdrawal", &ended);
    assert_eq!(step.expect(201)["state"], "withdrawn");
    let in_force = app.read("/api/v1.0/waivers/?subject_identifier=a-1-1");
    assert_eq!(ids(&in_force), [0; 0]);
}

#[test]
fn the_active_policies_are_those_that_were_noted_last() {
    let (state, policies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let start = |test_case: &str| {
        let text = format!(
            "--- !Policy\nid: p\nproduct_versions: ['*']\ndecision_context: c\nsubject_type: s\nrules:\n  \
             - !PassingTestCaseRule {{test_case_name: {test_case}}}\n"
        );
        std::fs::write(policies.path().join("p.yaml"), text).unwrap();
        let options = Options::default().state(state.path());
        options.policies(policies.path()).start()
    };
    let missing = |app: &App, as_of: Option<f64>| {
        let mut body = json!({"product_version": "v", "decision_context": "c", "subject_type": "s",
            "subject_identifier": "i", "verbose": true});
        if let Some(seconds) = as_of {
            body["policies_as_of"] = json!(seconds_from_now(seconds));
        }
        let answer = app.post("/api/v1.0/decision", &body).expect(200);
        answer["unsatisfied_requirements"][0]["testcase"].clone()
    };
    assert_eq!(missing(&start("ahead"), None), "ahead");
    was_ahead(state.path());
    let app = start("after");
    for as_of in [None, Some(0.0), Some(DAYS as f64 + 60.0)] {
        assert_eq!(missing(&app, as_of), "after", "{as_of:?}");
    }
}

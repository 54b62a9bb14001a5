//! resultsdb_api: every public call, asserted by the script, and what it has left behind.

use super::Clients;
use crate::harness::{App, ids};

#[test]
fn every_call_works() {
    let Some(clients) = Clients::find("resultsdb") else {
        return;
    };
    let app = App::start();
    clients.script(&app, "every_call.py");
    // Two results of one test case and one of another; the refused ones have left nothing behind.
    let results = app.read("/api/v2.0/results?_sort=asc:submit_time");
    assert_eq!(ids(&results), [1, 2, 3]);
    let whole = &results["data"][1];
    assert_eq!(whole["outcome"], "FAILED");
    assert_eq!(
        whole["data"]["arch"],
        serde_json::json!(["x86_64", "noarch"])
    );
    assert_eq!(whole["note"], "libfoo is missing");
    // The token that the client puts into every body is no data.
    assert!(!results.to_string().contains("t0ken"), "{results}");
    let test_cases = app.read("/api/v2.0/testcases");
    let names = test_cases["data"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|test_case| &test_case["name"]).collect();
    assert_eq!(
        names,
        ["dist.depcheck", "dist.rpmlint", "team/suite/a test"]
    );
}

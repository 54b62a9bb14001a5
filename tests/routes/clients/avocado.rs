//! The Avocado test framework with its ResultsDB plugin: a job of a few tests, whose group and results
//! arrive while it runs.

use super::{Clients, file};
use crate::harness::App;
use serde_json::{Value, json};

/// Test, status of Avocado, outcome, note.
const ARRIVE: &[(&str, &str, &str, &str)] = &[
    (
        "test_passes_for_a_reason",
        "PASS",
        "PASSED",
        "the moon is round",
    ),
    (
        "test_fails",
        "FAIL",
        "FAILED",
        "the moon is not made of cheese",
    ),
    ("test_is_skipped", "SKIP", "INFO", "no cow at hand"),
    ("test_breaks", "ERROR", "NEEDS_INSPECTION", "out of cheese"),
    (
        "test_results_are_live",
        "PASS",
        "PASSED",
        "4 results have arrived",
    ),
];

#[test]
fn a_job_arrives_while_it_runs() {
    let Some(clients) = Clients::find("avocado") else {
        return;
    };
    let app = App::start();
    let api = format!("{}/api/v2.0", app.url);
    let folder = clients.home().join("jobs").display().to_string();
    let tests = file("avocado/tiny.py").display().to_string();
    let ended = clients.run(
        &app,
        "avocado",
        &[
            "run",
            "--disable-sysinfo",
            "--max-parallel-tasks=1",
            "--job-results-dir",
            &folder,
            "--resultsdb-api",
            &api,
            "--resultsdb-logs",
            "http://logs.example.org",
            &tests,
        ],
    );
    let said = &ended.said;
    // 1 is Avocado's code for a job in which a test has not passed.
    assert_eq!(ended.code, Some(1), "{said}");
    let counts = "RESULTS    : PASS 3 | ERROR 1 | FAIL 1 | SKIP 1 | WARN 0";
    assert!(said.contains(counts), "{said}");
    // Avocado goes on when a plugin fails and says so. This plugin fails by itself, before it asks us
    // anything, when a test has passed without giving a reason.
    assert_eq!(said.matches("Error running method").count(), 1, "{said}");
    assert!(said.contains("KeyError: 'fail_reason'"), "{said}");

    let groups = app.read("/api/v2.0/groups");
    assert_eq!(groups["data"].as_array().unwrap().len(), 1, "{groups}");
    let group = &groups["data"][0];
    let job = group["uuid"].as_str().unwrap();
    assert!(said.contains(&format!("JOB ID     : {job}")), "{said}");
    assert_eq!(job.len(), 40);
    let description = group["description"].as_str().unwrap();
    assert_eq!(
        group["ref_url"],
        format!("http://logs.example.org/{description}")
    );
    assert_eq!(group["results_count"], ARRIVE.len());
    results(&app, job, &tests);
}

fn results(app: &App, job: &str, tests: &str) {
    let list = app.read(&format!(
        "/api/v2.0/groups/{job}/results?_sort=asc:submit_time"
    ));
    let results = list["data"].as_array().unwrap();
    assert_eq!(results.len(), ARRIVE.len(), "{list}");
    for (result, (test, status, outcome, note)) in results.iter().zip(ARRIVE) {
        // Avocado names a test after its file, whose path starts with a slash here.
        assert_eq!(result["testcase"]["name"], format!("{tests}:Tiny.{test}"));
        let href = result["testcase"]["href"].as_str().unwrap();
        let path = href.strip_prefix(&app.url).unwrap();
        assert_eq!(app.read(path), result["testcase"]);
        assert_eq!(result["outcome"], *outcome, "{test}");
        assert_eq!(result["note"], *note);
        assert_eq!(result["data"]["status"], json!([status]));
        let link = result["ref_url"].as_str().unwrap();
        assert!(link.starts_with("http://logs.example.org/job-"), "{link}");
    }
    let whiteboard = |place: usize| -> &Value { &results[place]["data"]["whiteboard"] };
    assert_eq!(*whiteboard(0), json!(["all is well"]));
    assert_eq!(*whiteboard(1), json!([""]));
}

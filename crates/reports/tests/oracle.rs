//! Every report of other people's projects gives what an independent reader found in it. The data is
//! not part of this repository: without it the test says so and passes, except with `CI=true`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use reports::{Case, Counts, Kind, Outcome, Report, Status};
use serde_json::Value;
use std::fmt::Write;
use std::path::PathBuf;

fn data() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/data"))
        .find(|folder| folder.join("expected.json").is_file())
        .or_else(|| std::env::var_os("SLUICEGATE_SHARED").map(PathBuf::from));
    if folder.is_none() {
        let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(
            !is_ci,
            "no folder shared/data above this one, and SLUICEGATE_SHARED is not set"
        );
        eprintln!(
            "SKIPPED: no folder shared/data above this one, and SLUICEGATE_SHARED is not set"
        );
    }
    folder
}

fn expected(folder: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("readable");
    serde_json::from_str(&text).expect("JSON")
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "PASSED",
        Outcome::Failed => "FAILED",
        Outcome::Errored => "ERROR",
        Outcome::Info => "INFO",
    }
}

fn status(case: &Case) -> &'static str {
    match case.status {
        Status::Passed if case.is_todo => "todo_passed",
        Status::Passed => "passed",
        Status::Failed => "failed",
        Status::Errored => "errored",
        Status::Skipped => "skipped",
        Status::Todo => "todo",
    }
}

/// What differs, in words; empty if nothing does.
fn compare(report: &Report, expected: &Value) -> Vec<String> {
    let Counts {
        passed,
        failed,
        errored,
        skipped,
        todo,
        flaky,
        todo_passed,
        seconds,
    } = report.summary.counts;
    let mut differ = Vec::new();
    for (name, ours) in [
        ("tests", report.summary.counts.total()),
        ("passed", passed),
        ("failed", failed),
        ("errored", errored),
        ("skipped", skipped),
        ("todo", todo),
        ("flaky", flaky),
        ("todo_passed", todo_passed),
    ] {
        let theirs = number(&expected[name]);
        if ours != theirs {
            differ.push(format!("{name}: {ours} instead of {theirs}"));
        }
    }
    let theirs = expected["duration_s"].as_f64();
    let is_equal = match (seconds, theirs) {
        (Some(ours), Some(theirs)) => (ours - theirs).abs() <= 1e-3 + theirs * 1e-6,
        (ours, theirs) => ours.is_none() == theirs.is_none(),
    };
    if !is_equal {
        differ.push(format!("duration: {seconds:?} instead of {theirs:?}"));
    }
    let rollup = outcome(report.summary.outcome());
    let accepted = expected["rollup_accept"].as_array().expect("a list");
    if !accepted.iter().any(|name| name == rollup) {
        differ.push(format!("roll-up: {rollup} instead of {accepted:?}"));
    }
    for (index, name) in expected["first_names"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let ours = report.cases.get(index).map(|case| case.full_name.as_str());
        if ours.map(str::trim) != name.as_str().map(str::trim) {
            differ.push(format!("case {index}: {ours:?} instead of {name}"));
        }
    }
    for (index, case) in expected["first_cases"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let ours = report.cases.get(index).map(status);
        let theirs = case["outcome"].as_str();
        if theirs.is_some() && ours != theirs {
            differ.push(format!("case {index}: {ours:?} instead of {theirs:?}"));
        }
    }
    differ
}

fn check_all(family: &str) {
    let Some(folder) = data() else { return };
    let expected = expected(&folder);
    let mut table = String::new();
    let mut failures = 0;
    for (path, expected) in expected[family].as_object().expect("files") {
        let bytes = std::fs::read(folder.join(path)).expect(path);
        let parses = expected["parses"] == true;
        let (row, differ) = match reports::read(&bytes, None) {
            Ok(report) if parses => {
                let counts = report.summary.counts;
                let row = format!(
                    "{} cases: {} passed, {} failed, {} errored, {} skipped, {} todo; {}",
                    counts.total(),
                    counts.passed,
                    counts.failed,
                    counts.errored,
                    counts.skipped,
                    counts.todo,
                    outcome(report.summary.outcome())
                );
                (row, compare(&report, expected))
            }
            Ok(_) => (
                "read".into(),
                vec![format!("must be refused: {}", expected["reason"])],
            ),
            Err(problem) => {
                let row = format!("{}:{} {}", problem.line, problem.column, problem.message);
                let mut differ = Vec::new();
                if parses {
                    differ.push("must be read".to_owned());
                }
                if expected["error_line"]
                    .as_u64()
                    .is_some_and(|line| line != problem.line)
                {
                    differ.push(format!(
                        "line {} instead of {}",
                        problem.line, expected["error_line"]
                    ));
                }
                if problem.line == 0 || problem.kind != Kind::Broken {
                    differ.push("no place".to_owned());
                }
                (row, differ)
            }
        };
        failures += usize::from(!differ.is_empty());
        writeln!(
            table,
            "{} {path}: {row}",
            if differ.is_empty() { "ok  " } else { "FAIL" }
        )
        .expect("text");
        for difference in differ {
            writeln!(table, "       {difference}").expect("text");
        }
    }
    println!("{table}");
    assert_eq!(failures, 0, "files differ from what was expected:\n{table}");
}

#[test]
fn junit_files_give_what_is_expected() {
    check_all("junit");
}

#[test]
fn tap_files_give_what_is_expected() {
    check_all("tap");
}

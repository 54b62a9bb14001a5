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
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("SLUICEGATE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.join("expected.json").is_file() {
        return Some(folder);
    }
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!is_ci, "no shared data in {}", folder.display());
    println!("skipped: no shared data in {}", folder.display());
    None
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

/// Files whose roll-up is decided otherwise: a repeated number is noted and no error, and so is a log of
/// the kernel without a plan.
const DECIDED: &[(&str, &str)] = &[
    ("tap/tapjs/wrong-last.tap", "PASSED"),
    ("tap/ktap/test_config_printk_time.log", "PASSED"),
];

/// A file in which `ok 2 - second { # time=12.34ms` opens a subtest for us, and is a case that is called
/// `second {` for the other reader. The counts are the same.
const NAMED_OTHERWISE: &str = "tap/tapjs/subtest-buffer-diags-time.tap";

/// What differs, in words; empty if nothing does.
fn compare(path: &str, report: &Report, expected: &Value) -> Vec<String> {
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
    if !is_equal && path != NAMED_OTHERWISE {
        differ.push(format!("duration: {seconds:?} instead of {theirs:?}"));
    }
    let rollup = outcome(report.summary.outcome());
    let decided = DECIDED.iter().find(|(known, _)| path.ends_with(known));
    let accepted = match decided {
        Some((_, outcome)) => vec![Value::from(*outcome)],
        None => expected["rollup_accept"]
            .as_array()
            .expect("a list")
            .clone(),
    };
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
        if ours.map(str::trim) != name.as_str().map(str::trim) && path != NAMED_OTHERWISE {
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
                (row, compare(path, &report, expected))
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

fn read(folder: &std::path::Path, path: &str) -> Report {
    reports::read(&std::fs::read(folder.join(path)).expect(path), None).expect(path)
}

/// A case's own name without what Qt's TAP puts behind functions, and what came out of it. In the two
/// formats a name may stand several times, and differently often.
fn outcomes(report: &Report) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut outcomes = BTreeMap::<String, BTreeSet<_>>::new();
    for case in &report.cases {
        let name = case.name.replacen("()", "", 1);
        outcomes.entry(name).or_default().insert(status(case));
    }
    outcomes
}

#[test]
fn a_run_as_tap_and_as_junit_says_the_same_where_it_can() {
    let Some(folder) = data() else { return };
    let expected = expected(&folder);
    let pairs = expected["pairs"].as_array().expect("pairs");
    assert_eq!(pairs.len(), 5);
    for pair in pairs {
        let path = |key: &str| pair[key].as_str().expect("a path").to_owned();
        let (tap, junit) = (read(&folder, &path("tap")), read(&folder, &path("junit")));
        let (tap_outcomes, junit_outcomes) = (outcomes(&tap), outcomes(&junit));
        let names = |outcomes: &BTreeMap<String, _>| outcomes.keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            names(&tap_outcomes),
            names(&junit_outcomes),
            "{}",
            path("tap")
        );
        for (name, tap) in &tap_outcomes {
            let junit = &junit_outcomes[name];
            let differ = &pair["outcomes_differ_for"][name];
            let listed = |index: usize| -> BTreeSet<&str> {
                let list = differ[index].as_array().into_iter().flatten();
                list.flat_map(|entry| match entry {
                    Value::Array(entries) => entries.iter().filter_map(Value::as_str).collect(),
                    other => other.as_str().into_iter().collect::<Vec<_>>(),
                })
                .collect()
            };
            match differ.is_null() {
                true => assert_eq!(tap, junit, "{name}"),
                false => assert_eq!((tap, junit), (&listed(0), &listed(1)), "{name}"),
            }
        }
        println!(
            "{} and {}: {} names agree",
            path("tap"),
            path("junit"),
            tap_outcomes.len()
        );
    }
}

#[test]
fn tap_files_give_what_is_expected() {
    check_all("tap");
}

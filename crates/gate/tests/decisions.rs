//! Decides the cases of `tests/cases/decisions`, one folder each: policies, results, waivers and a request go in, and what comes out is
//! compared with `expected.json` (status, body, and for verbose requests the ids of the results and waivers shown).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use std::fs;
use std::path::{Path, PathBuf};

use gate::{
    DecisionRequest, Facts, GateConfig, PolicySet, RemoteFetch, ResultRead, SourceFile, TestResult,
    Waiver, WaiverFilter,
};
use serde_json::{Value, json};

fn cases_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/decisions")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not text: {value}"))
        .to_owned()
}

/// A list of texts; nothing is an empty one.
fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

/// µs since the epoch of `2024-05-01T10:00:00` or `2024-05-01T10:00:00.000001`.
fn micros(value: &Value) -> i64 {
    let text = text(value);
    let number = |range: std::ops::Range<usize>| -> u32 { text[range].parse().unwrap() };
    let month = time::Month::try_from(number(5..7) as u8).unwrap();
    let date =
        time::Date::from_calendar_date(number(0..4) as i32, month, number(8..10) as u8).unwrap();
    let seconds = (number(11..13) * 60 + number(14..16)) * 60 + number(17..19);
    let fraction = if text.len() > 19 { number(20..26) } else { 0 };
    (date.midnight().assume_utc().unix_timestamp() + i64::from(seconds)) * 1_000_000
        + i64::from(fraction)
}

fn results(path: &Path) -> Vec<TestResult> {
    let result = |value: &Value| TestResult {
        id: value["id"].as_i64().unwrap(),
        testcase: text(&value["testcase"]),
        outcome: text(&value["outcome"]),
        submit_time_us: micros(&value["submit_time"]),
        data: serde_json::from_value(value["data"].clone()).unwrap(),
    };
    read_json(path)
        .as_array()
        .unwrap()
        .iter()
        .map(result)
        .collect()
}

fn waivers(path: &Path) -> Vec<Waiver> {
    let waiver = |value: &Value| Waiver {
        id: value["id"].as_i64().unwrap(),
        subject_type: text(&value["subject_type"]),
        subject_identifier: text(&value["subject_identifier"]),
        testcase: text(&value["testcase"]),
        product_version: text(&value["product_version"]),
        product_version_globs: texts(&value["product_versions"]),
        contexts: texts(&value["contexts"]),
        architecture: value["architecture"].as_str().map(str::to_owned),
        variant: value["variant"].as_str().map(str::to_owned),
        scenario: value["scenario"].as_str().map(str::to_owned),
        waived: value["waived"].as_bool().unwrap(),
        timestamp_us: micros(&value["timestamp"]),
    };
    read_json(path)
        .as_array()
        .unwrap()
        .iter()
        .map(waiver)
        .collect()
}

/// What a store would hand over for a read: results of any of the queries and of the test cases asked for.
fn read_results(stored: &[TestResult], read: &ResultRead) -> Vec<TestResult> {
    let found = |result: &&TestResult| {
        let by_testcase = read
            .testcases
            .as_ref()
            .is_none_or(|names| names.contains(&result.testcase));
        let by_query = read.queries.iter().any(|query| {
            query.iter().all(|(key, accepted)| {
                result
                    .data
                    .get(key)
                    .is_some_and(|values| values.iter().any(|value| accepted.contains(value)))
            })
        });
        by_testcase && by_query
    };
    stored.iter().filter(found).cloned().collect()
}

fn read_waivers(stored: &[Waiver], filters: &[WaiverFilter]) -> Vec<Waiver> {
    let found = |waiver: &&Waiver| {
        filters.iter().any(|filter| {
            filter.subject_type == waiver.subject_type
                && filter.subject_identifier == waiver.subject_identifier
                && (filter.product_version == waiver.product_version
                    || !waiver.product_version_globs.is_empty())
                && filter
                    .testcase
                    .as_ref()
                    .is_none_or(|testcase| *testcase == waiver.testcase)
        })
    };
    stored.iter().filter(found).cloned().collect()
}

/// Decides a case as an endpoint would. A `gating.yaml` in the folder is what a fetch of the remote rules' file finds.
fn decide(dir: &Path) -> Value {
    let policy = read(&dir.join("policy.yaml"));
    let subject_types = read(&cases_dir().join("subject_types.yaml"));
    let policies = PolicySet::load(
        &[SourceFile {
            path: "policy.yaml",
            text: &policy,
        }],
        &[SourceFile {
            path: "subject_types.yaml",
            text: &subject_types,
        }],
    )
    .unwrap();
    let body = fs::read(dir.join("request.json")).unwrap();
    let refused =
        |status: u16, message: String| json!({"status": status, "body": {"message": message}});
    let request = match DecisionRequest::from_slice(&body, &policies) {
        Ok(request) => request,
        Err(error) => return refused(error.status(), error.to_string()),
    };

    let config = GateConfig::default();
    let mut facts = Facts::default();
    let first = match gate::plan(&policies, &config, &request) {
        Ok(plan) => plan,
        Err(error) => return refused(error.status(), error.to_string()),
    };
    for need in first.remote_needs() {
        let source = format!(
            "https://git.example/{}/gating.yaml",
            need.subject.identifier
        );
        let fetch = RemoteFetch::Found {
            source,
            text: read(&dir.join("gating.yaml")),
        };
        facts.add_remote_rule(
            &need.subject.subject_type.id,
            &need.subject.identifier,
            &need.sources,
            fetch,
        );
    }
    let plan = gate::plan_with(&policies, &config, &request, &facts).unwrap();

    let stored = results(&dir.join("results.json"));
    let mut found = vec![Vec::new(); plan.subjects().len()];
    for read in plan.reads() {
        found[read.subject] = read_results(&stored, &read);
    }
    let evaluation = match plan.evaluate(&found) {
        Ok(evaluation) => evaluation,
        Err(error) => return refused(error.status(), error.to_string()),
    };
    let stored = waivers(&dir.join("waivers.json"));
    let found = read_waivers(&stored, &evaluation.waiver_filters());
    let decision = evaluation.apply_waivers(&found);

    let mut answer = json!({"status": 200, "body": serde_json::to_value(&decision).unwrap()});
    if let (Some(results), Some(waivers)) = (&decision.result_ids, &decision.waiver_ids) {
        answer["results"] = json!(results);
        answer["waivers"] = json!(waivers);
        let verbose = serde_json::to_string(&decision.verbose(results, waivers)).unwrap();
        let positions: Vec<Option<usize>> = [
            "policies_satisfied",
            "\"results\"",
            "\"satisfied_requirements\"",
            "\"summary\"",
            "\"waivers\"",
        ]
        .iter()
        .map(|key| verbose.find(key))
        .collect();
        assert!(
            positions.is_sorted() && positions.iter().all(Option::is_some),
            "{verbose}"
        );
    }
    answer
}

#[test]
fn every_case_is_decided_as_expected() {
    let mut dirs: Vec<PathBuf> = fs::read_dir(cases_dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    dirs.sort();
    assert!(dirs.len() >= 25, "only {} cases", dirs.len());
    let mut wrong = Vec::new();
    for dir in &dirs {
        let (actual, expected) = (decide(dir), read_json(&dir.join("expected.json")));
        if actual != expected {
            let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
            wrong.push(format!(
                "{}\n--- expected\n{}\n--- actual\n{}",
                dir.display(),
                pretty(&expected),
                pretty(&actual)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases differ\n{}",
        wrong.len(),
        dirs.len(),
        wrong.join("\n\n")
    );
}

//! Real messages give what an independent reader of them found.
//!
//! They are shared data outside the repository: `SLUICEGATE_SHARED`, else `shared/data` beside the
//! workspace. Without them the test is skipped with a printed line, or fails where `CI` is `true`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use messages::{Delivered, Delivery, Group, Mapped, Message, NewResult, Verdict};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn shared_dir() -> Option<PathBuf> {
    let dir = std::env::var_os("SLUICEGATE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if dir.join("expected.json").is_file() {
        return Some(dir);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "no shared data in {}",
        dir.display()
    );
    println!("skipped: no shared data in {}", dir.display());
    None
}

fn read(path: &Path, topic: Option<&str>) -> Message {
    let outcomes = [
        "PASSED",
        "INFO",
        "FAILED",
        "NEEDS_INSPECTION",
        "QUEUED",
        "RUNNING",
        "ERROR",
    ];
    let delivery = Delivery {
        topic,
        id: None,
        headers: &[],
        outcomes: &outcomes.map(str::to_owned),
    };
    match messages::read(&delivery, &fs::read(path).unwrap()) {
        Delivered::One(message) => *message,
        Delivered::Batch(_) => panic!("{} is no batch", path.display()),
    }
}

/// A result in the form of `expected.json`.
fn shown(result: &NewResult) -> Value {
    let group = match result.group.as_ref().unwrap() {
        Group::Fresh { ref_url } => json!({"ref_url": ref_url}),
        Group::OfRun { ref_url } => json!({"ref_url": ref_url, "description": ref_url}),
    };
    let of_data = |key: &str| result.data.get(key).cloned().unwrap_or(Value::Null);
    json!({
        "testcase": result.test_case,
        "testcase_ref_url": result.test_case_ref_url,
        "outcome": result.outcome,
        "ref_url": result.ref_url,
        "note": result.note,
        "data": result.data,
        "groups": [group],
        "item": of_data("item"),
        "type": of_data("type"),
    })
}

/// What is expected, without what is no part of a result. Groups of upstream have random
/// identifiers.
fn wanted(result: &Value) -> Value {
    let mut result = result.clone();
    let fields = result.as_object_mut().unwrap();
    fields.remove("differs_from_upstream");
    for group in fields["groups"].as_array_mut().unwrap() {
        let uuid = group.as_object_mut().unwrap().remove("uuid");
        assert_eq!(uuid, Some(json!("<fresh uuid>")));
    }
    result
}

/// Test cases and outcomes of the cases of an embedded report.
fn cases(mapped: &Mapped) -> Vec<(String, String)> {
    let cases = mapped.cases.iter();
    cases
        .map(|case| (case.test_case.clone(), case.outcome.clone()))
        .collect()
}

/// The same as the independent reader found them: it lists the first five.
fn expected_cases(expected: &Value) -> Vec<(String, String)> {
    let report = &expected["embedded_xunit"]["junit"];
    let Some(cases) = report["first_cases"].as_array() else {
        return Vec::new();
    };
    assert_eq!(report["tests"], cases.len(), "only short reports are here");
    let prefix = expected["results"][0]["testcase"].as_str().unwrap();
    let case = |case: &Value| {
        let name = format!("{prefix}.{}", case["joined"].as_str().unwrap());
        (name, case["outcome"].as_str().unwrap().to_uppercase())
    };
    cases.iter().map(case).collect()
}

#[test]
fn real_messages_give_what_is_expected() {
    let Some(shared) = shared_dir() else { return };
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(shared.join("expected.json")).unwrap()).unwrap();
    let expected = expected["ci-messages"].as_object().unwrap();
    assert!(expected.len() >= 20, "only {} messages", expected.len());
    for (path, expected) in expected {
        let message = read(&shared.join(path), expected["assumed_topic"].as_str());
        assert_eq!(
            message.topic.as_deref(),
            expected["topic"].as_str(),
            "{path}"
        );
        let (verdict, results, remark) = match &message.verdict {
            Verdict::Results(mapped) => (
                "results",
                mapped.results.iter().map(shown).collect(),
                format!("{} cases", mapped.cases.len()),
            ),
            Verdict::Ignored(reason) => ("ignored", Vec::new(), reason.clone()),
            Verdict::Rejected(rejection) => (
                "rejected",
                Vec::new(),
                format!("{}: {}", rejection.path, rejection.reason),
            ),
        };
        if let Verdict::Results(mapped) = &message.verdict {
            assert_eq!(cases(mapped), expected_cases(expected), "{path}");
        }
        println!("{path}: {verdict}, {} results, {remark}", results.len());
        assert_eq!(verdict, expected["verdict"], "{path}: {remark}");
        let wanted: Vec<Value> = expected["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(wanted)
            .collect();
        // The order of a bulk message is that of its names.
        let sorted = |mut results: Vec<Value>| {
            results.sort_by_key(|result| result["testcase"].to_string());
            results
        };
        assert_eq!(sorted(results), sorted(wanted), "{path}");
    }
}

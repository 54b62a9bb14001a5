//! Decides the cases of `tests/cases/decisions`, one folder each: policies, results, waivers and a request go in, and what comes out is
//! compared with `expected.json` (status, body, and for verbose requests the ids of the results and waivers shown). `support` says what else
//! a folder may have.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

mod support;

use serde_json::Value;
use support::{Case, case_dirs, read_json};

#[test]
fn every_case_is_decided_as_expected() {
    let dirs = case_dirs();
    assert!(dirs.len() >= 280, "only {} cases", dirs.len());
    let mut wrong = Vec::new();
    for dir in &dirs {
        let (actual, expected) = (
            Case::read(dir).decide(),
            read_json(&dir.join("expected.json")),
        );
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

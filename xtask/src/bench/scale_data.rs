//! What the table of `bench scale` is measured on: the corpus of the benchmark, spread over a year,
//! with groups small and large, and with values that are frequent but never meet.

use super::data::{Corpus, Random};
use serde_json::{Value, json};

/// The first submit time: 2026-01-01T00:00:00Z, in milliseconds.
const FIRST_MS: u64 = 1_767_225_600_000;
/// How long the submissions take, in milliseconds: a year.
const SPAN_MS: u64 = 365 * 86_400_000;
/// Results per run of a pipeline; every other run is a group.
const RESULTS_PER_RUN: u64 = 10;

/// The body that submits the result of this number.
pub fn result(corpus: &Corpus, index: u64) -> Value {
    let mut body = corpus.result(index);
    let mut random = Random::new(u64::MAX / 2 - index);
    let kind = body.pointer("/data/type").cloned().unwrap_or_default();
    if let Some(Value::Object(data)) = body.get_mut("data") {
        // Only updates have scenarios: each is frequent, and never meets a build.
        if kind == "bodhi_update" && random.below(4) == 0 {
            data.insert(
                "scenario".into(),
                "fedora.updates-server.x86_64.bios".into(),
            );
        }
        if random.below(200) == 0 {
            data.insert("arch".into(), json!(["x86_64", "aarch64", "s390x"]));
        }
    }
    if let Value::Object(fields) = &mut body {
        if kind == "compose" {
            // A test case with a twentieth of all results, which only composes have.
            fields.insert("testcase".into(), "compose.nightly".into());
        }
        let submitted = FIRST_MS + SPAN_MS / corpus.results.max(1) * index;
        fields.insert("submit_time".into(), submitted.into());
        let run = index / RESULTS_PER_RUN;
        let mut groups = Vec::new();
        if run.is_multiple_of(2) {
            groups.push(json!({
                "uuid": format!("run-{run}"),
                "description": format!("run {run} of pipeline {}", run % 50),
            }));
        }
        // A group that a tenth of all results is in.
        if random.below(10) == 0 {
            groups.push(json!({"uuid": "nightly", "description": "everything nightly"}));
        }
        fields.insert("groups".into(), groups.into());
    }
    body
}

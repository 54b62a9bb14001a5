//! `POST /api/v1/simulate`: which gates a draft opens and closes.

mod limits;
mod remote;
mod spans;

use crate::harness::{Answer, App, with};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/simulate";
const CONTEXT: &str = "bodhi_update_push_testing";

/// A draft for builds with these rules.
fn draft(rules: &str) -> String {
    format!(
        "--- !Policy\nid: draft\nproduct_versions: [fedora-*]\ndecision_context: {CONTEXT}\nsubject_type: koji_build\nrules:\n{rules}"
    )
}

/// A draft that asks for these test cases.
fn asking(test_cases: &[&str]) -> String {
    let rule = |name: &&str| format!("  - !PassingTestCaseRule {{test_case_name: {name}}}\n");
    draft(&test_cases.iter().map(rule).collect::<String>())
}

fn builds(names: &[&str]) -> Value {
    let build = |name: &&str| json!({"type": "koji_build", "item": name});
    names.iter().map(build).collect()
}

/// The body of a simulation, with what is given besides.
fn body(policies: impl Into<Value>, extra: Value) -> Value {
    let body = json!({
        "policies": policies.into(), "decision_context": CONTEXT, "product_version": "fedora-40",
    });
    with(body, extra)
}

fn submit(app: &App, item: &str, test_case: &str, outcome: &str) {
    submit_at(app, item, test_case, outcome, None);
}

fn submit_at(app: &App, item: &str, test_case: &str, outcome: &str, time: Option<&str>) {
    let mut result = json!({"outcome": outcome, "testcase": test_case, "data": {"item": item, "type": "koji_build"}});
    if let Some(time) = time {
        result["submit_time"] = json!(time);
    }
    app.submit(result);
}

fn waive(app: &App, item: &str, test_case: &str) {
    let body = json!({"subject_type": "koji_build", "subject_identifier": item, "testcase": test_case, "product_version": "fedora-40", "comment": "known"});
    app.post_as("joe", "/api/v1.0/waivers/", &body).expect(201);
}

/// What a simulation said, line by line.
struct Said {
    flips: Vec<Value>,
    progress: Vec<Value>,
    summary: Value,
}

impl Said {
    #[track_caller]
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
        assert_eq!(answer.header("content-length"), None);
        let lines = answer.text.lines().map(|line| {
            serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}"))
        });
        let mut lines: Vec<Value> = lines.collect();
        let summary = lines.pop().unwrap()["summary"].take();
        assert!(summary.is_object(), "{}", answer.text);
        let of = |name: &str| {
            let lines = lines.iter().filter_map(|line| line.get(name));
            lines.cloned().collect::<Vec<_>>()
        };
        let said = Self {
            flips: of("flip"),
            progress: of("progress"),
            summary,
        };
        assert_eq!(said.flips.len() + said.progress.len(), lines.len());
        said
    }

    /// The sums of these names.
    fn sums(&self, names: &[&str]) -> Vec<u64> {
        let sum = |name: &&str| self.summary[*name].as_u64().unwrap();
        names.iter().map(sum).collect()
    }

    /// Decided, opens, closes, unchanged, undecidable.
    fn counts(&self) -> Vec<u64> {
        self.sums(&["decided", "opens", "closes", "unchanged", "undecidable"])
    }

    /// Direction and item of each flip.
    fn directions(&self) -> Vec<(&str, &str)> {
        let flips = self.flips.iter().map(|flip| {
            (
                flip["direction"].as_str().unwrap(),
                flip["subject"]["item"].as_str().unwrap(),
            )
        });
        flips.collect()
    }
}

#[track_caller]
fn simulate(app: &App, body: &Value) -> Said {
    Said::of(&app.post(PATH, body))
}

#[test]
fn a_draft_opens_closes_and_leaves() {
    let app = App::start();
    submit(&app, "both-1-1", "dist.rpmdeplint", "PASSED");
    submit(&app, "both-1-1", "fresh.test", "PASSED");
    submit(&app, "closes-1-1", "dist.rpmdeplint", "PASSED");
    submit(&app, "closes-1-1", "fresh.test", "FAILED");
    submit(&app, "opens-1-1", "dist.rpmdeplint", "FAILED");
    submit(&app, "opens-1-1", "fresh.test", "PASSED");
    submit(&app, "waived-1-1", "dist.rpmdeplint", "PASSED");
    waive(&app, "waived-1-1", "fresh.test");
    let names = [
        "both-1-1",
        "closes-1-1",
        "opens-1-1",
        "waived-1-1",
        "neither-1-1",
    ];
    let asked = body(asking(&["fresh.test"]), json!({"subjects": builds(&names)}));
    let said = simulate(&app, &asked);
    assert_eq!(said.counts(), [5, 1, 1, 3, 0]);
    assert_eq!(
        said.directions(),
        [("closes", "closes-1-1"), ("opens", "opens-1-1")]
    );
    let closes = &said.flips[0];
    assert_eq!(
        closes["before"],
        json!({"policies_satisfied": true, "summary": "All required tests (1 total) have passed or been waived", "applicable_policies": ["builds_to_testing"]})
    );
    assert_eq!(
        closes["after"],
        json!({"policies_satisfied": false, "summary": "Of 1 required test, 1 test failed", "applicable_policies": ["draft"]})
    );
    let reason = &closes["reasons"][0];
    assert_eq!(reason["policy"], "draft");
    assert_eq!(reason["otherwise"], "not-required");
    assert_eq!(reason["requirement"]["testcase"], "fresh.test");
    assert_eq!(reason["requirement"]["type"], "test-result-failed");
    assert_eq!(
        said.flips[1]["reasons"][0]["requirement"]["testcase"],
        "dist.rpmdeplint"
    );
    let none = json!({"required": 0, "passed": 0, "waived": 0, "missing": 0, "incomplete": 0, "failed": 0, "errored": 0, "faulty": 0});
    let counts = |counts: Value| with(none.clone(), counts);
    let expected = json!([
        {"testcase": "dist.rpmdeplint", "informative": false, "before": counts(json!({"required": 5, "passed": 3, "failed": 1, "missing": 1})), "after": none},
        {"testcase": "fresh.test", "informative": false, "before": none, "after": counts(json!({"required": 5, "passed": 2, "failed": 1, "missing": 1, "waived": 1}))},
    ]);
    assert_eq!(said.summary["rules"], expected);
}

#[test]
fn informative_rules_and_missing_policies_close_nothing() {
    let app = App::start();
    let subjects = json!([{"type": "koji_build", "item": "a-1-1"}, {"type": "other", "item": "b"}]);
    let rules = "  - !PassingTestCaseRule {test_case_name: dist.rpmdeplint, informative: true}\n";
    let said = simulate(&app, &body(draft(rules), json!({"subjects": subjects})));
    assert_eq!(said.counts(), [2, 1, 0, 1, 0]);
    assert_eq!(said.sums(&["without_policy"]), [1]);
    assert_eq!(said.flips[0]["reasons"][0]["otherwise"], "informative");
    let informative = &said.summary["rules"][1];
    assert_eq!(informative["informative"], true);
    assert_eq!(informative["after"]["missing"], 1);
    // Without policies for it a subject is free, and with one it isn't.
    let said = simulate(&app, &body("", json!({"subjects": subjects})));
    assert_eq!(said.directions(), [("opens", "a-1-1")]);
    let others = asking(&["t"]).replace("koji_build", "other");
    let said = simulate(&app, &body(others, json!({"subjects": subjects})));
    assert_eq!(said.directions(), [("opens", "a-1-1"), ("closes", "b")]);
}

#[test]
fn the_policies_in_force_as_a_draft_change_nothing_and_agree_with_decisions() {
    let app = App::start();
    let outcomes = ["PASSED", "FAILED", "INFO", "RUNNING"];
    let mut names = Vec::new();
    for (index, outcome) in outcomes.into_iter().enumerate() {
        names.push(format!("build{index}-1-1"));
        submit(&app, &names[index], "dist.rpmdeplint", outcome);
    }
    names.push("none-1-1".to_owned());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = include_str!("../../../policies/example.yaml");
    let files = json!({"example.yaml": text});
    let said = simulate(&app, &body(files, json!({"subjects": builds(&names)})));
    assert_eq!(said.counts(), [5, 0, 0, 5, 0]);
    let own = &said.summary;
    assert_eq!(own["policy_revision"], own["draft_revision"]);
    assert_eq!(own["rules"][0]["before"], own["rules"][0]["after"]);
    // Without any policy each gate that is closed opens, with the summary of its decision.
    let said = simulate(&app, &body(json!({}), json!({"subjects": builds(&names)})));
    let mut opened = said.flips.iter();
    for name in &names {
        let question = json!({"product_version": "fedora-40", "decision_context": CONTEXT, "subject_type": "koji_build", "subject_identifier": name});
        let decision = app.post("/api/v1.0/decision", &question).expect(200);
        if decision["policies_satisfied"] == false {
            let flip = opened.next().unwrap();
            assert_eq!(flip["subject"]["item"], *name);
            assert_eq!(flip["before"]["summary"], decision["summary"]);
            assert_eq!(
                flip["reasons"][0]["requirement"],
                decision["unsatisfied_requirements"][0]
            );
        }
    }
    assert!(opened.next().is_none());
    assert_eq!(said.flips.len(), 3);
}

#[test]
fn subject_types_may_be_drafted_too() {
    let app = App::start();
    app.submit(
        json!({"outcome": "FAILED", "testcase": "dist.rpmdeplint", "data": {"nvr": "a-1-1"}}),
    );
    let types = "--- !SubjectType\nid: koji_build\nresult_queries: [{item_key: nvr}]\n";
    let files = json!({"a.yaml": asking(&["dist.rpmdeplint"]), "subject_types/t.yaml": types});
    let said = simulate(&app, &body(files, json!({"subjects": builds(&["a-1-1"])})));
    let rule = &said.summary["rules"][0];
    assert_eq!(rule["before"]["missing"], 1);
    assert_eq!(rule["after"]["failed"], 1);
}

#[test]
fn subjects_are_decided_in_batches_with_progress() {
    let app = App::start();
    let results = |outcome: &str, first: usize| -> Value {
        let result = |index| json!({"outcome": outcome, "testcase": "fresh.test", "data": {"item": format!("b{index}-1-1"), "type": "koji_build"}});
        (first..first + 250).map(result).collect()
    };
    app.submit(results("PASSED", 0));
    app.submit(results("FAILED", 250));
    let names: Vec<String> = (0..500).map(|index| format!("b{index}-1-1")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let asked = body(asking(&["fresh.test"]), json!({"subjects": builds(&names)}));
    let said = simulate(&app, &asked);
    assert_eq!(said.counts(), [500, 250, 0, 250, 0]);
    let decided: Vec<_> = said.progress.iter().map(|one| &one["decided"]).collect();
    assert_eq!(decided, [0, 200, 400, 500]);
    assert!(said.progress.iter().all(|one| one["total"] == 500));
    // Whoever is named twice is counted once.
    let twice = body(
        asking(&["t"]),
        json!({"subjects": builds(&["a-1-1", "a-1-1"])}),
    );
    assert_eq!(simulate(&app, &twice).counts(), [1, 0, 0, 1, 0]);
}

#[test]
fn nothing_of_a_draft_is_kept() {
    let app = App::start();
    let before = app.read("/api/v1.0/policies");
    let asked = body(asking(&["t"]), json!({"subjects": builds(&["a-1-1"])}));
    simulate(&app, &asked);
    assert_eq!(app.read("/api/v1.0/policies"), before);
    let files = std::fs::read_dir(app.state()).unwrap();
    for file in files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
    {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("id: draft"), "{}", file.display());
    }
}

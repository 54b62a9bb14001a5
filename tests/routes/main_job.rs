//! The main job, on real input: messages that CI systems sent and policies that deployments use.

use crate::harness::{App, Options, shared_data};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Fedora's policies and all subject types, in one folder.
fn with_real_policies(data: &Path) -> (App, TempDir) {
    let folder = TempDir::new().unwrap();
    let policies = data.join("policies");
    std::fs::create_dir(folder.path().join("subject_types")).unwrap();
    let copy = |from: &str, to: &str| {
        std::fs::copy(policies.join(from), folder.path().join(to)).unwrap();
    };
    copy("bodhi/policy.yaml", "bodhi.yaml");
    copy("greenwave/policies/fedora.yaml", "fedora.yaml");
    for name in [
        "bodhi_update",
        "compose",
        "koji_build",
        "redhat-container-image",
        "redhat-module",
    ] {
        copy(
            &format!("greenwave/subject_types/{name}.yaml"),
            &format!("subject_types/{name}.yaml"),
        );
    }
    (Options::default().policies(folder.path()).start(), folder)
}

fn decide(app: &App, question: &Value) -> Value {
    app.post("/api/v1.0/decision", question).expect(200)
}

fn waive(app: &App, question: &Value, test_case: &Value, scenario: &Value) {
    let waiver = json!({
        "subject_type": question["subject_type"], "subject_identifier": question["subject_identifier"],
        "product_version": question["product_version"], "testcase": test_case, "scenario": scenario,
        "comment": "looked into, not the build's fault",
    });
    app.post_as("joe", "/api/v1.0/waivers/", &waiver)
        .expect(201);
}

/// Waives everything that stands in the way.
fn waive_all(app: &App, question: &Value) {
    for requirement in decide(app, question)["unsatisfied_requirements"]
        .as_array()
        .unwrap()
    {
        waive(
            app,
            question,
            &requirement["testcase"],
            &requirement["scenario"],
        );
    }
}

#[test]
fn an_update_with_openqa_tests_goes_out_when_all_are_passed_or_waived() {
    let Some(data) = shared_data() else { return };
    let (app, _folder) = with_real_policies(&data);
    let expected = read_json(&data.join("expected.json"));
    let policies = &expected["policies"]["policies/bodhi/policy.yaml"]["as_json"];
    let policy = policies
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["id"] == "bodhiupdate_bodhipush_openqa")
        .unwrap();
    let rules = policy["rules"].as_array().unwrap();
    let question = json!({
        "product_version": policy["product_versions"][0], "decision_context": "bodhi_update_push_testing_critpath",
        "subject_type": "bodhi_update", "subject_identifier": "FEDORA-2020-cd4b9a6d2e",
    });
    let before = decide(&app, &question);
    let total = rules.len();
    assert_eq!(
        before["summary"],
        format!("Of {total} required tests, {total} results missing")
    );

    // openQA passes all but the first, which fails, and the last, which does not run.
    for (n, rule) in rules.iter().enumerate().take(total - 1) {
        app.submit(json!({
            "outcome": if n == 0 { "FAILED" } else { "PASSED" }, "testcase": rule["test_case_name"],
            "data": {"item": question["subject_identifier"], "type": "bodhi_update", "scenario": rule["scenario"]},
        }));
    }
    let blocked = decide(&app, &question);
    assert_eq!(blocked["policies_satisfied"], false);
    assert_eq!(
        blocked["summary"],
        format!("Of {total} required tests, 1 result missing, 1 test failed")
    );
    let reasons = blocked["unsatisfied_requirements"].as_array().unwrap();
    assert_eq!(reasons.len(), 2);
    assert_eq!(reasons[0]["testcase"], rules[0]["test_case_name"]);
    assert_eq!(reasons[1]["type"], "test-result-missing");

    // A waiver for one scenario opens that one alone.
    waive(
        &app,
        &question,
        &reasons[0]["testcase"],
        &reasons[0]["scenario"],
    );
    assert_eq!(
        decide(&app, &question)["summary"],
        format!("Of {total} required tests, 1 result missing")
    );
    waive(
        &app,
        &question,
        &reasons[1]["testcase"],
        &reasons[1]["scenario"],
    );
    let open = decide(&app, &question);
    assert_eq!(open["policies_satisfied"], true);
    assert_eq!(
        open["summary"],
        format!("All required tests ({total} total) have passed or been waived")
    );
}

#[test]
fn a_container_image_from_a_ci_message_is_gated() {
    let Some(data) = shared_data() else { return };
    let (app, _folder) = with_real_policies(&data);
    let message =
        read_json(&data.join("ci-messages/resultsdb-updater/container_image_message.json"));
    let body = message
        .get("body")
        .or_else(|| message.get("msg"))
        .unwrap_or(&message);
    let body = body.get("msg").unwrap_or(body);
    let artifact = &body["artifact"];
    let item = format!(
        "{}@{}",
        artifact["repository"].as_str().unwrap(),
        artifact["digest"].as_str().unwrap()
    );
    let own_test = ["namespace", "type", "category"]
        .map(|part| body[part].as_str().unwrap())
        .join(".");
    let status = body["status"].as_str().unwrap().to_uppercase();
    let submit = |test_case: &str, outcome: &str| {
        app.submit(json!({
            "outcome": outcome, "testcase": {"name": test_case, "ref_url": body["docs"]},
            "ref_url": body["run"]["url"],
            "data": {"item": item, "type": "container-image", "ci_name": body["ci"]["name"], "ci_team": body["ci"]["team"]},
        }))
    };
    submit(&own_test, &status);
    let question = json!({
        "product_version": "c3i", "decision_context": "container-image-test",
        "subject_type": "container-image", "subject_identifier": item,
    });
    // The message is about another test than the one that the policy wants.
    assert_eq!(
        decide(&app, &question)["summary"],
        "Of 1 required test, 1 result missing"
    );
    submit("baseos-qe.baseos-ci.tier1.functional", "NEEDS_INSPECTION");
    assert_eq!(
        decide(&app, &question)["summary"],
        "Of 1 required test, 1 test failed"
    );
    waive_all(&app, &question);
    assert_eq!(decide(&app, &question)["policies_satisfied"], true);
}

#[test]
fn a_failed_build_from_a_ci_message_is_held_by_rules_brought_along() {
    let Some(data) = shared_data() else { return };
    let (app, _folder) = with_real_policies(&data);
    let expected = read_json(&data.join("expected.json"));
    // What the message comes down to, as an independent reader found it.
    let results = &expected["ci-messages"]["ci-messages/resultsdb-updater/message.json"]["results"];
    for result in results.as_array().unwrap() {
        app.submit(json!({
            "outcome": result["outcome"], "testcase": result["testcase"], "data": result["data"],
            "groups": [], "note": result["note"], "ref_url": result["ref_url"],
        }));
    }
    let rules: Vec<Value> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| json!({"type": "PassingTestCaseRule", "test_case_name": result["testcase"]}))
        .collect();
    let question = json!({
        "product_version": "rhel-6", "rules": rules, "subject_type": "koji_build",
        "subject_identifier": results[0]["data"]["item"],
    });
    let blocked = decide(&app, &question);
    assert_eq!(blocked["policies_satisfied"], false, "{blocked}");
    assert!(blocked["unsatisfied_requirements"][0]["result_id"].is_u64());
    waive_all(&app, &question);
    assert_eq!(decide(&app, &question)["policies_satisfied"], true);
}

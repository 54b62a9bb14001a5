//! What a plan makes of facts from outside: files of remote rules, and creation times of builds. Also the reasons a plan keeps.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use gate::{
    DecisionRequest, EvaluateError, Facts, GateConfig, PolicyMatch, PolicySet, RemoteFetch,
    SourceFile, StepKind,
};
use serde_json::{Value, json};

const NVR: &str = "kettle-2.1-3.fc41";
const SUBJECT_TYPES: &str = "id: koji_build\naliases: [brew-build]\nis_nvr: true\n";

fn policies(rules: &str) -> PolicySet {
    let policy = format!(
        "id: p\nproduct_versions: [fedora-40, 'fedora-*']\ndecision_contexts: [a, b]\nsubject_types: [update, brew-build]\nrules:\n{rules}"
    );
    PolicySet::load(
        &[SourceFile {
            path: "p.yaml",
            text: &policy,
        }],
        &[SourceFile {
            path: "t.yaml",
            text: SUBJECT_TYPES,
        }],
    )
    .unwrap()
}

fn request(policies: &PolicySet) -> DecisionRequest {
    let body = json!({
        "product_version": "fedora-41", "decision_context": ["x", "b"], "subject_type": "koji_build", "subject_identifier": NVR
    });
    DecisionRequest::from_json(&body, policies).unwrap()
}

/// The decision without any results, or why there is none.
fn decide(rules: &str, facts: &Facts) -> Result<Value, EvaluateError> {
    let (policies, config) = (policies(rules), GateConfig::default());
    let request = request(&policies);
    let plan = gate::plan_with(&policies, &config, &request, facts).unwrap();
    let decision = plan.evaluate(&[])?.apply_waivers(&[]);
    Ok(serde_json::to_value(&decision).unwrap())
}

fn fetched(fetch: RemoteFetch) -> Facts {
    let mut facts = Facts::default();
    facts.add_remote_rule("koji_build", NVR, &[], fetch);
    facts
}

#[test]
fn a_remote_rule_nobody_looked_for_fails_the_decision() {
    for facts in [Facts::default(), fetched(RemoteFetch::NotConfigured)] {
        let error = decide("- !RemoteRule {}\n", &facts).unwrap_err();
        assert_eq!(
            (error.status(), error.to_string().as_str()),
            (502, "Unexpected error while fetching remote policies")
        );
    }
}

#[test]
fn a_missing_file_is_a_fault_only_if_it_is_required() {
    let facts = fetched(RemoteFetch::NotFound {
        sources: vec!["https://git.example/1".to_owned()],
    });
    let decision = decide("- !RemoteRule {}\n", &facts).unwrap();
    assert_eq!(decision["summary"], "No tests are required");
    assert_eq!(decision["satisfied_requirements"], json!([]));

    let decision = decide(
        "- !RemoteRule {required: true}\n- !PassingTestCaseRule {test_case_name: t}\n",
        &facts,
    )
    .unwrap();
    assert_eq!(
        decision["summary"],
        "1 error due to missing remote rule file. Of 1 required test, 1 result missing"
    );
    let fault = json!({
        "type": "missing-gating-yaml", "testcase": "missing-gating-yaml", "subject_type": "koji_build", "subject_identifier": NVR,
        "scenario": null, "sources": ["https://git.example/1"]
    });
    assert_eq!(decision["unsatisfied_requirements"][0], fault);
}

#[test]
fn a_failed_fetch_is_a_fault() {
    let facts = fetched(RemoteFetch::Failed {
        sources: Vec::new(),
        error: "no such build".to_owned(),
    });
    let decision = decide("- !RemoteRule {}\n", &facts).unwrap();
    assert_eq!(
        decision["summary"],
        "1 error while trying to fetch remote rule file"
    );
    let fault = json!({
        "type": "failed-fetch-gating-yaml", "testcase": "failed-fetch-gating-yaml", "subject_type": "koji_build",
        "subject_identifier": NVR, "scenario": null, "sources": [], "error": "no such build"
    });
    assert_eq!(decision["unsatisfied_requirements"], json!([fault]));
}

#[test]
fn rules_with_dates_hold_for_builds_created_within_them() {
    let rules = "- !PassingTestCaseRule {test_case_name: t, valid_since: 1970-01-02, valid_until: 1970-01-03}\n";
    let day_us = 86_400_000_000;
    let check = |created_us: Option<i64>, expected: &str| {
        let mut facts = Facts::default();
        if let Some(created_us) = created_us {
            facts.add_creation_time(NVR, created_us);
        }
        assert_eq!(
            decide(rules, &facts).unwrap()["summary"],
            expected,
            "{created_us:?}"
        );
    };
    let (holds, does_not) = (
        "Of 1 required test, 1 result missing",
        "No tests are required",
    );
    check(Some(day_us - 1), does_not);
    check(Some(day_us), holds);
    check(Some(2 * day_us - 1), holds);
    check(Some(2 * day_us), does_not);
    check(None, holds);
}

#[test]
fn a_plan_says_what_it_needs_and_why() {
    let policies = policies(
        "- !PassingTestCaseRule {test_case_name: t}\n- !PassingTestCaseRule {test_case_name: t}\n\
         - !PassingTestCaseRule {test_case_name: u, valid_since: 2024-01-01}\n- !RemoteRule {sources: [s]}\n",
    );
    let (request, config) = (request(&policies), GateConfig::default());
    let plan = gate::plan(&policies, &config, &request).unwrap();
    let reason = PolicyMatch {
        decision_context: Some("b".to_owned()),
        product_version: "fedora-*".to_owned(),
        subject_type: Some("brew-build".to_owned()),
    };
    let subject = &plan.subjects()[0];
    assert_eq!(*subject.policies().next().unwrap().1, reason);
    assert!(
        matches!(&subject.steps[1].kind, StepKind::AlreadyChecked { earlier, .. } if earlier.id.as_deref() == Some("p"))
    );
    assert_eq!(plan.remote_needs()[0].sources, ["s"]);
    assert_eq!(plan.creation_time_needs().iter().collect::<Vec<_>>(), [NVR]);

    let reads = plan.reads();
    assert_eq!(reads.len(), 1);
    assert_eq!(
        reads[0]
            .testcases
            .clone()
            .unwrap()
            .into_iter()
            .collect::<Vec<_>>(),
        ["t", "u"]
    );
    assert_eq!(
        json!(reads[0].queries),
        json!([{"item": [NVR], "type": ["koji_build"]}])
    );
    assert_eq!(
        plan.distinct_on(),
        ["scenario", "system_architecture", "system_variant"]
    );
}

//! Limits of documents, on both sides.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use gate::{DecisionRequest, PolicySet, RequestError, SourceFile};
use serde_json::json;

const POLICY: &str =
    "id: p\nproduct_versions: [a]\ndecision_context: c\nsubject_type: t\nrules: []\n";

fn file<'t>(path: &'t str, text: &'t str) -> SourceFile<'t> {
    SourceFile { path, text }
}

#[test]
fn limits_hold_on_both_sides() {
    let with_rules = |count: usize| {
        let rules = "- !RemoteRule {}\n".repeat(count);
        PolicySet::load(
            &[file(
                "p.yaml",
                &POLICY.replace("[]\n", &format!("\n{rules}")),
            )],
            &[],
        )
    };
    assert_eq!(
        with_rules(10_000).unwrap().policies()[0].rules.len(),
        10_000
    );
    assert_eq!(
        with_rules(10_001).unwrap_err()[0].message,
        "Policy 'p': Attribute 'rules': More than 10000 rules"
    );

    let thousand = format!("--- !Policy\n{POLICY}").repeat(1_000);
    let mut files = vec![file("p.yaml", thousand.as_str()); 10];
    assert_eq!(
        PolicySet::load(&files, &[]).unwrap().policies().len(),
        10_000
    );
    files.push(file("q.yaml", POLICY));
    assert_eq!(
        PolicySet::load(&files, &[]).unwrap_err()[0].message,
        "more than 10000 policies and subject types"
    );
}

#[test]
fn as_many_subjects_can_be_explained_as_are_documented() {
    let policies = PolicySet::default();
    let check = |count: usize| {
        let subjects = vec![json!({"type": "t", "item": "i"}); count];
        let body = json!({"product_version": "a", "decision_context": "c", "subject": subjects});
        let request = DecisionRequest::from_json(&body, &policies).unwrap();
        request.check_explainable()
    };
    assert_eq!(check(200), Ok(()));
    let error = check(201).unwrap_err();
    assert_eq!(error, RequestError::TooManyExplainedSubjects);
    assert_eq!(
        (error.status(), error.to_string().as_str()),
        (
            400,
            "Too many subjects for an explanation, must be at most 200"
        )
    );
}

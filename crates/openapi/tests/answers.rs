//! Answers that are written key by key have the fields that are documented.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

use gate::{Answer, AnswerKind, GateConfig, Origin, Policy, ResultAnswer, Subject, SubjectType};
use http_edge::Reply;
use http_edge::validation::{Kind, Mistakes};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

fn documented(schema: &str) -> BTreeSet<String> {
    let document = openapi::document().unwrap();
    let properties = &document["components"]["schemas"][schema]["properties"];
    properties.as_object().unwrap().keys().cloned().collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

#[test]
fn mistakes_have_the_documented_fields() {
    assert_eq!(
        keys(&json_of(&Reply::message(400, "m"))),
        documented("Message")
    );
    let mut mistakes = Mistakes::default();
    for kind in Kind::ALL {
        mistakes.add(kind, &["f"], "x");
    }
    let (reply, _) = mistakes.into_error().into_reply();
    let body = json_of(&reply);
    assert_eq!(keys(&body), documented("ValidationError"));
    for mistake in body["validation_error"].as_array().unwrap() {
        assert_eq!(keys(mistake), documented("Mistake"));
    }
}

/// Every kind of answer.
fn kinds() -> Vec<AnswerKind> {
    let result = || ResultAnswer {
        testcase: "t".into(),
        result_id: 1,
        keys: GateConfig::default().distinct_on.into(),
        values: vec![None; GateConfig::default().distinct_on.len()],
    };
    let source = || "https://example.org/gating.yaml".to_owned();
    vec![
        AnswerKind::Passed(result()),
        AnswerKind::Missing {
            testcase: "t".into(),
            scenario: None,
        },
        AnswerKind::Incomplete(result()),
        AnswerKind::Failed(result()),
        AnswerKind::Errored {
            result: result(),
            error_reason: None,
        },
        AnswerKind::Excluded,
        AnswerKind::FetchedGatingYaml { source: source() },
        AnswerKind::InvalidGatingYaml {
            source: source(),
            details: "d".into(),
        },
        AnswerKind::MissingGatingYaml {
            sources: vec![source()],
        },
        AnswerKind::FailedFetchGatingYaml {
            sources: vec![source()],
            error: "e".into(),
        },
    ]
}

fn policy() -> Policy {
    Policy {
        id: Some("p".into()),
        product_versions: Vec::new(),
        decision_context: None,
        decision_contexts: Vec::new(),
        subject_type: None,
        subject_types: Vec::new(),
        rules: Vec::new(),
        excluded_packages: Vec::new(),
        packages: Vec::new(),
        relevance_key: None,
        relevance_value: None,
        origin: Origin::OnDemand,
    }
}

#[test]
fn requirements_have_the_documented_fields_and_types() {
    let subject = Arc::new(Subject {
        subject_type: Arc::new(SubjectType::generic("koji_build")),
        identifier: "a-1-1".into(),
    });
    let policy = Arc::new(policy());
    let mut fields = BTreeSet::new();
    let mut types = BTreeSet::new();
    for kind in kinds() {
        // What is waived and no test result vanishes from decisions.
        let can_be_waived = kind.is_test_result() && !kind.is_satisfied();
        for waiver_id in [None, can_be_waived.then_some(1)] {
            let answer = Answer {
                subject: subject.clone(),
                policy: policy.clone(),
                contexts: Arc::from([]),
                informative: false,
                kind: kind.clone(),
                waiver_id,
            };
            let object = serde_json::to_value(&answer).unwrap();
            types.insert(object["type"].to_string());
            fields.extend(keys(&object));
        }
    }
    assert_eq!(fields, documented("Requirement"));
    let document = openapi::document().unwrap();
    let documented = &document["components"]["schemas"]["RequirementType"]["enum"];
    let documented = documented.as_array().unwrap().iter().map(Value::to_string);
    assert_eq!(types, documented.collect());
}

//! What decision requests are refused for, and what is read from those that are not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use gate::{DecisionRequest, PolicySet, RequestError, SourceFile};
use serde_json::{Value, json};

const SUBJECT_TYPES: &str = "--- !SubjectType\nid: compose\nitem_key: productmd.compose.id\n--- !SubjectType\nid: koji_build\n\
                             aliases: [brew-build]\nis_nvr: true\nitem_key: original_spec_nvr\n";

fn request(body: &Value) -> Result<DecisionRequest, RequestError> {
    let policies = PolicySet::load(
        &[],
        &[SourceFile {
            path: "types.yaml",
            text: SUBJECT_TYPES,
        }],
    )
    .unwrap();
    DecisionRequest::from_json(body, &policies)
}

/// A request that is fine, with keys added, replaced, or (null) taken out.
fn with(changes: Value) -> Value {
    let mut body = json!({"product_version": "pv", "decision_context": "c", "subject_type": "koji_build", "subject_identifier": "a-1-1"});
    for (key, value) in changes.as_object().unwrap() {
        if *value == Value::Null {
            body.as_object_mut().unwrap().remove(key);
        } else {
            body[key] = value.clone();
        }
    }
    body
}

#[test]
fn bad_requests_are_refused_in_the_order_and_words_of_greenwave() {
    let check = |body: Value, status: u16, expected: &str| {
        let error = request(&body).unwrap_err();
        assert_eq!(
            (error.status(), error.to_string().as_str()),
            (status, expected),
            "{body}"
        );
    };
    for empty in [json!({}), json!([]), json!(null), json!(""), json!(0)] {
        check(empty, 415, "No JSON payload in request");
    }
    check(json!([1]), 400, "Invalid payload, must be a JSON object");
    check(json!({"x": 1}), 400, "Missing required product version");
    check(
        with(json!({"product_version": ""})),
        400,
        "Missing required product version",
    );
    check(
        with(json!({"product_version": 8})),
        400,
        "Invalid product version, must be a string",
    );
    check(
        with(json!({"decision_context": null})),
        400,
        "Either decision_context or rules is required.",
    );
    check(
        with(json!({"decision_context": [], "rules": []})),
        400,
        "Either decision_context or rules is required.",
    );
    check(
        with(json!({"rules": [{}]})),
        400,
        "Cannot have both decision_context and rules",
    );
    check(
        with(json!({"decision_context": "", "rules": [{}]})),
        400,
        "Cannot have both decision_context and rules",
    );
    check(
        with(json!({"decision_context": ["c", 1]})),
        400,
        "Invalid decision context, must be a string or a list of strings",
    );
    check(
        with(json!({"decision_context": {"a": 1}})),
        400,
        "Invalid decision context, must be a string or a list of strings",
    );
    for verbose in [json!(1), json!("true")] {
        check(
            with(json!({"verbose": verbose, "when": "bad", "subject": []})),
            400,
            "Invalid verbose flag, must be a bool",
        );
    }
    check(
        with(json!({"ignore_result": 7})),
        400,
        "Invalid \"ignore_result\" parameter, must be a list of ids",
    );
    check(
        with(json!({"ignore_waiver": "7"})),
        400,
        "Invalid \"ignore_waiver\" parameter, must be a list of ids",
    );
    for when in [
        json!("2024-01-01"),
        json!("2024-01-01T00:00:00"),
        json!(5),
        json!("2024-01-01T00:00:00.0Z"),
    ] {
        check(
            with(json!({"when": when, "subject": []})),
            400,
            "Invalid \"when\" parameter, must be in ISO8601 format",
        );
    }
    for subject in [
        json!([]),
        json!({}),
        json!("x"),
        json!([1]),
        json!([{"type": "t", "item": "i"}, "x"]),
    ] {
        check(
            with(json!({"subject": subject})),
            400,
            "Invalid subject, must be a list of dicts",
        );
    }
    check(
        with(json!({"subject_type": null})),
        400,
        "Missing required \"subject_type\" parameter",
    );
    check(
        with(json!({"subject_type": 1})),
        400,
        "Invalid \"subject_type\" parameter, must be a string",
    );
    check(
        with(json!({"subject_identifier": null})),
        400,
        "Missing required \"subject_identifier\" parameter",
    );
    check(
        with(json!({"subject_identifier": 1})),
        400,
        "Subject item/identificator must be a string",
    );
    for entry in [
        json!({}),
        json!({"item": "i"}),
        json!({"type": "t"}),
        json!({"type": "t", "item": ""}),
        json!({"type": 1, "item": "i"}),
    ] {
        check(
            with(json!({"subject": [entry]})),
            400,
            "Could not detect subject_identifier",
        );
    }
    check(
        with(json!({"subject": [{"type": "t", "item": 1}]})),
        400,
        "Subject item/identificator must be a string",
    );
    check(
        with(json!({"subject": [{"original_spec_nvr": 1}]})),
        400,
        "Subject item/identificator must be a string",
    );
    let broken = DecisionRequest::from_slice(b"{", &PolicySet::default()).unwrap_err();
    assert_eq!(broken.status(), 400);
}

#[test]
fn bad_on_demand_rules_are_refused_in_the_words_of_greenwave() {
    let check = |changes: Value, expected: &str| {
        let mut body = with(json!({"decision_context": null}));
        body.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        let error = request(&body).unwrap_err();
        let expected = format!("Failed to parse on demand policy: {expected}");
        assert_eq!(
            (error.status(), error.to_string()),
            (400, expected),
            "{body}"
        );
    };
    let rules = |rule: Value, expected: &str| {
        check(
            json!({"rules": [rule]}),
            &format!("Attribute 'rules': {expected}"),
        )
    };
    rules(json!({}), "Key 'type' is required for each list item");
    rules(
        json!({"type": ""}),
        "Key 'type' is required for each list item",
    );
    rules(
        json!({"type": "Unknown"}),
        "Key 'type' for an list item is not valid: Unknown",
    );
    rules(
        json!({"type": "!RemoteRule"}),
        "Key 'type' for an list item is not valid: !RemoteRule",
    );
    rules(json!("x"), "Expected list of Rule objects");
    rules(
        json!({"type": "PassingTestCaseRule"}),
        "Attribute 'test_case_name' is required",
    );
    rules(
        json!({"type": "PassingTestCaseRule", "test_case_name": null}),
        "Attribute 'test_case_name' is required",
    );
    rules(
        json!({"type": "RemoteRule", "required": "yes"}),
        "Attribute 'required': Expected a boolean value, got: yes",
    );
    rules(
        json!({"type": "RemoteRule", "required": [true]}),
        "Attribute 'required': Expected a boolean value, got: [True]",
    );
    rules(
        json!({"type": "PassingTestCaseRule", "test_case_name": "x", "valid_until": "soonish"}),
        "Attribute 'valid_until': Could not parse string as date/time, got: soonish",
    );
    rules(
        json!({"type": "FedoraAtomicCi"}),
        "!FedoraAtomicCi is obsolete. Please use the \"packages\" allowlist instead.",
    );
    check(
        json!({"rules": "x"}),
        "Attribute 'rules': Expected list of Rule objects",
    );
    // A wrong rule is found before an item that is no rule.
    check(
        json!({"rules": ["x", {}]}),
        "Attribute 'rules': Key 'type' is required for each list item",
    );
    let fine = json!([{"type": "PassingTestCaseRule", "test_case_name": "x"}]);
    check(
        json!({"rules": fine, "packages": [1]}),
        "Attribute 'packages': Expected list of str objects",
    );
    check(
        json!({"rules": fine, "id": null}),
        "Attribute 'id' is required",
    );
    check(
        json!({"rules": fine, "product_version": 8}),
        "Attribute 'product_versions': Expected list of str objects",
    );
    check(
        json!({"rules": fine, "packages": [{}]}),
        "Attribute 'packages': Key 'type' is required for each list item",
    );
}

#[test]
fn limits_hold_on_both_sides() {
    let subjects =
        |count: usize| with(json!({"subject": vec![json!({"type": "t", "item": "i"}); count]}));
    assert_eq!(request(&subjects(2_000)).unwrap().subjects.len(), 2_000);
    assert_eq!(
        request(&subjects(2_001)).unwrap_err(),
        RequestError::TooManySubjects
    );
    let contexts = |count: usize| with(json!({"decision_context": vec!["c"; count]}));
    assert_eq!(
        request(&contexts(100)).unwrap().decision_contexts.len(),
        100
    );
    assert_eq!(
        request(&contexts(101)).unwrap_err(),
        RequestError::TooManyDecisionContexts
    );
}

#[test]
fn the_work_of_rules_that_come_along_is_limited() {
    let check = |rules: usize, subjects: usize, changes: Value, expected: Option<RequestError>| {
        let rule = json!({"type": "PassingTestCaseRule", "test_case_name": "x"});
        let mut body = with(json!({
            "decision_context": null, "rules": vec![rule; rules],
            "subject": vec![json!({"type": "t", "item": "0123456789"}); subjects],
        }));
        body.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        assert_eq!(request(&body).err(), expected);
    };
    let no_more = Some(RequestError::TooManyChecks);
    check(100, 2_000, json!({}), None);
    check(101, 2_000, json!({}), no_more.clone());
    check(10_000, 20, json!({}), None);
    check(10_000, 21, json!({}), no_more);
    // 2,000 subjects of 10 characters, and 50,000 characters of patterns.
    let no_more = Some(RequestError::TooManyPatterns);
    let patterns = |count: usize| json!(vec!["*234567890"; count]);
    let packages = |count: usize| json!({"packages": patterns(count)});
    check(1, 2_000, packages(4_999), None);
    check(1, 2_000, packages(5_001), no_more.clone());
    let excluded = |count: usize| json!({"excluded_packages": patterns(count)});
    check(1, 2_000, excluded(4_999), None);
    check(1, 2_000, excluded(5_001), no_more.clone());
    let versions = |length: usize| json!({"product_version": "a".repeat(length), "product_versions": ["*b".repeat(length / 2)]});
    check(1, 1, versions(31_000), None);
    check(1, 1, versions(32_000), no_more);
}

#[test]
fn subjects_are_detected_as_in_greenwave() {
    let check = |entry: Value, expected: (&str, &str)| {
        let request = request(&with(json!({"subject": [entry]}))).unwrap();
        let subject = &request.subjects[0];
        assert_eq!(
            (
                subject.subject_type.id.as_str(),
                subject.identifier.as_str()
            ),
            expected,
            "{entry}"
        );
    };
    check(
        json!({"type": "koji_build", "item": "a-1-1"}),
        ("koji_build", "a-1-1"),
    );
    check(
        json!({"type": "brew-build", "item": "a-1-1"}),
        ("koji_build", "a-1-1"),
    );
    check(
        json!({"original_spec_nvr": "a-1-1"}),
        ("koji_build", "a-1-1"),
    );
    check(
        json!({"type": "koji_build", "original_spec_nvr": "a-1-1", "item": "b"}),
        ("koji_build", "a-1-1"),
    );
    check(
        json!({"type": "brew-build", "original_spec_nvr": "a-1-1", "item": "b"}),
        ("koji_build", "b"),
    );
    check(
        json!({"original_spec_nvr": "a-1-1", "productmd.compose.id": "C"}),
        ("compose", "C"),
    );
    check(json!({"type": "gadget", "item": "g"}), ("gadget", "g"));
}

#[test]
fn a_request_is_read() {
    let body = with(json!({
        "decision_context": ["c", "d"], "verbose": true, "ignore_result": [3, "4", 1.5, 7.0], "ignore_waiver": [5], "when": "1970-01-01T00:00:01.5"
    }));
    let request = request(&body).unwrap();
    assert_eq!(request.product_version, "pv");
    assert_eq!(request.decision_contexts, ["c", "d"]);
    assert!(request.verbose && request.on_demand.is_none());
    assert_eq!(
        request.ignore_result.into_iter().collect::<Vec<_>>(),
        [3, 7]
    );
    assert_eq!(request.ignore_waiver.into_iter().collect::<Vec<_>>(), [5]);
    assert_eq!(request.when_us, Some(1_500_000));
}

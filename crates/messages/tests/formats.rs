//! What each type of artifact and each old format becomes, beyond what the samples show.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use messages::{Delivered, Delivery, NewResult, Rejection, Verdict};
use serde_json::{Value, json};

const METRICS: &str = "/topic/VirtualTopic.eng.platformci.tier1.result";

fn verdict(topic: Option<&str>, body: &Value) -> Verdict {
    let outcomes = [
        "PASSED",
        "FAILED",
        "INFO",
        "NEEDS_INSPECTION",
        "ERROR",
        "QUEUED",
    ];
    let delivery = Delivery {
        topic,
        id: None,
        headers: &[],
        outcomes: &outcomes.map(str::to_owned),
    };
    match messages::read(&delivery, body.to_string().as_bytes()) {
        Delivered::One(message) => message.verdict,
        Delivered::Batch(_) => panic!("{body}"),
    }
}

fn results(topic: Option<&str>, body: &Value) -> Vec<NewResult> {
    match verdict(topic, body) {
        Verdict::Results(mapped) => mapped.results,
        other => panic!("{body}: {other:?}"),
    }
}

fn rejection(topic: Option<&str>, body: &Value) -> Rejection {
    match verdict(topic, body) {
        Verdict::Rejected(rejection) => rejection,
        other => panic!("{body}: {other:?}"),
    }
}

/// A CI message about this artifact.
fn about(artifact: Value) -> Value {
    json!({
        "version": "1.1.14",
        "contact": {"name": "n", "team": "t", "email": "e"},
        "run": {"url": "https://run"},
        "system": [{"os": "o", "provider": "p", "architecture": "a"}],
        "test": {"namespace": "ns", "type": "t", "category": "c", "result": "passed", "scenario": "s"},
        "artifact": artifact,
    })
}

#[test]
fn artifacts_become_items_and_data() {
    let check = |artifact: Value, kind: &str, item: Value, data: Value| {
        let result = results(None, &about(artifact)).remove(0);
        assert_eq!(result.data["type"], kind);
        assert_eq!(result.data["item"], item);
        assert_eq!(result.data["scenario"], "s");
        for (key, value) in data.as_object().unwrap() {
            assert_eq!(result.data.get(key), Some(value), "{kind} {key}");
        }
    };
    let builds = json!([{"nvr": "b-1-1", "id": 7}]);
    let of_system = json!({"system_os": "o", "system_provider": "p"});
    check(
        json!({"type": "brew-build-group", "id": "g", "repository": "r", "builds": builds}),
        "brew-build-group",
        json!("g"),
        json!({"repository": "r", "builds": [r#"{"id": 7, "nvr": "b-1-1"}"#]}),
    );
    check(
        json!({"type": "redhat-container-image", "id": "sha256:1", "task_id": 5, "build_id": 6, "full_names": ["f"], "scratch": true, "tag": "v1"}),
        "redhat-container-image",
        json!("sha256:1"),
        json!({"brew_task_id": 5, "brew_build_id": 6, "full_names": ["f"], "scratch": true, "tag": "v1"}),
    );
    check(
        json!({"type": "product-build", "name": "CNV", "version": "1.4", "release": "2"}),
        "product-build",
        json!("CNV-1.4-2"),
        json!({"product": "CNV", "version": "1.4", "release": "2", "system_architecture": "a"}),
    );
    check(
        json!({"type": "product-scenario", "id": "1", "products": [{"id": "x"}, {"nvr": "p-1-1", "id": "y"}]}),
        "product-scenario",
        json!(["1", "x", "p-1-1"]),
        of_system.clone(),
    );
    for (scratch, kind, stored) in [
        (json!("true"), "koji_build_scratch", true),
        (json!("no"), "koji_build", false),
        (Value::Null, "koji_build", false),
    ] {
        check(
            json!({"type": "koji-build", "nvr": "a-1-1", "id": 5, "scratch": scratch}),
            kind,
            json!("a-1-1"),
            json!({"scratch": stored, "brew_task_id": 5}),
        );
    }
    check(
        json!({"type": "fedora-module", "nsvc": "n:st-1:1:c", "stream": "st-1"}),
        "fedora-module",
        json!("n-st_1-1.c"),
        json!({"nsvc": "n-st_1-1.c", "stream": "st-1"}),
    );
    check(
        json!({"type": "fedora-update", "alias": "FEDORA-1", "release": {"name": "F40"}, "builds": builds}),
        "bodhi_update",
        json!("FEDORA-1"),
        json!({"release": "F40", "builds": ["b-1-1"], "system_architecture": "a"}),
    );
    check(
        json!({"type": "dist-git-pr", "repository": "rpms/a", "id": 7, "commit_hash": "abc"}),
        "dist-git-pr",
        json!("rpms/a#7"),
        json!({"commit_hash": "abc"}),
    );
}

#[test]
fn a_topic_decides_and_a_test_that_does_not_apply_is_ignored() {
    let message = about(json!({"type": "koji-build", "nvr": "a-1-1"}));
    let outcome = |topic: &str| results(Some(topic), &message)[0].outcome.clone();
    assert_eq!(outcome("org.x.koji-build.test.queued"), "QUEUED");
    assert_eq!(outcome("org.x.koji-build.test.complete"), "PASSED");
    assert!(matches!(
        verdict(Some("a.test.running"), &message),
        Verdict::Ignored(_)
    ));
    let failing = rejection(Some("a.test.error"), &message);
    assert_eq!(failing.path, "error.reason");
    let mut other = message.clone();
    other["test"]["result"] = json!("not_applicable");
    assert!(matches!(verdict(None, &other), Verdict::Ignored(_)));
    other["test"].as_object_mut().unwrap().remove("result");
    assert_eq!(rejection(None, &other).path, "test.result");
    other["error"] = json!({"reason": "r"});
    assert_eq!(results(None, &other)[0].outcome, "ERROR");
    // Builds and promotions have the same shape and no test.
    let mut build = message.clone();
    build.as_object_mut().unwrap().remove("test");
    assert!(matches!(
        verdict(Some("a.koji-build.build.complete"), &build),
        Verdict::Ignored(_)
    ));
    assert_eq!(
        rejection(Some("a.koji-build.test.complete"), &build).path,
        "test.result"
    );
}

#[test]
fn a_topic_with_an_owner_is_for_its_test_cases() {
    let message = about(json!({"type": "koji-build", "nvr": "a-1-1"}));
    let topic =
        |owner: &str| format!("/topic/VirtualTopic.eng.ci.{owner}.koji-build.test.complete");
    assert_eq!(results(Some(&topic("ns")), &message).len(), 1);
    let rejection = rejection(Some(&topic("other")), &message);
    assert_eq!(rejection.path, "test.namespace");
}

#[test]
fn metrics_have_defaults() {
    let body = json!({
        "job_names": "j", "jenkins_build_url": "https://b/", "build_type": "scratch", "brew_task_id": 5,
        "tests": [{"failed": "0"}, {"executor": "e", "failed": 0.0}, {"executor": "f", "failed": "x"}],
    });
    let found = results(Some(METRICS), &body);
    let names: Vec<_> = found
        .iter()
        .map(|result| (result.test_case.as_str(), result.outcome.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("unassigned.j.unknown", "PASSED"),
            ("unassigned.j.e", "PASSED"),
            ("unassigned.j.f", "FAILED"),
            ("unassigned.j", "FAILED"),
        ]
    );
    assert_eq!(
        json!(found[3].data),
        json!({
            "item": "unknown", "type": "koji_build_scratch", "recipients": ["unknown"], "CI_tier": ["unknown"],
            "job_name": "j", "artifact": "unknown", "brew_task_id": 5,
        })
    );
    assert_eq!(found[3].ref_url.as_deref(), Some("https://b/console"));
    let mut passed = body.clone();
    passed["tests"] = json!([]);
    assert_eq!(results(Some(METRICS), &passed)[0].outcome, "PASSED");
    for (pointer, value, path) in [
        ("/job_names", Value::Null, "job_name"),
        ("/tests", json!(5), "tests"),
        ("/tests/1", json!(5), "tests[1]"),
        ("/jenkins_build_url", json!(""), "jenkins_build_url"),
    ] {
        let mut changed = body.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_eq!(rejection(Some(METRICS), &changed).path, path);
    }
}

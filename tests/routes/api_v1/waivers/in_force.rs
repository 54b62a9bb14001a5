//! What is in force, and when: for lists, for WaiverDB's clients and for gates.

use super::{PATH, app, decide, make, say, state, withdraw};
use crate::harness::{Answer, App, ids, seconds_from_now, with};
use serde_json::{Value, json};

/// The build of [`super::waiver`], for which the testing gate asks `dist.rpmdeplint` alone.
fn ask(app: &App, extra: Value) -> Answer {
    let body = json!({
        "product_version": "fedora-40", "decision_context": "bodhi_update_push_testing",
        "subject_type": "koji_build", "subject_identifier": "a-1-1",
    });
    app.post("/api/v1.0/decision", &with(body, extra))
}

/// Whether the gate is open.
fn is_open(app: &App, extra: Value) -> Value {
    ask(app, extra).expect(200)["policies_satisfied"].clone()
}

fn fail(app: &App, data: Value) {
    let all = with(json!({"item": "a-1-1", "type": "koji_build"}), data);
    app.submit(json!({"outcome": "FAILED", "testcase": "dist.rpmdeplint", "data": all}));
}

/// As decisions have times.
fn when(time: &str) -> Value {
    json!({"when": time.trim_end_matches('Z')})
}

#[test]
fn a_gate_opens_with_the_approval_and_closes_with_the_withdrawal() {
    let (app, _folder) = app();
    fail(&app, json!({}));
    let id = make(&app, "ann", json!({}), "requested");
    assert_eq!(is_open(&app, json!({})), false);
    decide(&app, "joe", id, true).expect(201);
    assert_eq!(is_open(&app, json!({})), true);
    withdraw(&app, "ann", id).expect(201);
    assert_eq!(is_open(&app, json!({})), false);
    // The past is what it was.
    let history = app.read(&format!("{PATH}/{id}/history"));
    let at = |step: usize| history["data"][step]["timestamp"].as_str().unwrap();
    for (step, open, then) in [
        (0, false, "requested"),
        (1, true, "granted"),
        (2, false, "withdrawn"),
    ] {
        assert_eq!(is_open(&app, when(at(step))), open, "{step}");
        let one = app.read(&format!("{PATH}/{id}?as_of={}", at(step)));
        assert_eq!(one["state"], then);
        let steps = app.read(&format!("{PATH}/{id}/history?as_of={}", at(step)));
        assert_eq!(steps["data"].as_array().unwrap().len(), step + 1);
        let list = app.read(&format!("{PATH}?state={then}&as_of={}", at(step)));
        assert_eq!(ids(&list), [id]);
    }
}

#[test]
fn after_its_end_a_waiver_is_not_in_force() {
    let (app, _folder) = app();
    fail(&app, json!({}));
    let end = seconds_from_now(2.5);
    let id = make(&app, "joe", json!({"expires_at": end}), "granted");
    let pending = make(&app, "ann", json!({"expires_at": end}), "requested");
    assert_eq!(is_open(&app, json!({})), true);
    assert_eq!(is_open(&app, when(&seconds_from_now(3600.0))), false);
    let later = format!("{PATH}/{id}?as_of={}", seconds_from_now(3600.0));
    assert_eq!(app.read(&later)["state"], "expired");
    std::thread::sleep(std::time::Duration::from_millis(2_600));
    assert_eq!(is_open(&app, json!({})), false);
    assert_eq!(
        (state(&app, id), state(&app, pending)),
        (json!("expired"), json!("expired"))
    );
    assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]));
    assert_eq!(app.get(&format!("/api/v1.0/waivers/{id}")).status, 404);
    for answer in [
        decide(&app, "joe", pending, true),
        withdraw(&app, "joe", id),
    ] {
        assert_eq!(answer.status, 409);
    }
    let past = seconds_from_now(-1.0);
    let late = super::waiver(json!({"expires_at": past}));
    let answer = say(&app, "joe", PATH, &late).expect(400).to_string();
    assert!(answer.contains("must be in the future"), "{answer}");
}

#[test]
fn an_expired_waiver_does_not_bring_an_older_one_back() {
    let (app, _folder) = app();
    fail(&app, json!({}));
    let older = make(&app, "joe", json!({}), "granted");
    let end = seconds_from_now(3600.0);
    make(&app, "joe", json!({"expires_at": end}), "granted");
    assert_eq!(state(&app, older), "superseded");
    assert_eq!(is_open(&app, json!({})), true);
    assert_eq!(is_open(&app, when(&seconds_from_now(7200.0))), false);
}

#[test]
fn gates_obey_limits() {
    let (app, _folder) = app();
    let x86 = json!({"system_architecture": "x86_64", "system_variant": "Server"});
    fail(&app, x86);
    let check = |limits: Value, questions: &[(Value, bool)]| {
        let id = make(&app, "joe", limits.clone(), "granted");
        for (question, open) in questions {
            assert_eq!(
                is_open(&app, question.clone()),
                *open,
                "{limits} {question}"
            );
        }
        withdraw(&app, "joe", id).expect(201);
        assert_eq!(is_open(&app, json!({})), false);
    };
    check(json!({"architecture": "x86_64"}), &[(json!({}), true)]);
    check(json!({"architecture": "aarch64"}), &[(json!({}), false)]);
    check(json!({"variant": "Server"}), &[(json!({}), true)]);
    check(json!({"variant": "Workstation"}), &[(json!({}), false)]);
    check(
        json!({"contexts": ["bodhi_update_push_testing"]}),
        &[
            (json!({}), true),
            (json!({"verbose": true}), true),
            (
                json!({"decision_context": "bodhi_update_push_stable"}),
                false,
            ),
        ],
    );
    check(
        json!({"contexts": ["bodhi_update_push_stable"]}),
        &[(json!({}), false)],
    );
    check(
        json!({"product_version": "fedora-39", "product_versions": ["fedora-4?"]}),
        &[(json!({}), true), (json!({"verbose": true}), true)],
    );
    check(
        json!({"product_version": "fedora-39", "product_versions": ["fedora-5?"]}),
        &[(json!({}), false)],
    );
}

#[test]
fn older_clients_see_what_is_granted_and_unlimited() {
    let (app, _folder) = app();
    let plain = make(&app, "joe", json!({}), "granted");
    let limited = make(&app, "joe", json!({"architecture": "x86_64"}), "granted");
    let pending = make(&app, "ann", json!({}), "requested");
    let old = "/api/v1.0/waivers/";
    assert_eq!(ids(&app.read(old)), [plain]);
    assert_eq!(
        ids(&app.read(&format!("{old}?include_obsolete=1"))),
        [plain]
    );
    for hidden in [limited, pending] {
        assert_eq!(app.get(&format!("{old}{hidden}")).status, 404);
    }
    assert_eq!(withdraw(&app, "joe", plain).status, 201);
    assert_eq!(app.read(old)["data"], json!([]));
    assert_eq!(app.get(&format!("{old}{plain}")).status, 404);
    let alone = json!({"subject_type": "x", "subject_identifier": "i", "testcase": "dist.abicheck",
        "product_version": "p", "comment": "c"});
    assert_eq!(say(&app, "joe", old, &alone).status, 403);
}

//! What a waiver may say, and what its answer is.

use super::{PATH, app, make, say, waiver};
use serde_json::{Value, json};

#[test]
fn the_answer_is_the_stored_waiver() {
    let (app, _folder) = app();
    let limits = json!({
        "subject_type": "brew-build", "scenario": "s", "contexts": ["b", "a"],
        "product_versions": ["fedora-4?"], "architecture": "x86_64", "variant": "Server",
        "reason": "known-issue", "link": "https://bugs.example.org/1", "username": "ann",
        "expires_at": "2999-01-01T02:00:00.5+02:00",
    });
    let mut made = say(&app, "bot", PATH, &waiver(limits)).expect(201);
    assert_eq!(made, app.read(&format!("{PATH}/1")));
    assert_eq!(made, app.read(PATH)["data"][0]);
    made["timestamp"] = json!("[time]");
    insta::assert_json_snapshot!(made);
}

#[test]
fn mistakes_are_a_400_and_nothing_is_stored() {
    let (app, _folder) = app();
    let check = |extra: Value, said: &str| {
        let answer = say(&app, "joe", PATH, &waiver(extra.clone())).expect(400);
        assert!(answer.to_string().contains(said), "{extra}: {answer}");
    };
    check(json!({"comment": ""}), "at least 1 character");
    check(json!({"comment": null}), "Field required");
    check(json!({"reason": "tired"}), "must be one of: infrastructure");
    check(
        json!({"reason": "known-issue"}),
        "a known issue needs a link",
    );
    check(
        json!({"link": "javascript:alert(1)"}),
        "must begin with https://",
    );
    check(
        json!({"expires_at": "2999-01-01"}),
        "must be a time with a zone",
    );
    check(
        json!({"expires_on": "2999-01-01T00:00:00Z"}),
        "there is no such field",
    );
    check(json!({"contexts": "bodhi"}), "list_type");
    check(json!({"waived": false}), "/withdrawal");
    for body in [
        json!([]),
        json!([waiver(json!({}))]),
        json!("x"),
        json!(null),
    ] {
        assert_eq!(say(&app, "joe", PATH, &body).status, 400, "{body}");
    }
    let alone = say(&app, "joe", PATH, &waiver(json!({"username": "ann"}))).expect(403);
    assert!(
        alone["message"].as_str().unwrap().contains("proxyuser"),
        "{alone}"
    );
    assert_eq!(app.read(PATH)["total"], 0);
    assert_eq!(app.get(&format!("{PATH}/")).status, 404);
    assert_eq!(
        app.send("DELETE", &format!("{PATH}/1"), &[], "").status,
        405
    );
}

#[test]
fn a_second_person_is_asked_for_where_the_rules_say_so() {
    let rules = "
- {users: ['*'], testcases: ['*']}
- {approval: required, testcases: ['ci.*'], contexts: ['*_stable']}
";
    let (app, _folder) = super::app_with(rules);
    let stable = json!({"testcase": "ci.boot", "contexts": ["push_stable"]});
    make(&app, "joe", stable, "requested");
    make(&app, "joe", json!({"testcase": "ci.boot"}), "requested");
    let testing = json!({"testcase": "ci.boot", "contexts": ["push_testing"]});
    make(&app, "joe", testing, "granted");
    make(&app, "joe", json!({}), "granted");
}

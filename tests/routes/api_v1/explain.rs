//! `/api/v1/explain`. What an explanation says is tested in `crates/gate`; here is what the way to it
//! adds: that it agrees with the decision, its forms, its actions carried out, and what is refused.

use crate::harness::{Answer, App, with};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/explain";

const BUILD: &str = "nethack-3.6.7-1.fc40";

fn question(extra: Value) -> Value {
    let body = json!({
        "product_version": "fedora-40", "decision_context": "bodhi_update_push_stable",
        "subject_type": "koji_build", "subject_identifier": BUILD,
    });
    with(body, extra)
}

fn submit(app: &App, test_case: &str, outcome: &str, data: Value) {
    let all = with(json!({"item": BUILD, "type": "koji_build"}), data);
    app.submit(json!({"outcome": outcome, "testcase": test_case, "data": all}));
}

/// A gate that is closed by a missing result and a failed one, which is waived in one scenario of two.
fn closed() -> App {
    let app = App::start();
    submit(&app, "dist.rpmdeplint", "PASSED", json!({}));
    for scenario in ["bios", "uefi"] {
        submit(
            &app,
            "dist.upgradepath",
            "FAILED",
            json!({"scenario": scenario}),
        );
    }
    let waiver = json!({"subject_type": "koji_build", "subject_identifier": BUILD,
        "testcase": "dist.upgradepath", "scenario": "bios", "product_version": "fedora-40",
        "comment": "old machines"});
    app.post_as("joe", "/api/v1.0/waivers/", &waiver)
        .expect(201);
    app
}

fn accepting(app: &App, media_type: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("accept", media_type)];
    app.send("POST", PATH, &headers, &body.to_string())
}

#[test]
fn it_agrees_with_the_decision_and_says_why() {
    let app = closed();
    let why = app.post(PATH, &question(json!({}))).expect(200);
    let decision = app.post("/api/v1.0/decision", &question(json!({"verbose": true})));
    let decision = decision.expect(200);
    for key in ["policies_satisfied", "summary", "policy_revision"] {
        assert_eq!(why[key], decision[key], "{key}");
    }
    let near = why.to_string();
    assert!(
        near.contains("scenario `bios` is waived, `uefi` is not"),
        "{near}"
    );
    assert!(near.contains("\"what\":\"decision-context\""), "{near}");
    // As of a time before all results.
    let early = app.post(PATH, &question(json!({"when": "2001-01-01T00:00:00.0"})));
    assert_eq!(
        early.expect(200)["summary"],
        "Of 3 required tests, 3 results missing"
    );
}

#[test]
fn its_actions_open_the_gate() {
    let app = closed();
    let why = app.post(PATH, &question(json!({}))).expect(200);
    let actions = why["actions"].as_array().unwrap();
    assert!(!actions.is_empty(), "{why}");
    for action in actions {
        for waiver in action["or_waive"].as_array().unwrap() {
            let open = app
                .post("/api/v1.0/decision", &question(json!({})))
                .expect(200);
            assert_eq!(open["policies_satisfied"], false);
            let mut waiver = waiver.clone();
            waiver["comment"] = json!("as explained");
            app.post_as("joe", "/api/v1.0/waivers/", &waiver)
                .expect(201);
        }
    }
    let why = app.post(PATH, &question(json!({}))).expect(200);
    assert_eq!(
        (&why["policies_satisfied"], &why["actions"]),
        (&json!(true), &json!([]))
    );
}

#[test]
fn waivers_that_are_not_in_force_are_named() {
    let app = App::start();
    let waiver = json!({"subject_type": "koji_build", "subject_identifier": BUILD,
        "testcase": "dist.rpmdeplint", "product_version": "fedora-40", "comment": "c",
        "reason": "other", "request": true});
    app.post_as("joe", "/api/v1/waivers", &waiver).expect(201);
    let why = app.post(PATH, &question(json!({}))).expect(200).to_string();
    assert!(why.contains("it is not in force, but requested"), "{why}");
}

#[test]
fn people_get_text_or_a_page() {
    let app = closed();
    let text = accepting(&app, "text/plain", &question(json!({})));
    assert!(
        text.header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    // Without times, and without what changes with every policy.
    let is_fixed = |line: &&str| !line.contains(" at 2") && !line.starts_with("Policies");
    let lines: Vec<&str> = text.text.lines().filter(is_fixed).collect();
    insta::assert_snapshot!(lines.join(
        "
"
    ));
    let page = accepting(&app, "text/html", &question(json!({})));
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    for part in [
        "The gate is closed",
        "dist.abicheck",
        "../../api/v1.0/waivers/new?",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    // The same page has a URL.
    let query = format!(
        "{PATH}?product_version=fedora-40&decision_context=bodhi_update_push_stable&subject_type=koji_build&subject_identifier={BUILD}"
    );
    let linked = app.send("GET", &query, &[("accept", "text/html,*/*;q=0.8")], "");
    assert_eq!(linked.text, page.text);
    assert_eq!(
        app.read(&query),
        app.post(PATH, &question(json!({}))).expect(200)
    );
}

#[test]
fn where_no_policy_applies_it_says_why() {
    let app = App::start();
    let why = app
        .post(PATH, &question(json!({"product_version": "rhel-9"})))
        .expect(404);
    let message = why["refusal"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Found no applicable policies for koji_build"),
        "{why}"
    );
    let mismatches = why["subjects"][0]["policies"].to_string();
    assert!(
        mismatches.contains("\"what\":\"product-version\""),
        "{mismatches}"
    );
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    let check = |body: Value, said: &str| {
        let answer = app.post(PATH, &body).expect(400).to_string();
        assert!(answer.contains(said), "{body}: {answer}");
    };
    check(
        json!({"product_version": "f"}),
        "Either decision_context or rules is required.",
    );
    check(
        question(json!({"when": "now"})),
        "Invalid \\\"when\\\" parameter",
    );
    let subject = json!({"type": "koji_build", "item": BUILD});
    check(
        question(json!({"subject": vec![&subject; 201]})),
        "must be at most 200",
    );
    let most = question(json!({"subject": vec![&subject; 200]}));
    assert_eq!(app.post(PATH, &most).status, 200);
    let wrong = app
        .get(&format!("{PATH}?product_version=f&verbose=true"))
        .expect(400);
    assert!(
        wrong.to_string().contains("there is no such parameter"),
        "{wrong}"
    );
    assert_eq!(app.get(PATH).status, 415);
    assert_eq!(app.send("PUT", PATH, &[], "").status, 405);
}

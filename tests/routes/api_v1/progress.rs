//! `/api/v1/progress`: it agrees with the decision, counts each state, and has three forms.

use crate::harness::{Answer, App, with};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/progress";

/// By the rules of the request, so that each test says what is required.
fn question(test_cases: &[&str], items: &[&str]) -> Value {
    let rule = |name: &&str| json!({"type": "PassingTestCaseRule", "test_case_name": name});
    let subject = |item: &&str| json!({"type": "koji_build", "item": item});
    json!({
        "product_version": "fedora-40",
        "subject": items.iter().map(subject).collect::<Vec<_>>(),
        "rules": test_cases.iter().map(rule).collect::<Vec<_>>(),
    })
}

fn submit(app: &App, item: &str, test_case: &str, outcome: &str) -> Value {
    let data = json!({"item": item, "type": "koji_build"});
    app.submit(json!({"outcome": outcome, "testcase": test_case, "data": data}))
}

fn waive(app: &App, item: &str, test_case: &str) {
    let waiver = json!({"subject_type": "koji_build", "subject_identifier": item,
        "testcase": test_case, "product_version": "fedora-40", "comment": "c"});
    app.post_as("joe", "/api/v1.0/waivers/", &waiver)
        .expect(201);
}

fn accepting(app: &App, media_type: &str, query: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("accept", media_type)];
    app.send(
        "POST",
        &format!("{PATH}{query}"),
        &headers,
        &body.to_string(),
    )
}

/// `[total, done, passed, failed, running, waived, missing, percent]`.
fn counts(of: &Value) -> [u64; 8] {
    [
        "total", "done", "passed", "failed", "running", "waived", "missing", "percent",
    ]
    .map(|key| of[key].as_u64().unwrap_or_else(|| panic!("{key}: {of}")))
}

#[test]
fn every_state_is_counted_and_has_what_counts() {
    let app = App::start();
    let passed = submit(&app, "a", "passed", "PASSED");
    submit(&app, "a", "failed", "FAILED");
    submit(&app, "a", "errored", "ERROR");
    submit(&app, "a", "running", "RUNNING");
    submit(&app, "a", "waived", "FAILED");
    waive(&app, "a", "waived");
    let all = [
        "passed", "failed", "errored", "running", "waived", "missing",
    ];
    let asked = question(&all, &["a"]);
    let progress = app.post(PATH, &asked).expect(200);
    let decision = app.post("/api/v1.0/decision", &with(asked, json!({"verbose": true})));
    let decision = decision.expect(200);
    for key in ["policies_satisfied", "summary", "policy_revision"] {
        assert_eq!(progress[key], decision[key], "{key}");
    }
    assert_eq!(counts(&progress), [6, 4, 1, 2, 1, 1, 1, 66]);
    let subject = &progress["subjects"][0];
    assert_eq!(counts(subject), [6, 4, 1, 2, 1, 1, 1, 66]);
    let required = subject["required"].as_array().unwrap();
    let states: Vec<&str> = required
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        ["passed", "failed", "failed", "running", "waived", "missing"]
    );
    assert_eq!(required[0]["requirement"]["result_id"], passed["id"]);
    assert_eq!(required[4]["requirement"]["waiver_id"], 1);
    let mut shown: Vec<String> = required
        .iter()
        .map(|one| one["requirement"].to_string())
        .collect();
    let lists = ["satisfied_requirements", "unsatisfied_requirements"];
    let decided = lists
        .iter()
        .flat_map(|list| decision[list].as_array().unwrap());
    let mut decided: Vec<String> = decided.map(Value::to_string).collect();
    shown.sort();
    decided.sort();
    assert_eq!(shown, decided);
}

#[test]
fn a_checklist_sums_up_its_subjects() {
    let app = App::start();
    submit(&app, "a", "t", "PASSED");
    submit(&app, "a", "u", "PASSED");
    submit(&app, "b", "t", "PASSED");
    let progress = app.post(PATH, &question(&["t", "u"], &["a", "b"]));
    let progress = progress.expect(200);
    assert_eq!(counts(&progress), [4, 3, 3, 0, 0, 0, 1, 75]);
    assert_eq!(progress["policies_satisfied"], false);
    let subjects = progress["subjects"].as_array().unwrap();
    let told: Vec<_> = subjects
        .iter()
        .map(|one| {
            let name = one["subject_identifier"].as_str().unwrap();
            (name, one["policies_satisfied"] == true, counts(one)[7])
        })
        .collect();
    assert_eq!(told, [("a", true, 100), ("b", false, 50)]);
}

#[test]
fn informative_rules_are_told_and_not_counted() {
    let app = App::start();
    submit(&app, "a", "t", "PASSED");
    let mut asked = question(&["t", "fresh"], &["a"]);
    asked["rules"][1]["informative"] = json!(true);
    let progress = app.post(PATH, &asked).expect(200);
    assert_eq!(counts(&progress), [1, 1, 1, 0, 0, 0, 0, 100]);
    assert_eq!(progress["policies_satisfied"], true);
    let informative = &progress["subjects"][0]["informative"];
    assert_eq!(informative[0]["state"], "missing");
    assert_eq!(informative[0]["requirement"]["testcase"], "fresh");
}

#[test]
fn a_query_asks_for_subjects_of_one_type() {
    let app = App::start();
    let gate = "product_version=fedora-40&decision_context=bodhi_update_push_stable";
    let path = |rest: &str| format!("{PATH}?{gate}&subject_type=koji_build{rest}");
    let one = app.get(&path("&subject_identifier=a-1-1")).expect(200);
    let body = json!({"product_version": "fedora-40", "decision_context": "bodhi_update_push_stable",
        "subject_type": "koji_build", "subject_identifier": "a-1-1"});
    assert_eq!(one, app.post(PATH, &body).expect(200));
    let two = app
        .get(&path("&subject_identifier=a-1-1&subject_identifier=b-1-1"))
        .expect(200);
    assert_eq!(two["subjects"].as_array().unwrap().len(), 2);
    assert_eq!(two["subjects"][1]["subject_identifier"], "b-1-1");
    assert_eq!(
        counts(&two)[0],
        2 * counts(&one)[0],
        "both have the same rules"
    );
}

#[test]
fn people_get_a_page_with_bars() {
    let app = App::start();
    submit(&app, "a", "<b>t</b>", "PASSED");
    let asked = question(&["<b>t</b>", "u"], &["a"]);
    let page = accepting(&app, "text/html,image/svg+xml,*/*", "", &asked);
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(page.text.contains("<title>50 % done"), "{}", page.text);
    assert!(page.text.contains("1 of 2 done: 1 passed, 1 missing"));
    assert!(page.text.contains("&lt;b&gt;t&lt;/b&gt;") && !page.text.contains("<b>t"));
    let asked_for = accepting(&app, "*/*", "?format=html", &asked);
    assert_eq!(asked_for.text, page.text);
}

#[test]
fn a_badge_may_stand_anywhere_and_is_never_old() {
    let app = App::start();
    let asked = question(&["t", "u"], &["a"]);
    let badge = || accepting(&app, "image/avif,image/svg+xml,image/*;q=0.8", "", &asked);
    let texts = |answer: &Answer| answer.text.clone();
    let before = badge();
    assert_eq!(before.status, 200);
    assert_eq!(before.header("content-type"), Some("image/svg+xml"));
    assert_eq!(before.header("cache-control"), Some("no-cache"));
    assert_eq!(
        before.header("cross-origin-resource-policy"),
        Some("cross-origin")
    );
    assert!(texts(&before).contains(">0 %</text>"), "{before:?}");
    submit(&app, "a", "t", "FAILED");
    assert!(texts(&badge()).contains(">50 %, 1 failed</text>"));
    waive(&app, "a", "t");
    submit(&app, "a", "u", "PASSED");
    assert!(texts(&badge()).contains(">open</text>"));
    let asked_for = accepting(&app, "text/html", "?format=svg", &asked);
    assert_eq!(asked_for.text, badge().text);
    assert!(asked_for.text.starts_with("<svg xmlns="), "{asked_for:?}");
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    let ask = |query: &str| app.get(&format!("{PATH}?{query}"));
    let gate = "product_version=fedora-40&subject_type=koji_build&subject_identifier=a-1-1";
    for (query, status, told) in [
        (
            format!("{gate}&decision_context=nowhere"),
            404,
            "no applicable policies",
        ),
        (
            format!("{gate}&decision_context=c&format=png"),
            400,
            "json, html, svg",
        ),
        (
            format!("{gate}&decision_context=c&verbose=1"),
            400,
            "no such parameter",
        ),
        (format!("{gate}&when=soon&decision_context=c"), 400, "when"),
        (gate.to_owned(), 400, "decision_context"),
        (String::new(), 415, ""),
    ] {
        let answer = ask(&query);
        assert_eq!(answer.status, status, "{query}: {answer:?}");
        assert!(answer.text.contains(told), "{query}: {answer:?}");
    }
    assert_eq!(app.send("DELETE", PATH, &[], "").status, 405);
    assert_eq!(app.get(&format!("{PATH}/")).status, 404);
    assert_eq!(app.post(PATH, &json!({"rules": 1})).status, 400);
}

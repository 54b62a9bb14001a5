//! What is refused before an answer begins, from both sides, and what ends early.

use super::{App, PATH, asking, body, builds, simulate};
use serde_json::{Value, json};

#[track_caller]
fn refused(app: &App, asked: &Value, part: &str) {
    let message = app.post(PATH, asked).expect(400)["message"].to_string();
    assert!(message.contains(part), "{message}");
}

fn one() -> Value {
    json!({"subjects": builds(&["a-1-1"])})
}

#[test]
fn a_draft_that_can_not_be_read_is_refused_with_its_place() {
    let app = App::start();
    let bad = "--- !Policy\nid: x\nproduct_versions: [f]\ndecision_context: c\nsubject_type: t\nrules:\n  - !NoRule {}\n";
    refused(&app, &body(bad, one()), "draft.yaml");
    refused(&app, &body(bad, one()), "line 7");
    let files = json!({"a.yaml": bad, "b.yaml": "- ["});
    for name in ["a.yaml", "b.yaml"] {
        refused(&app, &body(files.clone(), one()), name);
    }
    let types = json!({"subject_types/t.yaml": "--- !SubjectType\nname: x\n"});
    refused(&app, &body(types, one()), "subject_types/t.yaml");
    for name in ["a.yml", "x/a.yaml", ".a.yaml", "../a.yaml", ""] {
        refused(&app, &body(json!({name: ""}), one()), "NAME.yaml");
    }
    let text = "`policies` must be the text";
    for wrong in [json!(null), json!(1), json!(["a"]), json!({"a.yaml": 1})] {
        refused(&app, &body(wrong, one()), text);
    }
}

#[test]
fn bodies_that_say_too_little_or_too_much_are_refused() {
    let app = App::start();
    let draft = || asking(&["t"]);
    let with = |extra: Value| body(draft(), extra);
    for (extra, part) in [
        (json!({}), "Give `subjects`, or"),
        (
            json!({"subjects": builds(&["a"]), "since": "2026-01-01"}),
            "not both",
        ),
        (
            json!({"subjects": builds(&["a"]), "until": "2026-01-01"}),
            "go with `since`",
        ),
        (
            json!({"subjects": builds(&["a"]), "subject_type": "t"}),
            "go with `since`",
        ),
        (json!({"subjects": []}), "`subjects` must not be empty"),
        (json!({"subjects": [{"type": "t"}]}), "missing field `item`"),
        (
            json!({"subjects": [{"type": "t", "item": ""}]}),
            "`item` must not be empty",
        ),
        (
            json!({"subjects": [{"type": "t", "item": "i", "x": 1}]}),
            "unknown field `x`",
        ),
        (
            json!({"subjects": builds(&["a"]), "verbose": true}),
            "unknown field `verbose`",
        ),
        (
            json!({"subjects": builds(&["a"]), "when": "yesterday"}),
            "`when`",
        ),
        (json!({"since": "yesterday"}), "`since`"),
        (json!({"since": "9999-01-01"}), "later than"),
        (
            json!({"since": "2026-01-02", "until": "2026-01-01"}),
            "later than",
        ),
        (
            json!({"since": "2026-01-01", "subject_type": ""}),
            "`subject_type`",
        ),
        (
            json!({"subjects": builds(&["a"]), "decision_context": []}),
            "`decision_context`",
        ),
        (
            json!({"subjects": builds(&["a"]), "decision_context": 1}),
            "`decision_context`",
        ),
        (
            json!({"subjects": builds(&["a"]), "product_version": ""}),
            "`product_version`",
        ),
    ] {
        refused(&app, &with(extra), part);
    }
    refused(&app, &json!([1]), "JSON object");
    let headers = [("content-type", "application/json")];
    assert_eq!(app.send("POST", PATH, &headers, "{").status, 400);
    assert_eq!(app.send("POST", PATH, &[], "{}").status, 415);
    assert_eq!(app.get(PATH).status, 405);
    assert_eq!(app.post(&format!("{PATH}/"), &json!({})).status, 404);
    let missing = json!({"policies": "", "product_version": "f"});
    refused(&app, &missing, "missing field `decision_context`");
}

#[test]
fn each_limit_has_two_sides() {
    let app = App::start();
    let check = |fits: Value, is_too_much: Value, part: &str| {
        assert_eq!(app.post(PATH, &fits).status, 200, "{part}");
        refused(&app, &is_too_much, part);
    };
    let contexts = |count: usize| -> Value { vec!["c"; count].into() };
    let with_contexts = |count| {
        let mut asked = body("", one());
        asked["decision_context"] = contexts(count);
        asked
    };
    check(with_contexts(100), with_contexts(101), "at most 100");
    let named = |length: usize| {
        body(
            "",
            json!({"subjects": builds(&["a".repeat(length).as_str()])}),
        )
    };
    check(named(1_000), named(1_001), "at most 1000 characters");
    let files = |count: usize| {
        let files = (0..count).map(|index| (format!("{index}.yaml"), json!("")));
        body(files.collect::<serde_json::Map<_, _>>(), one())
    };
    check(files(1_000), files(1_001), "at most 1000");
    let span = |until: &str| body("", json!({"since": "2024-01-01", "until": until}));
    check(
        span("2025-01-01"),
        span("2025-01-01T00:00:01"),
        "at most 366 days",
    );
    let patterns = |bytes: usize| {
        let packages = format!(
            "subject_type: koji_build\npackages: [{}]",
            "a".repeat(bytes - 8)
        );
        body(
            asking(&["t"]).replace("subject_type: koji_build", &packages),
            one(),
        )
    };
    // `fedora-*` is one, too.
    check(patterns(1_000_000), patterns(1_000_001), "1000000 bytes");
    let large = body("#".repeat(4 * 1024 * 1024), one());
    assert_eq!(app.post(PATH, &large).status, 413);
}

#[test]
fn ten_thousand_subjects_are_decided_and_more_are_refused() {
    let app = App::start();
    let subjects = |count: usize| {
        let subject = |index| json!({"type": "koji_build", "item": format!("n{index}-1-1")});
        let subjects: Vec<Value> = (0..count).map(subject).collect();
        body(asking(&["t"]), json!({"subjects": subjects}))
    };
    let said = simulate(&app, &subjects(10_000));
    // A slow machine may end early, and says so.
    let [total, decided] = said.sums(&["total", "decided"])[..] else {
        panic!("two sums");
    };
    assert_eq!(total, 10_000);
    assert_eq!(said.summary["truncated"], decided < total);
    assert!(decided > 0);
    refused(&app, &subjects(10_001), "at most 10000");
}

//! Subjects of a span of time, as of its end, and what became of them since.

use super::{App, asking, body, builds, simulate, submit_at, waive};
use crate::harness::with;
use serde_json::{Value, json};

const FIRST: &str = "2026-01-01T10:00:00.000000";
const SECOND: &str = "2026-01-02T10:00:00.000000";
const THIRD: &str = "2026-01-03T10:00:00.000000";

fn span(since: &str, until: &str) -> Value {
    json!({"since": since, "until": until})
}

#[test]
fn the_subjects_are_those_with_results_in_the_span_as_of_its_end() {
    let app = App::start();
    let passed = |item: &str, time: &str| {
        submit_at(&app, item, "dist.rpmdeplint", "PASSED", Some(time));
    };
    passed("early-1-1", FIRST);
    passed("a-1-1", SECOND);
    passed("a-1-1", SECOND);
    passed("b-1-1", SECOND);
    passed("late-1-1", THIRD);
    // By an alias, and of another type.
    for kind in ["brew-build", "other"] {
        app.submit(json!({"outcome": "PASSED", "testcase": "t", "submit_time": SECOND, "data": {"item": "c-1-1", "type": kind}}));
    }
    submit_at(&app, "a-1-1", "fresh.test", "PASSED", Some(THIRD));
    let of = |extra: Value| {
        let asked = with(span("2026-01-02", "2026-01-02T23:59:59"), extra);
        simulate(&app, &body(asking(&["fresh.test"]), asked))
    };
    let said = of(json!({}));
    // `a` closes although it passed later; `c` is closed by both, and by none as another type.
    assert_eq!(
        said.directions(),
        [("closes", "b-1-1"), ("closes", "a-1-1")]
    );
    assert_eq!(said.sums(&["decided", "without_policy"]), [4, 1]);
    assert_eq!(said.summary["when"], "2026-01-02T23:59:59");
    for name in ["koji_build", "brew-build"] {
        let said = of(json!({"subject_type": name}));
        assert_eq!(said.sums(&["decided", "without_policy"]), [3, 0]);
    }
    // As of a time of its own.
    let said = of(json!({"when": "2026-01-04"}));
    assert_eq!(said.directions(), [("closes", "b-1-1")]);
    // Up to now.
    let said = simulate(
        &app,
        &body(asking(&["fresh.test"]), json!({"since": "2026-01-01"})),
    );
    assert_eq!(said.sums(&["decided"]), [6]);
    assert_eq!(said.summary["when"], Value::Null);
}

#[test]
fn a_block_is_false_if_the_same_build_passed_or_was_waived_later() {
    let app = App::start();
    let at = |item: &str, outcome: &str, time: &str| {
        submit_at(&app, item, "fresh.test", outcome, Some(time));
    };
    let names = ["flaky-1-1", "known-1-1", "slow-1-1", "broken-1-1"];
    for name in names {
        submit_at(&app, name, "dist.rpmdeplint", "PASSED", Some(FIRST));
    }
    for name in ["flaky-1-1", "known-1-1", "broken-1-1"] {
        at(name, "FAILED", FIRST);
    }
    at("flaky-1-1", "PASSED", THIRD);
    at("slow-1-1", "PASSED", THIRD);
    // The next build says nothing about this one.
    at("broken-1-2", "PASSED", THIRD);
    waive(&app, "known-1-1", "fresh.test");
    let draft = asking(&["fresh.test"]);
    let said = simulate(&app, &body(draft.clone(), span(FIRST, SECOND)));
    assert_eq!(
        said.summary["false_blocks"],
        json!({
            "estimate": 2, "newly_blocked": 4, "passed_since": 1, "waived_since": 1,
            "completed_since": 1, "still_blocked": 1, "unknown": 0,
        })
    );
    // What is decided as of now has no later.
    let said = simulate(&app, &body(draft, json!({"subjects": builds(&names)})));
    let blocks = &said.summary["false_blocks"];
    assert_eq!(blocks["newly_blocked"], 1);
    assert_eq!(blocks["unknown"], 1);
    assert_eq!(blocks["estimate"], Value::Null);
}

#[test]
fn many_results_are_looked_through_in_pages_with_progress() {
    let app = App::start();
    for part in 0..5 {
        let result = |index| json!({"outcome": "PASSED", "testcase": "t", "submit_time": FIRST, "data": {"item": format!("p{part}-{index}-1"), "type": "koji_build"}});
        let results: Value = (0..500).map(result).collect();
        app.submit(results);
    }
    let said = simulate(&app, &body("", span(FIRST, FIRST)));
    assert_eq!(said.sums(&["total", "decided"]), [2_500, 2_500]);
    assert_eq!(
        said.progress[0],
        json!({"decided": 0, "total": 2_000, "results": 2_000})
    );
}

#[test]
fn of_too_many_subjects_the_newest_are_decided() {
    let app = App::start();
    let submit = |first: usize, count: usize, time: &str| {
        let result = |index| json!({"outcome": "PASSED", "testcase": "t", "submit_time": time, "data": {"item": format!("m{index}-1-1"), "type": "koji_build"}});
        let results: Value = (first..first + count).map(result).collect();
        app.submit(results);
    };
    submit(0, 1, FIRST);
    for part in 0..20 {
        submit(1 + part * 500, 500, SECOND);
    }
    let truncated = |since: &str| {
        let said = simulate(&app, &body("", span(since, SECOND)));
        assert_eq!(said.sums(&["total"]), [10_000]);
        said.summary["truncated_because"].clone()
    };
    assert_eq!(truncated(FIRST), "subjects");
    assert_eq!(truncated(SECOND), Value::Null);
}

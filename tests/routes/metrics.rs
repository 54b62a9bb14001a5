//! `/metrics` and `/api/v1.0/metrics`.

use crate::harness::App;
use serde_json::json;

fn value(text: &str, name: &str) -> String {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
    lines.next().expect(name).trim().to_owned()
}

#[test]
fn what_is_stored_is_counted() {
    let app = App::start();
    let counts = || {
        let text = app.get("/metrics").text;
        let results = value(&text, "sluicegate_results_stored_total ");
        (results, value(&text, "sluicegate_waivers_stored_total "))
    };
    assert_eq!(counts(), ("0".into(), "0".into()));
    for _ in 0..3 {
        app.submit(json!({"outcome": "PASSED", "testcase": "t"}));
    }
    let waiver = json!({"subject_type": "x", "subject_identifier": "i", "testcase": "t", "product_version": "p", "comment": "c"});
    let path = "/api/v1.0/waivers/";
    app.post(path, &json!([waiver, waiver])).expect(201);
    // What is refused is not counted.
    assert_eq!(app.post(path, &json!([waiver, {}])).status, 400);
    app.post("/api/v2.0/results", &json!({"testcase": "t"}))
        .expect(400);
    assert_eq!(counts(), ("3".into(), "2".into()));
    let answer = app.get("/api/v1.0/metrics");
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    assert_eq!(answer.text, app.get("/metrics").text);
    assert_eq!(
        value(&answer.text, "sluicegate_build_info{version=\"")
            .split('"')
            .nth(1),
        Some("} 1")
    );
    for line in answer.text.lines() {
        assert!(
            line.starts_with("# ") || line.split(' ').count() == 2,
            "{line}"
        );
    }
    assert_eq!(app.send("POST", "/metrics", &[], "").status, 405);
    assert_eq!(app.get("/metrics/").status, 404);
}

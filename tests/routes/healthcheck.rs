//! `/healthcheck`.

use crate::harness::App;

#[test]
fn each_family_has_its_form() {
    let app = App::start();
    let text = app.get("/healthcheck");
    assert_eq!((text.status, text.text.as_str()), (200, "Health check OK"));
    assert_eq!(
        text.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let json = app.get("/api/v2.0/healthcheck");
    assert_eq!(
        (json.status, json.text.as_str()),
        (200, "{\"message\":\"Health check OK\"}\n")
    );
    assert_eq!(app.send("POST", "/healthcheck", &[], "").status, 405);
}

#[test]
fn a_store_that_can_not_be_read_is_told() {
    let app = App::start();
    let state = tempfile::TempDir::new().unwrap();
    std::fs::write(
        state.path().join("sqlite_db.db"),
        "this is no database, it is a poem".repeat(99),
    )
    .unwrap();
    drop(app);
    let app = crate::harness::Options::default()
        .state(state.path())
        .start();
    for path in ["/healthcheck", "/api/v2.0/healthcheck"] {
        let answer = app.get(path);
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.header("retry-after"), Some("1"));
        let message = &answer.json()["message"];
        assert_eq!(*message, "Unable to communicate with database");
    }
    let submission = serde_json::json!({"outcome": "PASSED", "testcase": "t"});
    let answer = app.post("/api/v2.0/results", &submission);
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(
        !answer.text.contains("database"),
        "the cause is for the log: {answer:?}"
    );
}

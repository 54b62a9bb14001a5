//! `GET /api/v2.0/results/{id}`.

use crate::harness::App;
use serde_json::json;

#[test]
fn only_stored_ids_are_found() {
    let app = App::start();
    let stored = app.submit(json!({"outcome": "PASSED", "testcase": "t"}));
    assert_eq!(app.read("/api/v2.0/results/1"), stored);
    for id in ["0", "2", "abc", "-1", "1.0", "99999999999999999999", "%00"] {
        let answer = app.get(&format!("/api/v2.0/results/{id}"));
        assert_eq!(answer.expect(404)["message"], "Result not found", "{id}");
    }
}

//! `GET /api/v1.0/waivers/{id}`.

use crate::harness::App;
use serde_json::json;

#[test]
fn only_stored_ids_are_found() {
    let app = App::start();
    let stored = app
        .post("/api/v1.0/waivers/", &json!({"subject_type": "x", "subject_identifier": "i", "testcase": "t", "product_version": "p", "comment": "c"}))
        .expect(201);
    assert_eq!(app.read("/api/v1.0/waivers/1"), stored);
    let jsonp = app.get("/api/v1.0/waivers/1?callback=cb");
    assert!(
        jsonp.text.starts_with("cb({\"id\": 1,") && jsonp.text.ends_with(')'),
        "{jsonp:?}"
    );
    for id in ["0", "2", "abc", "+1", "-1", "99999999999999999999"] {
        let answer = app.get(&format!("/api/v1.0/waivers/{id}"));
        assert_eq!(answer.expect(404)["message"], "Waiver not found", "{id}");
    }
}

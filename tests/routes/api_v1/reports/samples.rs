//! Other people's reports over HTTP: what is stored is what was counted.

use super::{PATH, SUBJECT};
use crate::harness::{App, shared_data};
use serde_json::Value;

#[test]
fn every_sample_is_stored_or_refused() {
    let Some(folder) = shared_data() else { return };
    let app = App::start();
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let mut stored = 0;
    for family in ["junit", "tap"] {
        for (path, expected) in expected[family].as_object().unwrap() {
            let bytes = std::fs::read(folder.join(path)).unwrap();
            let query = format!("{PATH}?{SUBJECT}&skipped=info&sample={path}");
            let answer = app.send_bytes(&query, &[], bytes);
            if expected["parses"] == false {
                let told = answer.expect(400);
                assert!(told["line"].is_u64(), "{path}: {told}");
                continue;
            }
            let told = answer.expect(201);
            let tests = expected["tests"].as_u64().unwrap();
            assert_eq!(told["cases"]["total"], tests, "{path}");
            assert_eq!(told["results_count"], tests + 1, "{path}");
            assert_eq!(told["format"], family, "{path}");
            let uuid = told["group"]["uuid"].as_str().unwrap();
            let group = app.read(&format!("/api/v2.0/groups/{uuid}"));
            assert_eq!(group["results_count"], tests + 1, "{path}");
            stored += 1;
        }
    }
    assert_eq!(stored, 97 + 106);
}

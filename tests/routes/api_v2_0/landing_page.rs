//! `GET /api/v2.0`.

use crate::harness::Options;

#[test]
fn its_status_is_300_and_it_lists_outcomes() {
    let app = Options::default()
        .variable("additional_outcomes=queued, BLOCKED")
        .start();
    for path in ["/api/v2.0", "/api/v2.0/"] {
        let page = app.get(path).expect(300);
        assert!(
            page["message"]
                .as_str()
                .unwrap()
                .starts_with("Everything is fine.")
        );
        assert_eq!(page["results"], format!("{}/api/v2.0/results", app.url));
        let outcomes: Vec<&str> = page["outcomes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o.as_str().unwrap())
            .collect();
        assert_eq!(
            outcomes,
            [
                "PASSED",
                "INFO",
                "FAILED",
                "NEEDS_INSPECTION",
                "QUEUED",
                "BLOCKED"
            ]
        );
    }
}

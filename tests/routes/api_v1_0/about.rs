//! `GET /api/v1.0/about` and `/version`.

use crate::harness::App;

#[test]
fn one_answer_serves_both_families() {
    let app = App::start();
    for path in ["/api/v1.0/about", "/api/v1.0/about/"] {
        let about = app.read(path);
        assert!(
            about["version"].is_string() && about["auth_method"].is_string(),
            "{about}"
        );
    }
    let version = app.get("/api/v1.0/version");
    assert_eq!(
        (version.status, version.header("location")),
        (302, Some("/api/v1.0/about"))
    );
}

//! Which sites' pages may read WaiverDB's paths.

use crate::harness::{App, Options};

const PATHS: [&str; 6] = [
    "/api/v1.0/waivers/",
    "/api/v1.0/waivers/1",
    "/api/v1.0/waivers/+filtered",
    "/api/v1.0/waivers/+by-subjects-and-testcases",
    "/api/v1.0/permissions",
    "/api/v1.0/config",
];

const ALLOW: &str = "access-control-allow-origin";

#[test]
fn any_site_may_read_by_default() {
    let app = App::start();
    for path in PATHS {
        for headers in [&[][..], &[("origin", "https://bodhi.example.org")]] {
            let answer = app.send("GET", path, headers, "");
            assert_eq!(answer.header(ALLOW), Some("*"), "{path}");
            // Credentials are never shared with another site.
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
    }
    let form = app.send("GET", "/api/v1.0/waivers/new", &[], "");
    assert_eq!(form.header(ALLOW), None);
}

#[test]
fn a_list_of_sites_is_kept_to() {
    let app = Options::default()
        .variable("cors_origins=https://bodhi.example.org, https://ci.example.org")
        .start();
    for path in PATHS {
        for (origin, expected) in [
            ("https://ci.example.org", Some("https://ci.example.org")),
            ("https://evil.example.org", None),
            ("null", None),
        ] {
            let headers = [
                ("origin", origin),
                ("access-control-request-method", "POST"),
            ];
            for method in ["GET", "POST", "OPTIONS"] {
                let answer = app.send(method, path, &headers, "");
                assert_eq!(answer.header(ALLOW), expected, "{method} {path} {origin}");
                assert_eq!(answer.header("vary"), Some("Origin"));
                let methods = answer.header("access-control-allow-methods");
                let is_told = methods.is_some_and(|list| list.split(", ").any(|m| m == "POST"));
                assert_eq!(is_told, method == "OPTIONS" && expected.is_some());
            }
        }
    }
}

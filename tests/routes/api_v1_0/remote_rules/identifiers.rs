//! Identifiers that want to leave their place in a URL.

use super::*;
use crate::server::{Reply, Server};

#[test]
fn an_identifier_stays_one_segment() {
    let (server, other) = (Server::start(), Server::start());
    let evil = other.url.trim_start_matches("http://");
    let (options, _folder) = options(&server, "  - !RemoteRule {required: true}\n");
    let template = format!(
        "dist_git_url_template={}/p/{{subject_id}}/gating.yaml",
        server.url
    );
    let app = options
        .variable(&template)
        .variable(&format!("remote_rule_second_origin={}", other.url))
        .start();
    server.answer("/gating.yaml", &[Reply::file(&gating("stolen"))]);
    for identifier in [
        "../..",
        "a/../..",
        "x?y",
        "x#y",
        "x/../../gating.yaml?",
        &format!("@{evil}"),
        &format!("//{evil}/x"),
        &format!("\\\\{evil}\\x"),
        "a%2f..%2f..",
        "a b\tc\r\nHost: evil",
        "é",
    ] {
        let before = server.paths().len();
        let missing = unsatisfied(&ask(&app, "koji_build", identifier));
        assert_eq!(missing["type"], "missing-gating-yaml", "{identifier}");
        let paths = server.paths().split_off(before);
        assert_eq!(paths.len(), 1, "{identifier}");
        let inside = paths[0]
            .strip_prefix("/p/")
            .and_then(|path| path.strip_suffix("/gating.yaml"));
        let inside = inside.unwrap_or_else(|| panic!("{identifier}: {paths:?}"));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~%+:,=".contains(c);
        assert!(inside.chars().all(is_plain), "{inside}");
        assert!(missing["sources"][0].as_str().unwrap().ends_with(&paths[0]));
    }
    let asked = server.paths().len();
    for identifier in ["..", ".", "sha256:.."] {
        let failed = unsatisfied(&ask(&app, "koji_build", identifier));
        assert_eq!(failed["type"], "failed-fetch-gating-yaml");
        let error = failed["error"].as_str().unwrap();
        assert!(error.contains("can't be part of a URL"), "{error}");
        assert_eq!(failed["sources"], json!([]));
    }
    assert_eq!(server.paths().len(), asked);
    assert_eq!(other.paths(), Vec::<String>::new());
}

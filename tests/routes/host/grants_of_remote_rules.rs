//! Without a grant of remote rules no decision and no explanation has them.

use super::grants::manifest;
use crate::api_v1_0::remote_rules::ask_on_demand;
use crate::harness::Options;
use crate::identity::logs;
use crate::server::{Reply, Server};
use serde_json::json;
use tempfile::TempDir;

#[test]
fn without_the_grants_of_remote_rules_no_decision_has_them() {
    let folder = TempDir::new().unwrap();
    let server = Server::start();
    let url = &server.url;
    server.answer("/x", &[Reply::file("")]);
    let rules = json!([{"type": "RemoteRule", "sources": [format!("{url}/x")]}]);
    let variable = |name: &str| format!("{name} = \"{{{{ {name} }}}}\"");
    let hosts = "\"{{ remote_rule_origin }}\", ".to_owned();
    let store = "key_value_stores = [\"default\"]".to_owned();
    let mut grants = vec![
        (hosts, 502, "may not be called"),
        (store, 503, "key-value store"),
    ];
    for name in [
        "remote_rule_policies",
        "dist_git_url_template",
        "koji_api",
        "remote_rule_max_age",
        "remote_rule_timeout",
    ] {
        grants.push((variable(name), 500, name));
    }
    for (grant, status, part) in grants {
        let app = Options::default()
            .manifest(manifest(&folder, &grant, ""))
            .variable(&format!("remote_rule_origin={url}"))
            .start();
        let answer = ask_on_demand(&app, rules.clone());
        assert_eq!(answer.status, status, "without {grant}: {answer:?}");
        let question = json!({"product_version": "v", "subject_type": "s",
            "subject_identifier": "i", "rules": rules});
        for path in ["/api/v1/explain", "/api/v1/progress"] {
            let answer = app.post(path, &question);
            assert_eq!(answer.status, status, "{path} without {grant}: {answer:?}");
        }
        let log = logs(&app);
        assert!(log.contains(part), "without {grant}: {log}");
        let is_shown = ["koji_api", "remote_rule_policies"].contains(&part);
        let status = if is_shown { 500 } else { 200 };
        assert_eq!(app.get("/").status, status, "/ without {grant}");
    }
    assert_eq!(server.paths(), Vec::<String>::new());
    let app = Options::default().variable(&format!("remote_rule_origin={url}"));
    assert_eq!(ask_on_demand(&app.start(), rules).status, 200);
    assert_eq!(server.paths(), ["/x"]);
}

//! The refusing twins of what `simulate-gate` is granted.

use super::grants::manifest;
use crate::harness::{App, Options};
use crate::identity::logs;
use crate::server::{Reply, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What is said of a build whose draft has this rule.
fn simulate(app: &App, rule: &str) -> String {
    let draft = format!(
        "--- !Policy\nid: d\nproduct_versions: ['*']\ndecision_context: c\nsubject_type: koji_build\nrules: [{rule}]\n"
    );
    let subjects: Value = json!([{"type": "koji_build", "item": "a-1-1"}]);
    let asked = json!({"policies": draft, "product_version": "fedora-40", "decision_context": "c", "subjects": subjects});
    let answer = app.post("/api/v1/simulate", &asked);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text
}

#[test]
fn without_the_database_it_ends_with_an_error() {
    let folder = TempDir::new().unwrap();
    let manifest = manifest(&folder, "sqlite_databases = [\"default\"]", "");
    let app = Options::default().manifest(manifest).start();
    // The answer has begun before the store is asked.
    let said = simulate(&app, "!PassingTestCaseRule {test_case_name: t}");
    assert_eq!(
        said.lines().last().unwrap(),
        r#"{"error":{"message":"Internal Server Error"}}"#
    );
    assert!(logs(&app).to_lowercase().contains("denied"));
}

#[test]
fn without_the_files_nothing_is_in_force() {
    let folder = TempDir::new().unwrap();
    let files = "files = [{ source = \"policies\", destination = \"/policies\" }]";
    let with = Options::default().start();
    let without = Options::default()
        .manifest(manifest(&folder, files, ""))
        .start();
    let context = "bodhi_update_push_testing";
    let asked = json!({"policies": "", "product_version": "fedora-40", "decision_context": context, "subjects": [{"type": "koji_build", "item": "a-1-1"}]});
    for (app, opens) in [(with, true), (without, false)] {
        let said = app.post("/api/v1/simulate", &asked).text;
        assert_eq!(said.contains(r#""direction":"opens""#), opens, "{said}");
    }
}

#[test]
fn without_the_grants_of_remote_rules_nothing_is_fetched() {
    let folder = TempDir::new().unwrap();
    let server = Server::start();
    let url = &server.url;
    server.answer("/x", &[Reply::file("")]);
    let rule = format!("!RemoteRule {{sources: ['{url}/x']}}");
    let variable = |name: &str| format!("{name} = \"{{{{ {name} }}}}\"");
    for grant in [
        "\"{{ remote_rule_origin }}\", ".to_owned(),
        "key_value_stores = [\"default\"]".to_owned(),
        variable("remote_rule_policies"),
        variable("dist_git_url_template"),
        variable("koji_api"),
        variable("remote_rule_max_age"),
        variable("remote_rule_timeout"),
    ] {
        let app = Options::default()
            .manifest(manifest(&folder, &grant, ""))
            .variable(&format!("remote_rule_origin={url}"))
            .start();
        let said = simulate(&app, &rule);
        assert!(
            said.contains(r#""undecidable":1"#),
            "without {grant}: {said}"
        );
    }
    assert_eq!(server.paths(), Vec::<String>::new());
    let app = Options::default().variable(&format!("remote_rule_origin={url}"));
    let said = simulate(&app.start(), &rule);
    assert!(said.contains(r#""undecidable":0"#), "{said}");
    assert_eq!(server.paths(), ["/x"]);
}

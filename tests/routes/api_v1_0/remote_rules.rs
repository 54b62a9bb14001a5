//! Remote rules in `POST /api/v1.0/decision`, with real servers of files and builds.

mod cache;
mod failures;
mod files;
mod identifiers;
mod koji;
mod limits;
mod samples;

use crate::harness::{Answer, App, Options};
use crate::server::Server;
use serde_json::{Value, json};
use std::ops::Deref;
use tempfile::TempDir;

const BUILD: &str = "nethack-3.6.7-1.fc41";

/// A file that asks for one test case.
fn gating(test_case: &str) -> String {
    format!(
        "--- !Policy\ndecision_context: push\nrules:\n  - !PassingTestCaseRule {{test_case_name: {test_case}}}\n"
    )
}

/// A policy with these rules.
fn policies(rules: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let text = format!(
        "--- !Policy\nid: remote\nproduct_versions: [fedora-*]\ndecision_context: push\nsubject_types: [koji_build, group, other]\nrules:\n{rules}"
    );
    std::fs::write(folder.path().join("policy.yaml"), text).unwrap();
    folder
}

/// Settings with a policy of these rules, whose files are at `/<identifier>.yaml`, and with Koji at
/// `/hub`. Nothing is kept longer than it is shared.
fn options(server: &Server, rules: &str) -> (Options, TempDir) {
    let folder = policies(rules);
    let url = &server.url;
    let options = Options::default()
        .policies(folder.path())
        .variable(&format!("dist_git_url_template={url}/{{subject_id}}.yaml"))
        .variable(&format!("koji_api={url}/hub"))
        .variable(&format!("remote_rule_origin={url}"))
        .variable("remote_rule_max_age=0");
    (options, folder)
}

/// An application and its folder of policies.
struct Running {
    app: App,
    _folder: TempDir,
}

impl Deref for Running {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// An application with these settings.
fn app(server: &Server, rules: &str) -> Running {
    app_with(server, rules, &[])
}

/// An application with these settings and variables.
fn app_with(server: &Server, rules: &str, variables: &[&str]) -> Running {
    let (mut options, _folder) = options(server, rules);
    for variable in variables {
        options = options.variable(variable);
    }
    Running {
        app: options.start(),
        _folder,
    }
}

/// Asks about a subject.
fn ask(app: &App, subject_type: &str, identifier: &str) -> Answer {
    let body = json!({
        "product_version": "fedora-41", "decision_context": "push",
        "subject_type": subject_type, "subject_identifier": identifier,
    });
    app.post("/api/v1.0/decision", &body)
}

/// Asks about the build.
fn ask_build(app: &App) -> Answer {
    ask(app, "koji_build", BUILD)
}

/// Asks about the build with rules that come along.
pub fn ask_on_demand(app: &App, rules: Value) -> Answer {
    let body = json!({
        "product_version": "fedora-41", "rules": rules,
        "subject_type": "koji_build", "subject_identifier": BUILD,
    });
    app.post("/api/v1.0/decision", &body)
}

/// The test cases that a decision asks for, none of which has a result.
#[track_caller]
fn required(answer: &Answer) -> Vec<String> {
    let decision = answer.expect(200);
    let unsatisfied = decision["unsatisfied_requirements"].as_array().unwrap();
    let names = unsatisfied.iter().map(|requirement| {
        assert_eq!(requirement["type"], "test-result-missing", "{requirement}");
        requirement["testcase"].as_str().unwrap().to_owned()
    });
    names.collect()
}

/// The one requirement that is not satisfied.
#[track_caller]
fn unsatisfied(answer: &Answer) -> Value {
    let decision = answer.expect(200);
    let all = decision["unsatisfied_requirements"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{decision}");
    all[0].clone()
}

/// That an answer has this status and a message with this part.
#[track_caller]
fn expect_message(answer: &Answer, status: u16, part: &str) {
    let message = answer.expect(status)["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains(part), "{message}");
}

//! Files of real packages.

use super::*;
use crate::harness::shared_data;
use crate::server::{Reply, Server};

const POLICY: &str = "--- !Policy
id: fedora
product_versions: [fedora-*]
decision_contexts: [bodhi_update_push_testing, bodhi_update_push_stable]
subject_type: koji_build
rules:
  - !RemoteRule {required: true}
";

/// The test cases of the documents for Fedora, as they are written, each once.
fn for_fedora(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let documents = text.split("--- !Policy");
    for document in documents.filter(|document| document.contains("fedora-")) {
        for rest in document.split("test_case_name:").skip(1) {
            let name = rest
                .split(['}', ',', '\n'])
                .next()
                .unwrap()
                .trim()
                .to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

#[test]
fn files_of_real_packages_are_understood() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("gating-yaml");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let server = Server::start();
    let (options, policies) = options(&server, "  []\n");
    std::fs::write(policies.path().join("policy.yaml"), POLICY).unwrap();
    let app = options.start();
    for (n, file) in files.iter().enumerate() {
        let text = std::fs::read_to_string(file).unwrap();
        server.answer(&format!("/a-{n}-1.yaml"), &[Reply::file(&text)]);
        let body = json!({
            "product_version": "fedora-43",
            "decision_context": ["bodhi_update_push_testing", "bodhi_update_push_stable"],
            "subject_type": "koji_build", "subject_identifier": format!("a-{n}-1"),
        });
        let answer = app.post("/api/v1.0/decision", &body);
        let required = required(&answer);
        assert_eq!(required, for_fedora(&text), "{}", file.display());
        let satisfied = answer.json()["satisfied_requirements"].clone();
        assert_eq!(satisfied[0]["type"], "fetched-gating-yaml");
    }
}

//! `GET /api/v1.0/policies` and `/subject_types`.

use crate::harness::{App, Options, shared_data};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn our_own_policies_are_described() {
    let app = App::start();
    let policies = app.read("/api/v1.0/policies");
    let ids: Vec<&str> = policies["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "builds_to_testing",
            "builds_to_stable",
            "abi_to_stable",
            "compose_to_mirrors"
        ]
    );
    insta::assert_json_snapshot!("first_policy", policies["policies"][0]);
    let types = app.read("/api/v1.0/subject_types");
    insta::assert_json_snapshot!("subject_types", types);
}

#[test]
fn real_policies_are_described_as_greenwave_does() {
    let Some(data) = shared_data() else { return };
    let folder = TempDir::new().unwrap();
    std::fs::copy(
        data.join("policies/bodhi/policy.yaml"),
        folder.path().join("bodhi.yaml"),
    )
    .unwrap();
    let app = Options::default().policies(folder.path()).start();
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(data.join("expected.json")).unwrap())
            .unwrap();
    let expected = &expected["policies"]["policies/bodhi/policy.yaml"]["as_json"];
    assert_eq!(&app.read("/api/v1.0/policies")["policies"], expected);
    assert_eq!(
        app.read("/api/v1.0/subject_types")["subject_types"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn a_broken_policy_is_an_error_that_the_log_explains() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("bad.yaml"), "--- !Policy\nid: bad\n").unwrap();
    let app = Options::default().policies(folder.path()).start();
    let answer = app.get("/api/v1.0/policies");
    assert_eq!(answer.expect(500)["message"], "Internal Server Error");
    let logs = app.state().join("logs");
    let log = std::fs::read_to_string(logs.join("describe-policies_stderr.txt")).unwrap();
    assert!(
        log.contains("bad.yaml") && log.contains("is required"),
        "{log}"
    );
}

#[test]
fn only_files_that_greenwave_reads_are_policies() {
    let folder = TempDir::new().unwrap();
    let policy = |id: &str| {
        format!(
            "id: {id}\nproduct_versions: [a]\ndecision_context: c\nsubject_type: t\nrules: []\n"
        )
    };
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("b.yaml", &policy("b"));
    write("a.yaml", &policy("a"));
    write("c.yml", &policy("c"));
    write("d.yaml.orig", "[");
    write(".hidden.yaml", "[");
    write("README", "[");
    std::fs::create_dir(folder.path().join("more")).unwrap();
    write("more/e.yaml", "[");
    let app = Options::default().policies(folder.path()).start();
    let policies = app.read("/api/v1.0/policies");
    let ids: Vec<&Value> = (policies["policies"].as_array().unwrap().iter())
        .map(|policy| &policy["id"])
        .collect();
    assert_eq!(ids, ["a", "b"]);
}

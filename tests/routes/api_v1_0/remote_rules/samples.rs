//! Files of real packages.

use super::server::{Reply, Server};
use super::*;
use crate::harness::shared_data;

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
    let app = app(&server, "  []\n");
    for (n, file) in files.iter().enumerate() {
        let text = std::fs::read_to_string(file).unwrap();
        server.answer(&format!("/{n}"), &[Reply::file(&text)]);
        let body = json!({
            "product_version": "fedora-41", "verbose": true,
            "subject_type": "koji_build", "subject_identifier": BUILD,
            "rules": [{"type": "RemoteRule", "sources": [format!("{}/{n}", server.url)]}],
        });
        let decision = app.post("/api/v1.0/decision", &body).expect(200);
        println!("{}: {}", file.display(), decision["summary"]);
        println!("{:#}", decision["unsatisfied_requirements"]);
    }
}

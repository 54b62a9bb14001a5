//! Limits of remote rules, from both sides.

use super::*;
use crate::server::{Reply, Server};

const MAX_FILE_BYTES: usize = 256 * 1024;

/// A file of so many bytes.
fn file(bytes: usize) -> Reply {
    let text = gating("own");
    Reply::file(&format!("{text}#{}", "x".repeat(bytes - text.len() - 1)))
}

fn ask_about(app: &App, count: usize, rules: Option<Value>) -> Answer {
    let subjects: Vec<Value> = (0..count)
        .map(|n| json!({"type": "koji_build", "item": format!("a-{n}-1")}))
        .collect();
    let mut body = json!({"product_version": "fedora-41", "subject": subjects});
    match rules {
        Some(rules) => body["rules"] = rules,
        None => body["decision_context"] = json!("push"),
    }
    app.post("/api/v1.0/decision", &body)
}

#[test]
fn files_have_a_largest_size() {
    let server = Server::start();
    let app = app(&server, "  - !RemoteRule {}\n");
    let path = format!("/{BUILD}.yaml");
    server.answer(&path, &[file(MAX_FILE_BYTES)]);
    assert_eq!(required(&ask_build(&app)), ["own"]);
    for reply in [file(MAX_FILE_BYTES + 1), Reply::Endless] {
        server.answer(&path, &[reply]);
        let before = server.asked(&path).len();
        let failed = unsatisfied(&ask_build(&app));
        assert_eq!(failed["type"], "failed-fetch-gating-yaml");
        let url = format!("{}{path}", server.url);
        assert_eq!(failed["sources"], json!([url]));
        let error = format!("Failed to get remote policies: {url} is larger than 262144 bytes");
        assert_eq!(failed["error"], error);
        assert_eq!(server.asked(&path).len(), before + 1);
    }
    // A long page that there is no file is still no file.
    let page = vec![b'x'; MAX_FILE_BYTES + 1];
    server.answer(&path, &[Reply::Whole(404, Vec::new(), page)]);
    assert_eq!(required(&ask_build(&app)), Vec::<String>::new());
}

#[test]
fn the_files_of_a_decision_have_a_largest_size() {
    let server = Server::start();
    let url = &server.url;
    let app = app(
        &server,
        &format!("  - !RemoteRule {{sources: ['{url}/all']}}\n"),
    );
    server.answer("/all", &[file(MAX_FILE_BYTES)]);
    let decision = ask_about(&app, 64, None).expect(200);
    assert_eq!(
        decision["summary"],
        "Of 64 required tests, 64 results missing"
    );
    let answer = ask_about(&app, 65, None);
    expect_message(
        &answer,
        400,
        "more than 16777216 bytes, please ask for fewer subjects",
    );
}

#[test]
fn a_decision_needs_so_many_files() {
    let server = Server::start();
    let app = app(&server, "  []\n");
    let rules = |count: usize| {
        let rule =
            |n: usize| json!({"type": "RemoteRule", "sources": [format!("{}/{n}", server.url)]});
        Some((0..count).map(rule).collect())
    };
    let decision = ask_about(&app, 100, rules(40)).expect(200);
    assert_eq!(decision["summary"], "No tests are required");
    assert_eq!(server.paths().len(), 40);
    let answer = ask_about(&app, 1334, rules(3));
    expect_message(&answer, 400, "more than 4000 remote rule files");
    assert_eq!(server.paths().len(), 40);
}

#[test]
fn a_rule_has_so_many_sources() {
    let server = Server::start();
    let app = app(&server, "  []\n");
    let ask = |count: usize| {
        let sources: Vec<String> = (0..count).map(|n| format!("{}/{n}", server.url)).collect();
        ask_on_demand(&app, json!([{"type": "RemoteRule", "sources": sources}]))
    };
    assert_eq!(ask(20).expect(200)["summary"], "No tests are required");
    assert_eq!(server.paths().len(), 20);
    expect_message(&ask(21), 400, "at most 20 URL templates");
    assert_eq!(server.paths().len(), 20);
}

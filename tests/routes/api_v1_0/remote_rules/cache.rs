//! What is kept of answers, and who asks when many want to know.

use super::*;
use crate::server::{Reply, Server};
use std::time::Duration;

fn path() -> String {
    format!("/{BUILD}.yaml")
}

#[test]
fn what_was_fetched_a_moment_ago_is_used() {
    let server = Server::start();
    let state = TempDir::new().unwrap();
    let (file, gone) = (Reply::file(&gating("own")), Reply::status(404));
    for (first, then) in [(&file, &gone), (&gone, &file)] {
        let path = path();
        let asked = server.asked(&path).len();
        server.answer(&path, &[first.clone(), then.clone()]);
        let state = TempDir::new_in(state.path()).unwrap();
        let start = || {
            let (options, folder) = options(&server, "  - !RemoteRule {}\n");
            let options = options.variable("remote_rule_max_age=3600");
            (options.state(state.path()).start(), folder)
        };
        let (app, _folder) = start();
        let decision = ask_build(&app).expect(200);
        assert_eq!(ask_build(&app).expect(200), decision);
        drop(app);
        // Also by an application that was started anew.
        let (app, _folder) = start();
        assert_eq!(ask_build(&app).expect(200), decision);
        assert_eq!(server.asked(&path).len(), asked + 1);
    }
}

#[test]
fn a_server_is_asked_whether_a_file_has_changed() {
    let server = Server::start();
    let app = app(&server, "  - !RemoteRule {}\n");
    let unchanged = Reply::Whole(304, vec![("etag", "\"1\"".to_owned())], Vec::new());
    let replies = [
        Reply::version("\"1\"", &gating("one")),
        unchanged.clone(),
        unchanged,
        Reply::version("\"2\"", &gating("two")),
        Reply::file(&gating("three")),
        Reply::status(404),
    ];
    server.answer(&path(), &replies);
    for expected in ["one", "one", "one", "two", "three"] {
        assert_eq!(required(&ask_build(&app)), [expected]);
    }
    assert_eq!(required(&ask_build(&app)), Vec::<String>::new());
    let asked = server.asked(&path());
    let versions = asked.iter().map(|asked| asked.headers.get("if-none-match"));
    let versions: Vec<_> = versions
        .map(|version| version.map(String::as_str))
        .collect();
    let (one, two) = (Some("\"1\""), Some("\"2\""));
    assert_eq!(versions, [None, one, one, one, two, None]);
}

#[test]
fn a_failure_is_not_kept() {
    let server = Server::start();
    let (options, _folder) = options(&server, "  - !RemoteRule {}\n");
    let app = options.variable("remote_rule_max_age=3600").start();
    server.answer(&path(), &[Reply::status(403), Reply::file(&gating("own"))]);
    assert_eq!(ask_build(&app).status, 502);
    assert_eq!(required(&ask_build(&app)), ["own"]);
}

#[test]
fn a_burst_asks_once() {
    for max_age in [0, 3600] {
        let server = Server::start();
        let (options, _folder) = options(&server, "  - !RemoteRule {}\n");
        let app = options
            .variable(&format!("remote_rule_max_age={max_age}"))
            .start();
        let file = Reply::file(&gating("own"));
        // Nobody's answer comes before everybody has asked.
        let late = Reply::Late(Duration::from_secs(3), Box::new(file));
        server.answer(&path(), &[late]);
        std::thread::scope(|scope| {
            for _ in 0..24 {
                scope.spawn(|| assert_eq!(required(&ask_build(&app)), ["own"]));
            }
        });
        assert_eq!(server.asked(&path()).len(), 1, "max_age {max_age}");
    }
}

#[test]
fn subjects_share_a_file_within_a_decision() {
    let server = Server::start();
    let url = &server.url;
    let app = app(
        &server,
        &format!("  - !RemoteRule {{sources: ['{url}/all']}}\n"),
    );
    server.answer("/all", &[Reply::file(&gating("own"))]);
    let subjects: Vec<Value> = (0..40)
        .map(|n| json!({"type": "koji_build", "item": format!("a-{n}-1")}))
        .collect();
    let body =
        json!({"product_version": "fedora-41", "decision_context": "push", "subject": subjects});
    let decision = app.post("/api/v1.0/decision", &body).expect(200);
    assert_eq!(
        decision["summary"],
        "Of 40 required tests, 40 results missing"
    );
    assert_eq!(server.asked("/all").len(), 1);
}

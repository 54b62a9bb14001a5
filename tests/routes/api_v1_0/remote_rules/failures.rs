//! Servers that fail, and settings that can't be used.

use super::*;
use crate::identity::logs;
use crate::server::{Reply, Server};
use std::time::Duration;

fn path() -> String {
    format!("/{BUILD}.yaml")
}

/// Asks with little patience, while the server answers these.
fn ask_with(replies: &[Reply]) -> (Server, Answer) {
    let server = Server::start();
    server.answer(&path(), replies);
    let (options, _folder) = options(&server, "  - !RemoteRule {}\n");
    let app = options.variable("remote_rule_timeout=0.3").start();
    let answer = ask_build(&app);
    (server, answer)
}

#[test]
fn what_passes_is_asked_again() {
    let file = Reply::file(&gating("own"));
    for passing in [
        Reply::status(500),
        Reply::status(502),
        Reply::status(503),
        Reply::status(504),
        Reply::Nothing,
        Reply::Half("--- !Policy\n"),
        Reply::Late(Duration::from_secs(2), Box::new(file.clone())),
    ] {
        let (server, answer) = ask_with(&[passing, file.clone()]);
        assert_eq!(required(&answer), ["own"]);
        assert_eq!(server.asked(&path()).len(), 2);
    }
}

#[test]
fn what_does_not_pass_fails_the_decision() {
    for (reply, status) in [
        (Reply::status(503), 503),
        (Reply::Nothing, 502),
        (Reply::Half("--- !Policy\n"), 502),
        (
            Reply::Late(Duration::from_secs(2), Box::new(Reply::file(""))),
            504,
        ),
        (Reply::Drops, 504),
    ] {
        let (server, answer) = ask_with(&[reply]);
        let expected = format!(
            "Got unexpected status code {status} for {}{}: ",
            server.url,
            path()
        );
        expect_message(&answer, 502, &expected);
        assert_eq!(server.asked(&path()).len(), 4);
    }
}

#[test]
fn all_look_ups_of_a_decision_have_an_end_before_the_host_ends_it() {
    let server = Server::start();
    let late = Reply::Late(Duration::from_secs(60), Box::new(Reply::file("")));
    server.answer(&path(), &[late]);
    let app = app_with(&server, "  - !RemoteRule {}\n", &["remote_rule_timeout=60"]);
    expect_message(&ask_build(&app), 502, "the answer takes too long");
    // There was no time left to ask again.
    assert_eq!(server.asked(&path()).len(), 1);
}

#[test]
fn other_statuses_are_not_asked_again() {
    for status in [400, 403, 410, 501, 304] {
        let (server, answer) = ask_with(&[Reply::status(status)]);
        let url = &server.url;
        let body = if status == 304 { "" } else { "for no reason" };
        let expected = format!(
            "Got unexpected status code {status} for {url}{}: {body}",
            path()
        );
        expect_message(&answer, 502, &expected);
        assert_eq!(server.asked(&path()).len(), 1);
    }
}

#[test]
fn nobody_listens() {
    let server = Server::start();
    let app = app(&server, "  - !RemoteRule {}\n");
    drop(server);
    expect_message(&ask_build(&app), 502, "Got unexpected status code 502 for ");
    assert!(logs(&app).contains("Got unexpected status code 502"));
}

#[test]
fn redirects_are_followed_where_calls_are_allowed() {
    let (server, other) = (Server::start(), Server::start());
    let url = &server.url;
    let path = path();
    let file = Reply::file(&gating("own"));
    server.answer("/there", std::slice::from_ref(&file));
    other.answer("/there", std::slice::from_ref(&file));
    let (options, _folder) = options(&server, "  - !RemoteRule {}\n");
    let app = options
        .variable(&format!("remote_rule_second_origin={}", other.url))
        .start();
    let elsewhere = format!("{}/there", other.url);
    for location in ["/there", "there", &format!("{url}/there#x"), &elsewhere] {
        server.answer(&path, &[Reply::redirect(location)]);
        let answer = ask_build(&app);
        assert_eq!(required(&answer), ["own"], "{location}");
        let fetched = &answer.json()["satisfied_requirements"][0];
        assert_eq!(fetched["source"], format!("{url}{path}"));
    }
    assert_eq!(other.paths(), ["/there"]);
    server.answer(&path, &[Reply::redirect("/nowhere")]);
    assert_eq!(required(&ask_build(&app)), Vec::<String>::new());
    let (options, _folder) = super::options(&server, "  - !RemoteRule {}\n");
    let app = options.start();
    server.answer(&path, &[Reply::redirect(&elsewhere)]);
    expect_message(&ask_build(&app), 502, "may not be called");
    assert_eq!(other.paths().len(), 1);
    for location in ["ftp://h/x", ""] {
        server.answer(&path, &[Reply::redirect(location)]);
        expect_message(&ask_build(&app), 502, "it redirects to");
    }
}

#[test]
fn redirects_have_an_end() {
    let server = Server::start();
    let app = app(&server, "  - !RemoteRule {}\n");
    let go = |steps: usize| {
        for step in 1..steps {
            server.answer(
                &format!("/{step}"),
                &[Reply::redirect(&format!("/{}", step + 1))],
            );
        }
        server.answer(&format!("/{steps}"), &[Reply::file(&gating("own"))]);
        server.answer(&path(), &[Reply::redirect("/1")]);
        ask_build(&app)
    };
    assert_eq!(required(&go(5)), ["own"]);
    expect_message(&go(6), 502, "more than 5 redirects");
}

#[test]
fn what_is_not_set_up_fails_the_decision() {
    let folder = policies("  - !RemoteRule {}\n");
    let unexpected = "Unexpected error while fetching remote policies";
    let app = Options::default().policies(folder.path()).start();
    expect_message(&ask_build(&app), 502, unexpected);
    let server = Server::start();
    let url = &server.url;
    // A template that needs Koji, and none to ask.
    let template = format!("dist_git_url_template={url}/{{pkg_name}}");
    let app = Options::default()
        .policies(folder.path())
        .variable(&template)
        .start();
    expect_message(&ask_build(&app), 502, unexpected);
    assert!(logs(&app).contains("koji_api"), "{}", logs(&app));
    // A rule whose template can't be used.
    let app = super::app(
        &server,
        "  - !RemoteRule {sources: ['https://{branch}/x']}\n",
    );
    expect_message(&ask_build(&app), 502, unexpected);
    assert!(logs(&app).contains("URL template"), "{}", logs(&app));
    // A server that may not be called.
    let app = Options::default()
        .policies(folder.path())
        .variable(&format!("dist_git_url_template={url}/x"))
        .start();
    expect_message(&ask_build(&app), 502, "may not be called");
    assert_eq!(server.paths(), Vec::<String>::new());
}

#[test]
fn settings_that_can_not_be_read_are_told_in_the_log() {
    let server = Server::start();
    for (name, value) in [
        ("remote_rule_policies", "[]"),
        ("dist_git_url_template", "x"),
        ("koji_api", "koji.test"),
        ("remote_rule_max_age", "-1"),
        ("remote_rule_timeout", "0"),
        ("remote_rule_timeout", "61"),
    ] {
        let (options, _folder) = options(&server, "  - !RemoteRule {}\n");
        let app = options.variable(&format!("{name}={value}")).start();
        let message = ask_build(&app).expect(500)["message"].clone();
        assert_eq!(message, "Internal Server Error");
        let log = logs(&app);
        assert!(log.contains(&format!("variable `{name}`")), "{name}: {log}");
    }
}

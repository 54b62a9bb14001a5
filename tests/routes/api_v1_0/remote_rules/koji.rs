//! Koji's word on builds: where their sources are and when they were created.

use super::server::{Reply, Server};
use super::*;
use std::time::Duration;

const REMOTE: &str = "  - !RemoteRule {required: true}\n";
const DATED: &str = "  - !PassingTestCaseRule {test_case_name: new, valid_since: 2024-06-01T12:00:00}\n  - !PassingTestCaseRule {test_case_name: old, valid_until: 2024-06-01T12:00:00}\n";

/// Koji's answer of a value.
fn value(value: &str) -> Reply {
    Reply::file(&format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>{value}</value>\n</param>\n</params>\n</methodResponse>\n"
    ))
}

/// Koji's answer of a build with these members.
fn build(members: &[(&str, &str)]) -> Reply {
    let members = members.iter().map(|(name, text)| {
        format!("<member>\n<name>{name}</name>\n<value>{text}</value>\n</member>\n")
    });
    value(&format!(
        "<struct>\n{}</struct>",
        members.collect::<String>()
    ))
}

/// An application whose files are where Koji says.
fn app_by_koji(server: &Server, rules: &str) -> Running {
    let template = "{pkg_namespace}{pkg_name}/raw/{rev}/gating.yaml";
    let template = format!("dist_git_url_template={}/{template}", server.url);
    app_with(server, rules, &[&template, "remote_rule_timeout=0.3"])
}

#[test]
fn koji_says_where_the_sources_are() {
    let server = Server::start();
    let app = app_by_koji(&server, &format!("{REMOTE}  - !RemoteRule {{}}\n"));
    server.answer(
        "/hub",
        &[build(&[
            (
                "source",
                "<string>git+https://src.test/rpms/nethack.git#0c1a&amp;b</string>",
            ),
            ("state", "<int>1</int>"),
            ("extra", "<nil/>"),
        ])],
    );
    let path = "/rpms/nethack/raw/0c1a%26b/gating.yaml";
    server.answer(path, &[Reply::file(&gating("own"))]);
    assert_eq!(required(&ask_build(&app)), ["own"]);
    assert_eq!(required(&ask_build(&app)), ["own"]);
    // A finished build never changes, so Koji was asked once.
    let asked = server.asked("/hub");
    assert_eq!(asked.len(), 1);
    let body = &asked[0].body;
    let call =
        format!("<methodName>getBuild</methodName><params><param><value><string>{BUILD}</string>");
    assert!(body.contains(&call), "{body}");
    assert_eq!(asked[0].headers["content-type"], "text/xml");
}

#[test]
fn other_ways_to_the_sources() {
    let check = |members: &[(&str, &str)], path: &str| {
        let server = Server::start();
        let app = app_by_koji(&server, REMOTE);
        server.answer("/hub", &[build(members)]);
        server.answer(path, &[Reply::file(&gating("own"))]);
        assert_eq!(required(&ask_build(&app)), ["own"], "{path}");
    };
    let extra = "<struct><member><name>source</name><value><struct><member><name>original_url</name><value><string>git+https://src.test/foo.git#dead</string></value></member></struct></value></member></struct>";
    check(
        &[("source", "<nil/>"), ("extra", extra)],
        "/foo/raw/dead/gating.yaml",
    );
    let container = "<string>git://pkgs.test/containers/etcd-container?#1</string>";
    check(
        &[("source", container)],
        "/containers/etcd/raw/1/gating.yaml",
    );
}

#[test]
fn what_koji_does_not_say_is_an_answer() {
    let server = Server::start();
    let app = app_by_koji(&server, REMOTE);
    let failed = |reply: Reply| {
        server.answer("/hub", &[reply]);
        let answer = unsatisfied(&ask_build(&app));
        assert_eq!(answer["type"], "failed-fetch-gating-yaml");
        assert_eq!(answer["sources"], json!([]));
        answer["error"].as_str().unwrap().to_owned()
    };
    let unknown =
        format!("Koji build not found for subject_type 'koji_build', subject_identifier '{BUILD}'");
    assert_eq!(failed(value("<nil/>")), unknown);
    assert_eq!(failed(value("<struct/>")), unknown);
    let source = "<string>https://src.test/rpms/nethack.git</string>";
    let error = failed(build(&[("source", source)]));
    assert!(error.contains("names no revision"), "{error}");
    let error = failed(build(&[(
        "source",
        "<string>https://src.test/rpms/..#1</string>",
    )]));
    assert!(error.contains("can't be part of a URL"), "{error}");
    let asked = server.asked("/hub").len();
    let answer = unsatisfied(&ask(&app, "koji_build", "it's"));
    assert_eq!(
        answer["error"],
        "Failed to get remote policies: 400 Bad Request: Invalid NVR format: \"it's\""
    );
    assert_eq!(server.asked("/hub").len(), asked);
    // Without sources the template is passed over.
    server.answer("/hub", &[build(&[("nvr", "<string>x</string>")])]);
    let answer = unsatisfied(&ask_build(&app));
    assert_eq!(answer["type"], "missing-gating-yaml");
    assert_eq!(answer["sources"], json!([]));
}

#[test]
fn a_template_without_sources_is_passed_over() {
    let server = Server::start();
    let url = &server.url;
    let app = app(
        &server,
        &format!("  - !RemoteRule {{sources: ['{url}/{{pkg_name}}', '{url}/fixed']}}\n"),
    );
    server.answer("/hub", &[build(&[("nvr", "<string>x</string>")])]);
    server.answer("/fixed", &[Reply::file(&gating("fixed"))]);
    assert_eq!(required(&ask_build(&app)), ["fixed"]);
    assert_eq!(server.paths(), ["/hub", "/fixed"]);
}

#[test]
fn koji_is_not_asked_where_nobody_needs_it() {
    let server = Server::start();
    server.answer(&format!("/{BUILD}.yaml"), &[Reply::file(&gating("own"))]);
    let plain = "  - !PassingTestCaseRule {test_case_name: t}\n";
    let app = app(&server, &format!("{REMOTE}{plain}"));
    assert_eq!(required(&ask_build(&app)), ["own", "t"]);
    assert_eq!(server.asked("/hub").len(), 0);
}

#[test]
fn a_koji_that_fails_fails_the_decision() {
    let fault = "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1000</int></value></member><member><name>faultString</name><value><string>no &lt;db&gt;</string></value></member></struct></value></fault></methodResponse>";
    let faulty = format!("Failed to get Koji build for \"{BUILD}\": no <db> (code: 1000)");
    let late = Reply::Late(Duration::from_secs(2), Box::new(value("<nil/>")));
    for (reply, part, asked, status) in [
        (Reply::file(fault), faulty.as_str(), 1, 502),
        (Reply::status(500), "it answered 500", 4, 502),
        (Reply::status(404), "it answered 404", 1, 502),
        (Reply::redirect("/x"), "it answered 302", 1, 502),
        (Reply::file("<html/>"), "its answer can't be read", 1, 502),
        (Reply::Endless, "larger than 1048576 bytes", 1, 502),
        (
            Reply::Nothing,
            "Error connecting to upstream server: Koji at ",
            4,
            502,
        ),
        (
            late,
            "Timeout connecting to upstream server: Koji at ",
            4,
            504,
        ),
    ] {
        for rules in [REMOTE, DATED] {
            let server = Server::start();
            let app = app_by_koji(&server, rules);
            server.answer("/hub", std::slice::from_ref(&reply));
            // A remote rule makes every failure a 502.
            let status = if rules == REMOTE { 502 } else { status };
            expect_message(&ask_build(&app), status, part);
            assert_eq!(server.asked("/hub").len(), asked, "{part}");
        }
    }
}

#[test]
fn rules_with_dates_are_for_builds_of_their_time() {
    for (created, expected) in [
        ("2024-06-01 11:59:59.999999", "old"),
        ("2024-06-01 12:00:00", "new"),
        ("2024-06-01T14:00:00+02:00", "new"),
        ("2024-06-01T13:59:59+02:00", "old"),
        // Nobody knows when: now.
        ("some day", "new"),
    ] {
        let server = Server::start();
        let app = app_by_koji(&server, DATED);
        let created = format!("<string>{created}</string>");
        server.answer("/hub", &[build(&[("creation_time", &created)])]);
        assert_eq!(required(&ask_build(&app)), [expected], "{created}");
    }
    let server = Server::start();
    let app = app_by_koji(&server, DATED);
    server.answer("/hub", &[build(&[("creation_time", "<nil/>")])]);
    assert_eq!(required(&ask_build(&app)), ["new"]);
}

#[test]
fn rules_with_dates_need_a_known_build() {
    let server = Server::start();
    let app = app_by_koji(&server, DATED);
    server.answer(
        "/hub",
        &[value("<nil/>"), build(&[("creation_time", "2030-01-01")])],
    );
    let expected = format!(
        "Failed to find Koji build for \"{BUILD}\" at \"{}/hub\"",
        server.url
    );
    expect_message(&ask_build(&app), 404, &expected);
    // It is there now.
    assert_eq!(required(&ask_build(&app)), ["new"]);
    expect_message(
        &ask(&app, "koji_build", "nethack"),
        400,
        "Invalid NVR format: 'nethack'",
    );
    // Without a Koji to ask all rules apply.
    let folder = policies(DATED);
    let app = Options::default().policies(folder.path()).start();
    assert_eq!(required(&ask_build(&app)), ["new", "old"]);
}

#[test]
fn a_file_may_have_rules_with_dates() {
    let server = Server::start();
    let app = app(&server, REMOTE);
    let text = format!("--- !Policy\ndecision_context: push\nrules:\n{DATED}");
    server.answer(&format!("/{BUILD}.yaml"), &[Reply::file(&text)]);
    server.answer(
        "/hub",
        &[build(&[("creation_time", "2020-01-01 00:00:00")])],
    );
    assert_eq!(required(&ask_build(&app)), ["old"]);
    assert_eq!(
        server.paths(),
        [format!("/{BUILD}.yaml"), "/hub".to_owned()]
    );
}

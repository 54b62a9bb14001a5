//! Koji's word on builds: where their sources are and when they were created.

use super::*;
use crate::server::{Reply, Server};
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

const INFORMATIVE: &str = "  - !PassingTestCaseRule {test_case_name: fresh, valid_since: 2024-06-01, informative: true}\n";

/// The informative requirements of a decision whose gate is open, by type and error.
#[track_caller]
fn informative(answer: &Answer) -> Vec<(String, Value)> {
    let decision = answer.expect(200);
    assert_eq!(decision["policies_satisfied"], true, "{decision}");
    let told = decision["informative_requirements"].as_array().unwrap();
    let told = told.iter().map(|one| {
        let kind = one["type"].as_str().unwrap().to_owned();
        (kind, one["error"].clone())
    });
    told.collect()
}

#[test]
fn a_koji_that_fails_informative_rules_alone_fails_no_decision() {
    let missing = ("test-result-missing".to_owned(), Value::Null);
    for (reply, part, asked) in [
        (Reply::status(500), "it answered 500", 4),
        (Reply::file("<html/>"), "its answer can't be read", 1),
        (
            Reply::Late(Duration::from_secs(2), Box::new(value("<nil/>"))),
            "Timeout connecting to upstream server: Koji at ",
            4,
        ),
        (value("<nil/>"), "Failed to find Koji build for", 1),
    ] {
        let server = Server::start();
        let app = app_by_koji(&server, INFORMATIVE);
        server.answer("/hub", std::slice::from_ref(&reply));
        let told = informative(&ask_build(&app));
        assert_eq!(server.asked("/hub").len(), asked, "{part}");
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0].0, "failed-fetch-gating-yaml");
        let error = told[0].1.as_str().unwrap();
        assert!(error.contains(part), "{error}");
        assert_eq!(told[1], missing);
    }
    let server = Server::start();
    let app = app_by_koji(&server, INFORMATIVE);
    let told = informative(&ask(&app, "koji_build", "nethack"));
    assert_eq!(told[0].1, json!("Invalid NVR format: 'nethack'"));
    // A Koji that works says whether the rule is for the build.
    for (created, count) in [("2024-05-31 00:00:00", 0), ("2024-06-02 00:00:00", 1)] {
        let server = Server::start();
        let app = app_by_koji(&server, INFORMATIVE);
        let created = format!("<string>{created}</string>");
        server.answer("/hub", &[build(&[("creation_time", &created)])]);
        assert_eq!(
            informative(&ask_build(&app)),
            vec![missing.clone(); count],
            "{created}"
        );
    }
}

#[test]
fn a_koji_that_fails_a_rule_that_blocks_fails_the_decision_whatever_informs() {
    let server = Server::start();
    server.answer("/hub", &[Reply::status(404)]);
    let app = app_by_koji(&server, &format!("{INFORMATIVE}{DATED}"));
    expect_message(&ask_build(&app), 502, "it answered 404");
    // The rule that blocks may be found out about after the failure.
    let server = Server::start();
    let app = app_with(&server, &format!("{INFORMATIVE}{REMOTE}"), &[]);
    let text = format!("--- !Policy\ndecision_context: push\nrules:\n{DATED}");
    server.answer(&format!("/{BUILD}.yaml"), &[Reply::file(&text)]);
    server.answer("/hub", &[Reply::status(404)]);
    expect_message(&ask_build(&app), 502, "it answered 404");
    let asked = server.asked("/hub").len();
    let created = build(&[("creation_time", "<string>2024-05-31 00:00:00</string>")]);
    server.answer("/hub", &[Reply::status(404), created]);
    // Failed at first and asked again for the rule that blocks.
    assert_eq!(required(&ask_build(&app)), ["old"]);
    assert_eq!(server.asked("/hub").len(), asked + 2);
}

#[test]
fn a_build_that_koji_fails_is_told_apart_from_others() {
    let server = Server::start();
    let app = app_by_koji(&server, INFORMATIVE);
    let complete = build(&[
        ("creation_time", "<string>2024-06-02 00:00:00</string>"),
        ("state", "<int>1</int>"),
    ]);
    // Both are asked for at once, and then again whichever failed.
    server.answer("/hub", &[Reply::status(404), complete, Reply::status(404)]);
    let subject = |item: &str| json!({"type": "koji_build", "item": item});
    let body = json!({
        "product_version": "fedora-41", "decision_context": "push",
        "subject": [subject(BUILD), subject("kettle-1-1.fc41")],
    });
    for path in ["/api/v1.0/decision", "/api/v1/explain"] {
        let answer = app.post(path, &body).expect(200);
        assert_eq!(answer["policies_satisfied"], true, "{answer}");
        let text = answer.to_string();
        assert_eq!(text.matches("it answered 404").count(), 1, "{path}: {text}");
        assert_eq!(
            text.matches("\"test-result-missing\"").count(),
            2,
            "{path}: {text}"
        );
    }
}

//! Where files are looked for, and what they ask for.

use super::*;
use crate::server::{Reply, Server};

#[test]
fn a_file_s_rules_are_asked_for() {
    let server = Server::start();
    let app = app(&server, "  - !RemoteRule {required: true}\n");
    server.answer(&format!("/{BUILD}.yaml"), &[Reply::file(&gating("own"))]);
    let source = format!("{}/{BUILD}.yaml", server.url);
    let decision = ask_build(&app).expect(200);
    assert_eq!(
        decision["satisfied_requirements"],
        json!([{
            "type": "fetched-gating-yaml", "testcase": "fetched-gating-yaml", "source": source,
            "subject_type": "koji_build", "subject_identifier": BUILD,
        }])
    );
    let requirement = &decision["unsatisfied_requirements"][0];
    assert_eq!(
        (&requirement["testcase"], &requirement["source"]),
        (&json!("own"), &json!(source))
    );
    app.submit(json!({"outcome": "PASSED", "testcase": "own", "data": {"item": BUILD, "type": "koji_build"}}));
    assert_eq!(ask_build(&app).expect(200)["policies_satisfied"], true);
    let agent = &server.asked(&format!("/{BUILD}.yaml"))[0].headers["user-agent"];
    assert!(agent.starts_with("sluicegate/"), "{agent}");
}

#[test]
fn without_a_file_it_depends_on_whether_one_is_required() {
    let server = Server::start();
    let missing = unsatisfied(&ask_build(&app(
        &server,
        "  - !RemoteRule {required: true}\n",
    )));
    assert_eq!(missing["type"], "missing-gating-yaml");
    let url = format!("{}/{BUILD}.yaml", server.url);
    assert_eq!(missing["sources"], json!([url]));
    let decision = ask_build(&app(&server, "  - !RemoteRule {}\n")).expect(200);
    assert_eq!(decision["summary"], "No tests are required");
    assert_eq!(decision["satisfied_requirements"], json!([]));
}

#[test]
fn sources_are_tried_in_their_order() {
    let server = Server::start();
    let url = &server.url;
    let rule = format!(
        "  - !RemoteRule\n    required: true\n    sources: ['{url}/a', '{url}/b?of={{subject_id}}', '{url}/c']\n"
    );
    let app = app(&server, &rule);
    server.answer("/a", &[Reply::status(404), Reply::file(&gating("first"))]);
    let second = format!("/b?of={BUILD}");
    server.answer(&second, &[Reply::file(&gating("second"))]);
    server.answer("/c", &[Reply::file(&gating("third"))]);
    assert_eq!(required(&ask_build(&app)), ["second"]);
    assert_eq!(server.paths(), ["/a", second.as_str()]);
    // There was none, and now there is one.
    assert_eq!(required(&ask_build(&app)), ["first"]);
    assert_eq!(server.paths().len(), 3);
    for path in ["/a", second.as_str(), "/c"] {
        server.answer(path, &[Reply::status(404)]);
    }
    let missing = unsatisfied(&ask_build(&app));
    let sources = [
        format!("{url}/a"),
        format!("{url}{second}"),
        format!("{url}/c"),
    ];
    assert_eq!(missing["sources"], json!(sources));
}

#[test]
fn types_of_subjects_have_places_of_their_own() {
    let server = Server::start();
    let url = &server.url;
    for path in ["/group/s.yaml", "/any/s.yaml", "/s.yaml"] {
        server.answer(path, &[Reply::file(&gating(path))]);
    }
    let yaml = format!(
        "group:\n  - {url}/nowhere\n  - {url}/group/{{subject_id}}.yaml\n'*': {url}/any/{{subject_id}}.yaml\n"
    );
    let json = json!({
        "group": [format!("{url}/nowhere"), format!("{url}/group/{{subject_id}}.yaml")],
        "*": format!("{url}/any/{{subject_id}}.yaml"),
    });
    for text in [yaml, json.to_string()] {
        let (options, _folder) = options(&server, "  - !RemoteRule {}\n");
        let app = options
            .variable(&format!("remote_rule_policies={text}"))
            .start();
        assert_eq!(required(&ask(&app, "group", "s")), ["/group/s.yaml"]);
        assert_eq!(required(&ask(&app, "other", "s")), ["/any/s.yaml"]);
        assert_eq!(required(&ask(&app, "other", "sha256:s")), ["/any/s.yaml"]);
    }
    let (options, _folder) = options(&server, "  - !RemoteRule {}\n");
    let text = format!("group: {url}/group/{{subject_id}}.yaml");
    let app = options
        .variable(&format!("remote_rule_policies={text}"))
        .start();
    assert_eq!(required(&ask(&app, "group", "s")), ["/group/s.yaml"]);
    assert_eq!(required(&ask(&app, "other", "s")), ["/s.yaml"]);
}

#[test]
fn a_file_that_is_no_policy_is_an_answer() {
    let server = Server::start();
    let app = app(&server, "  - !RemoteRule {}\n");
    let path = format!("/{BUILD}.yaml");
    for (reply, part) in [
        (Reply::file("--- !Policy\nrules: [\n"), "YAML Parser Error"),
        (
            Reply::file("--- !Policy\ndecision_context: push\n"),
            "Attribute 'rules' is required",
        ),
        (
            Reply::file("--- !Policy\ndecision_context: push\nrules: [!RemoteRule {}]\n"),
            "RemoteRule is not allowed",
        ),
        (
            Reply::Whole(200, Vec::new(), b"\xff\xfe".to_vec()),
            "not UTF-8",
        ),
    ] {
        server.answer(&path, &[reply]);
        let answer = unsatisfied(&ask_build(&app));
        assert_eq!(answer["type"], "invalid-gating-yaml");
        assert_eq!(answer["source"], format!("{}{path}", server.url));
        let details = answer["details"].as_str().unwrap();
        assert!(details.contains(part), "{details}");
    }
    server.answer(&path, &[Reply::file("")]);
    assert_eq!(
        ask_build(&app).expect(200)["summary"],
        "No tests are required"
    );
}

#[test]
fn rules_that_come_along_may_be_remote() {
    let server = Server::start();
    let url = &server.url;
    let app = app(&server, "  []\n");
    server.answer("/mine", &[Reply::file(&gating("mine"))]);
    server.answer(&format!("/{BUILD}.yaml"), &[Reply::file(&gating("usual"))]);
    let own = json!([{"type": "RemoteRule", "sources": [format!("{url}/mine")]}]);
    assert_eq!(required(&ask_on_demand(&app, own)), ["mine"]);
    let usual = json!([{"type": "RemoteRule"}]);
    assert_eq!(required(&ask_on_demand(&app, usual)), ["usual"]);
    let bad = json!([{"type": "RemoteRule", "sources": ["https://{rev}/x"]}]);
    let expected = "Failed to parse on demand policy: Attribute 'sources': URL template";
    expect_message(&ask_on_demand(&app, bad), 400, expected);
}

//! Remote rules in simulations, and that lines leave while others are still made.

use super::{App, PATH, Said, body, builds, draft, simulate};
use crate::harness::Options;
use crate::server::{Reply, Server};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

/// A draft that asks packages for files of their own.
fn remote(url: &str) -> String {
    draft(&format!(
        "  - !RemoteRule {{sources: ['{url}/{{subject_id}}.yaml']}}\n"
    ))
}

fn file(test_case: &str) -> Reply {
    let context = super::CONTEXT;
    Reply::file(&format!(
        "--- !Policy\nproduct_versions: [fedora-*]\ndecision_context: {context}\nrules:\n  - !PassingTestCaseRule {{test_case_name: {test_case}}}\n"
    ))
}

fn start(url: &str) -> App {
    Options::default()
        .variable(&format!("remote_rule_origin={url}"))
        .variable("remote_rule_max_age=0")
        .start()
}

#[test]
fn a_file_that_can_not_be_read_leaves_its_subject_undecided() {
    let server = Server::start();
    let app = start(&server.url);
    server.answer("/good-1-1.yaml", &[file("own.test")]);
    for path in ["/bad-1-1.yaml", "/bad-2-1.yaml"] {
        server.answer(path, &[Reply::status(500)]);
    }
    let names = ["good-1-1", "bad-1-1", "none-1-1", "bad-2-1"];
    for name in names {
        super::submit(&app, name, "dist.rpmdeplint", "PASSED");
    }
    let said = simulate(
        &app,
        &body(remote(&server.url), json!({"subjects": builds(&names)})),
    );
    assert_eq!(said.counts(), [2, 0, 1, 1, 2]);
    assert_eq!(said.directions(), [("closes", "good-1-1")]);
    let requirement = &said.flips[0]["reasons"][0]["requirement"];
    assert_eq!(
        requirement["source"],
        format!("{}/good-1-1.yaml", server.url)
    );
    let because = said.summary["undecidable_because"].as_array().unwrap();
    let subjects = because.iter().map(|one| one["subjects"].as_u64().unwrap());
    assert_eq!(subjects.sum::<u64>(), 2, "{because:?}");
    let text = because[0]["reason"].as_str().unwrap();
    assert!(text.contains("unexpected status code 500"), "{text}");
}

#[test]
fn a_source_that_can_not_be_asked_ends_nothing() {
    let app = App::start();
    let own = "--- !Policy\nid: own\nproduct_versions: [fedora-*]\ndecision_context: bodhi_update_push_testing\nsubject_type: other\nrules: []\n";
    let subjects = json!([{"type": "koji_build", "item": "a-1-1"}, {"type": "other", "item": "b"}, {"type": "koji_build", "item": "c-1-1"}]);
    // Nobody may call this one, and without any none is configured.
    for rule in ["sources: ['http://127.0.0.1:9/x']", ""] {
        let text = draft(&format!("  - !RemoteRule {{{rule}}}\n")) + own;
        let said = simulate(&app, &body(text, json!({"subjects": subjects})));
        assert_eq!(said.counts(), [1, 0, 0, 1, 2], "{rule}");
        let reason = &said.summary["undecidable_because"][0];
        assert_eq!(reason["subjects"], 2);
        assert_ne!(reason["reason"], "");
    }
}

#[test]
fn a_koji_that_fails_informative_rules_alone_leaves_nothing_undecided() {
    let server = Server::start();
    let url = &server.url;
    let app = Options::default()
        .variable(&format!("koji_api={url}/hub"))
        .variable(&format!("koji_origin={url}"))
        .start();
    server.answer("/hub", &[Reply::status(404)]);
    let rule = |extra: &str| {
        let rule = format!("test_case_name: t, valid_since: 2024-06-01{extra}");
        draft(&format!("  - !PassingTestCaseRule {{{rule}}}\n"))
    };
    let asked = json!({"subjects": builds(&["a-1-1", "b-1-1"])});
    let said = simulate(&app, &body(rule(", informative: true"), asked.clone()));
    assert_eq!(said.counts(), [2, 2, 0, 0, 0]);
    let rules = said.summary["rules"].as_array().unwrap();
    let mut told = rules.iter().filter(|rule| rule["after"]["faulty"] == 2);
    assert_eq!(told.next().unwrap()["informative"], true, "{rules:?}");
    let said = simulate(&app, &body(rule(""), asked));
    assert_eq!(said.counts(), [0, 0, 0, 0, 2]);
}

/// Reads the body of an answer line by line as it comes.
fn lines(app: &App, asked: &Value) -> impl Iterator<Item = Value> + use<> {
    let address = app.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let text = asked.to_string();
    let length = text.len();
    write!(
        stream,
        "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
    )
    .unwrap();
    // In chunks: what is no line of JSON belongs to them or to the head.
    let lines = BufReader::new(stream).lines();
    lines.filter_map(|line| {
        let line = line.unwrap();
        line.starts_with('{')
            .then(|| serde_json::from_str(&line).unwrap())
    })
}

#[test]
fn lines_leave_before_the_last_subject_is_decided() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = start(&url);
    let (go_on, is_told) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).unwrap();
        is_told.recv().unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .unwrap();
    });
    // The last one alone needs a file, and gets it when the first ones have been read.
    let mut names: Vec<String> = (0..200).map(|index| format!("n{index}-1-1")).collect();
    names.push("slow-1-1".to_owned());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = remote(&url).replace("rules:", "packages: [slow]\nrules:");
    let mut lines = lines(&app, &body(text, json!({"subjects": builds(&names)})));
    let first: Vec<Value> = lines
        .by_ref()
        .take_while(|line| line["progress"]["decided"] != 200)
        .collect();
    assert_eq!(first[0]["progress"]["total"], 201);
    assert_eq!(
        first.iter().filter(|line| !line["flip"].is_null()).count(),
        200
    );
    go_on.send(()).unwrap();
    let rest: Vec<Value> = lines.collect();
    let summary = &rest.last().unwrap()["summary"];
    assert_eq!(summary["decided"], 201, "{summary}");
    assert_eq!(summary["opens"], 201, "{summary}");
}

#[test]
fn what_takes_too_long_ends_early_and_says_so() {
    let server = Server::start();
    let app = Options::default()
        .variable(&format!("remote_rule_origin={}", server.url))
        .variable("remote_rule_timeout=25")
        .start();
    // Longer than a simulation goes on, and shorter than a host lets it.
    let late = Reply::Late(Duration::from_secs(21), Box::new(file("own.test")));
    server.answer("/n0-1-1.yaml", &[late]);
    let names: Vec<String> = (0..201).map(|index| format!("n{index}-1-1")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = remote(&server.url).replace("rules:", "packages: [n0]\nrules:");
    let said = simulate(&app, &body(text, json!({"subjects": builds(&names)})));
    assert_eq!(said.sums(&["total", "decided"]), [201, 200]);
    assert_eq!(said.summary["truncated"], true);
    assert_eq!(said.summary["truncated_because"], "time");
}

#[test]
fn policies_in_force_may_have_remote_rules_too() {
    let server = Server::start();
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("p.yaml"), remote(&server.url)).unwrap();
    server.answer("/a-1-1.yaml", &[file("own.test")]);
    let app = Options::default()
        .policies(folder.path())
        .variable(&format!("remote_rule_origin={}", server.url))
        .start();
    let asked = body(
        draft("  []\n"),
        json!({"subjects": builds(&["a-1-1", "b-1-1"])}),
    );
    let said = Said::of(&app.post(PATH, &asked));
    assert_eq!(said.directions(), [("opens", "a-1-1")]);
}

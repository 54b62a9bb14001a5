//! `POST /api/v1/reports`: what a report becomes, by which choices, and how it is packed.

mod hostile;
mod limits;
mod mistakes;
mod once;
mod samples;
mod summaries;

use crate::harness::{Answer, App, Options};
use serde_json::{Value, json};
use std::io::Write;

const PATH: &str = "/api/v1/reports";
const SUBJECT: &str = "testcase=my-ci.unit&item=nethack-3.6.7-1.fc40&type=koji_build";

const JUNIT: &str = r#"<?xml version="1.0"?>
<testsuites name="nightly">
  <testsuite name="s">
    <testcase classname="pkg.A" name="passes" time="0.5" file="a.py"/>
    <testcase classname="pkg.A" name="fails"><failure message="1 is not 2">trace &lt;here&gt;</failure></testcase>
    <testcase classname="pkg.A" name="breaks"><error type="OSError">no disk</error></testcase>
    <testcase classname="pkg.A" name="waits"><skipped message="not today"/></testcase>
    <testcase classname="pkg.A" name="wavers" time="1,5"><flakyFailure message="once"/>
      <properties><property name="os:name" value="fedora"/></properties></testcase>
  </testsuite>
</testsuites>
"#;

fn post(app: &App, query: &str, body: &str) -> Answer {
    app.send("POST", &format!("{PATH}?{query}"), &[], body)
}

/// A TAP report of so many cases, of which those pass that `passes` names by number, from 1.
fn cases(count: usize, passes: fn(usize) -> bool) -> String {
    let mut text = format!("1..{count}\n");
    for number in 1..=count {
        let outcome = if passes(number) { "ok" } else { "not ok" };
        text.push_str(&format!("{outcome} {number} - c{number}\n"));
    }
    text
}

/// The results of the answer's group by test case, the newest first of those of one name.
fn results(app: &App, answer: &Value) -> Vec<Value> {
    let uuid = answer["group"]["uuid"].as_str().unwrap();
    let list = app.read(&format!("/api/v2.0/results?groups={uuid}&limit=1000"));
    list["data"].as_array().unwrap().clone()
}

fn named<'r>(results: &'r [Value], name: &str) -> &'r Value {
    let mut found = results
        .iter()
        .filter(|result| result["testcase"]["name"] == name);
    found
        .next()
        .unwrap_or_else(|| panic!("no result of {name}"))
}

fn names(results: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = results
        .iter()
        .map(|result| result["testcase"]["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn a_junit_report_becomes_results_in_one_group() {
    let app = App::start();
    let query = format!("{SUBJECT}&scenario=bios&arch=x86_64&arch=noarch&ref_url=https://ci/7");
    let answer = post(&app, &query, JUNIT).expect(201);
    assert_eq!(
        answer["cases"],
        json!({"errored": 1, "failed": 1, "flaky": 1, "passed": 2, "skipped": 1, "todo": 0, "todo_passed": 0, "total": 5})
    );
    assert_eq!(answer["format"], "junit");
    assert_eq!(answer["duration"], json!(2.0));
    assert_eq!(
        (&answer["problems"], &answer["problems_count"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(answer["result"]["outcome"], "FAILED");
    assert_eq!(answer["result"]["testcase"]["name"], "my-ci.unit");
    let stored = results(&app, &answer);
    assert_eq!(answer["results_count"], stored.len());
    assert_eq!(
        names(&stored),
        [
            "my-ci.unit",
            "my-ci.unit.pkg.A.breaks",
            "my-ci.unit.pkg.A.fails",
            "my-ci.unit.pkg.A.passes",
            "my-ci.unit.pkg.A.wavers"
        ]
    );
    // What all have in common.
    for result in &stored {
        assert_eq!(result["data"]["item"], json!(["nethack-3.6.7-1.fc40"]));
        assert_eq!(result["data"]["type"], json!(["koji_build"]));
        assert_eq!(result["data"]["scenario"], json!(["bios"]));
        assert_eq!(result["data"]["arch"], json!(["x86_64", "noarch"]));
        assert_eq!(result["ref_url"], "https://ci/7");
        assert_eq!(result["submit_time"], stored[0]["submit_time"]);
    }
    let passes = named(&stored, "my-ci.unit.pkg.A.passes");
    assert_eq!(
        (&passes["outcome"], &passes["note"]),
        (&json!("PASSED"), &Value::Null)
    );
    assert_eq!(passes["data"]["duration"], json!(["0.5"]));
    assert_eq!(passes["data"]["file"], json!(["a.py"]));
    let fails = named(&stored, "my-ci.unit.pkg.A.fails");
    assert_eq!(
        (&fails["outcome"], &fails["note"]),
        (&json!("FAILED"), &json!("1 is not 2\ntrace <here>"))
    );
    assert_eq!(fails["data"]["message"], json!(["1 is not 2"]));
    assert_eq!(
        named(&stored, "my-ci.unit.pkg.A.breaks")["outcome"],
        "ERROR"
    );
    let wavers = named(&stored, "my-ci.unit.pkg.A.wavers");
    assert_eq!(wavers["outcome"], "PASSED");
    assert_eq!(
        (
            &wavers["data"]["flaky"],
            &wavers["data"]["attempts"],
            &wavers["data"]["prop.os_name"]
        ),
        (&json!(["true"]), &json!(["2"]), &json!(["fedora"]))
    );
    // The roll-up is the newest, and says in words what came out.
    let roll_up = named(&stored, "my-ci.unit");
    let id = |result: &Value| result["id"].as_u64().unwrap();
    assert_eq!(id(roll_up), stored.iter().map(id).max().unwrap());
    assert_eq!(roll_up["id"], answer["result"]["id"]);
    assert_eq!(roll_up["href"], answer["result"]["href"]);
    assert_eq!(
        roll_up["note"],
        "5 cases: 2 passed, 1 failed, 1 errored, 1 skipped, 1 passed when repeated"
    );
    let uuid = answer["group"]["uuid"].as_str().unwrap();
    let group = app.read(&format!("/api/v2.0/groups/{uuid}"));
    assert_eq!(
        (
            &group["description"],
            &group["ref_url"],
            &group["results_count"]
        ),
        (
            &json!("my-ci.unit: nightly"),
            &json!("https://ci/7"),
            &json!(5)
        )
    );
    assert_eq!(
        (&group["href"], &group["results"]),
        (&answer["group"]["href"], &answer["group"]["results"])
    );
}

#[test]
fn a_tap_report_becomes_results() {
    let app = App::start();
    let tap = "TAP version 14\n    # Subtest: outer\n    ok 1 - first # time=20ms\n    not ok 2 - second\n      ---\n      message: 'it is odd'\n      at: line 3\n      ...\n    1..2\nnot ok 1 - outer\nok 2\nok 3 - \\# later # SKIP no network\nnot ok 4 - not yet # TODO write it\nok 5 - early # TODO write it\n1..5\n";
    let answer = post(&app, SUBJECT, tap).expect(201);
    assert_eq!(
        answer["cases"],
        json!({"errored": 0, "failed": 1, "flaky": 0, "passed": 3, "skipped": 1, "todo": 1, "todo_passed": 1, "total": 6})
    );
    assert_eq!(answer["format"], "tap");
    let stored = results(&app, &answer);
    assert_eq!(
        names(&stored),
        [
            "my-ci.unit",
            "my-ci.unit.2",
            "my-ci.unit.early",
            "my-ci.unit.not yet",
            "my-ci.unit.outer.first",
            "my-ci.unit.outer.second"
        ]
    );
    let second = named(&stored, "my-ci.unit.outer.second");
    assert_eq!(second["data"]["message"], json!(["it is odd"]));
    assert_eq!(second["data"]["tap.id"], json!(["2"]));
    assert_eq!(second["note"], "message: 'it is odd'\nat: line 3");
    let todo = named(&stored, "my-ci.unit.not yet");
    assert_eq!(
        (&todo["outcome"], &todo["data"]["todo"]),
        (&json!("INFO"), &json!(["write it"]))
    );
    let bonus = named(&stored, "my-ci.unit.early");
    assert_eq!(
        (&bonus["outcome"], &bonus["data"]["todo"]),
        (&json!("PASSED"), &json!(["write it"]))
    );
}

#[test]
fn which_cases_become_results_is_a_choice() {
    let app = App::start();
    let stored = |choice: &str| {
        let answer = post(&app, &format!("{SUBJECT}&{choice}"), JUNIT).expect(201);
        // Whatever is stored, the report is told as a whole.
        assert_eq!(
            (&answer["cases"]["total"], &answer["result"]["outcome"]),
            (&json!(5), &json!("FAILED"))
        );
        let stored = results(&app, &answer);
        assert_eq!(answer["results_count"], stored.len());
        stored
    };
    assert_eq!(names(&stored("cases=none")), ["my-ci.unit"]);
    assert_eq!(
        names(&stored("cases=failures&skipped=info")),
        [
            "my-ci.unit",
            "my-ci.unit.pkg.A.breaks",
            "my-ci.unit.pkg.A.fails"
        ]
    );
    assert_eq!(stored("cases=all&skipped=none").len(), 5);
    let all = stored("skipped=info");
    let skipped = named(&all, "my-ci.unit.pkg.A.waits");
    assert_eq!(
        (&skipped["outcome"], &skipped["data"]["skipped"]),
        (&json!("INFO"), &json!(["not today"]))
    );
    assert_eq!(all.len(), 6);
}

#[test]
fn people_get_text_if_they_ask_for_it() {
    let app = App::start();
    let path = format!("{PATH}?{SUBJECT}");
    let answer = app.send(
        "POST",
        &path,
        &[("accept", "text/plain")],
        "1..2\nok 1 - a\n",
    );
    assert_eq!(answer.status, 201);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let mut lines = answer.text.lines();
    assert_eq!(lines.next(), Some("my-ci.unit: ERROR"));
    assert_eq!(lines.next(), Some("1 cases: 1 passed"));
    assert_eq!(
        lines.next(),
        Some("line 2: 2 points are planned, there are 1")
    );
    assert!(
        lines.next().unwrap().contains("/api/v2.0/results?groups="),
        "{}",
        answer.text
    );
}

#[test]
fn what_breaks_off_is_an_error_or_needs_inspection_where_there_is_no_such_outcome() {
    let broken = "1..3\nok 1\nBail out! the disk is full\n";
    let app = App::start();
    assert_eq!(
        post(&app, SUBJECT, broken).expect(201)["result"]["outcome"],
        "ERROR"
    );
    let app = Options::default()
        .variable("additional_outcomes=QUEUED")
        .start();
    let answer = post(&app, SUBJECT, broken).expect(201);
    assert_eq!(answer["result"]["outcome"], "NEEDS_INSPECTION");
    let answer = post(&app, SUBJECT, JUNIT).expect(201);
    let stored = results(&app, &answer);
    assert_eq!(
        named(&stored, "my-ci.unit.pkg.A.breaks")["outcome"],
        "NEEDS_INSPECTION"
    );
}

#[test]
fn problems_are_told_with_their_lines() {
    let app = App::start();
    let answer = post(&app, SUBJECT, "1..2\nok 1 - a\nok 1 - b\n1..2\n").expect(201);
    assert_eq!(
        answer["problems"],
        json!([
            {"code": "repeated-plan", "is_error": true, "line": 4, "message": "there is more than one plan"},
            {"code": "repeated-id", "is_error": false, "line": 3, "message": "the number 1 is repeated"},
        ])
    );
    assert_eq!(
        (&answer["problems_count"], &answer["result"]["outcome"]),
        (&json!(2), &json!("ERROR"))
    );
}

/// A gate opens when the roll-up passed, and closes when a later report fails.
#[test]
fn gates_ask_for_the_roll_up() {
    let app = App::start();
    let question = json!({"product_version": "fedora-40", "decision_context": "bodhi_update_push_testing", "subject_type": "koji_build", "subject_identifier": "nethack-3.6.7-1.fc40", "verbose": true});
    let decide = || app.post("/api/v1.0/decision", &question).expect(200);
    let required = decide()["unsatisfied_requirements"][0]["testcase"]
        .as_str()
        .unwrap()
        .to_owned();
    let query = SUBJECT.replace("my-ci.unit", &required);
    post(&app, &query, "1..1\nok 1\n").expect(201);
    let is_listed = |list: &str| {
        let decision = decide();
        let list = decision[list].as_array().unwrap();
        list.iter()
            .any(|requirement| requirement["testcase"] == required.as_str())
    };
    assert!(is_listed("satisfied_requirements"));
    post(&app, &query, "1..1\nnot ok 1\n").expect(201);
    assert!(is_listed("unsatisfied_requirements"));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn reports_may_come_packed() {
    use base64::Engine;
    let app = App::start();
    let engine = base64::engine::general_purpose::STANDARD;
    let base64 = engine.encode(zlib(JUNIT.as_bytes()));
    let lines: Vec<String> = base64
        .as_bytes()
        .chunks(60)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    let utf_16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(JUNIT.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let marked = [b"\xef\xbb\xbf", JUNIT.as_bytes()].concat();
    for (packed, name) in [
        (gzip(JUNIT.as_bytes()), "gzip"),
        (zlib(JUNIT.as_bytes()), "zlib"),
        (
            base64.trim_end_matches('=').as_bytes().to_vec(),
            "base64 without padding",
        ),
        (lines.join("\r\n").into_bytes(), "base64 in lines"),
        (
            engine.encode(gzip(JUNIT.as_bytes())).into_bytes(),
            "base64 of gzip",
        ),
        (utf_16, "UTF-16"),
        (marked, "UTF-8 with a mark"),
    ] {
        // The content says what it is, whatever the header says.
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = app.send_bytes(&format!("{PATH}?{SUBJECT}"), &headers, packed);
        assert_eq!(answer.status, 201, "{name}: {answer:?}");
        assert_eq!(answer.json()["cases"]["total"], 5, "{name}");
    }
    let tap = app.send_bytes(&format!("{PATH}?{SUBJECT}"), &[], gzip(b"1..1\nok 1\n"));
    assert_eq!(tap.expect(201)["format"], "tap");
}

//! `POST /api/v1.0/validate-gating-yaml`. The words for each mistake are tested in `crates/gate`;
//! here is that they arrive, and what a body may be made of.

use crate::harness::{Answer, App, shared_data};
use std::io::{Read, Write};

const PATH: &str = "/api/v1.0/validate-gating-yaml";

/// The largest file, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

fn validate(app: &App, text: &str) -> (u16, String) {
    let answer = app.send("POST", PATH, &[], text);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert_eq!(answer.json().as_object().unwrap().len(), 1, "{answer:?}");
    (answer.status, message)
}

/// Sends bytes that are no text.
fn validate_bytes(app: &App, bytes: &[u8]) -> String {
    let address = app.url.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_file_that_gates_would_take_is_fine() {
    let app = App::start();
    let check = |text: &str, expected: &str| {
        assert_eq!(validate(&app, text), (200, expected.to_owned()), "{text}");
    };
    let fine = "--- !Policy\nproduct_versions: [fedora-*]\ndecision_context: bodhi_update_push_stable\nsubject_type: koji_build\n\
                rules:\n  - !PassingTestCaseRule {test_case_name: dist.abicheck}\n";
    check(fine, "All OK");
    check(
        "decision_context: bodhi_update_push_stable\nrules: []\n",
        "All OK",
    );
    check(&fine.replace("!Policy", "!Anything"), "All OK");
    check(&format!("\u{feff}{fine}"), "All OK");
    check(&fine.replace('\n', "\r\n"), "All OK");
    let unknown = |contexts: &str| {
        format!(
            "Greenwave could not find a parent policy(ies) for following decision context(s): {contexts}. Please change your policy so \
             that it will match a decision context in the parent policies."
        )
    };
    check(
        "decision_contexts: [z, bodhi_update_push_stable, é]\nrules: []\n--- !Policy\ndecision_context: b\nrules: []\n",
        &unknown("b, z, é"),
    );
}

#[test]
fn mistakes_are_told_in_greenwaves_words() {
    let app = App::start();
    let check = |text: &str, expected: &str| {
        assert_eq!(validate(&app, text), (400, expected.to_owned()), "{text}");
    };
    check("", "No policies defined");
    check("# nothing\n", "No policies defined");
    check("[]", "Expected mapping for !Policy tagged object");
    check(
        "--- !Policy\n",
        "Expected mapping for !Policy tagged object",
    );
    check("{}", "Policy 'untitled': Attribute 'rules' is required");
    check(
        "rules: []",
        "Policy 'untitled': No decision contexts provided",
    );
    check(
        "id: p\nrules: []\ndecision_context: a\ndecision_contexts: [b]",
        "Policy 'p': Both properties \"decision_contexts\" and \"decision_context\" were set",
    );
    check(
        "rules: []\nsubject_type: a\nsubject_types: [b]",
        "Policy 'untitled': Both properties \"subject_types\" and \"subject_type\" were set",
    );
    let rule = |rule: &str, expected: &str| {
        let text = format!("id: p\ndecision_context: c\nrules:\n  - {rule}\n");
        check(&text, &format!("Policy 'p': {expected}"));
    };
    rule(
        "!RemoteRule",
        "RemoteRule is not allowed in remote policies",
    );
    rule("x", "Attribute 'rules': Expected list of Rule objects");
    rule(
        "!PassingTestCaseRule",
        "Attribute 'rules': YAML object !PassingTestCaseRule: Attribute 'test_case_name' is required",
    );
    rule(
        "!PackageSpecificBuild {test_case_name: t}",
        "Attribute 'rules': !PackageSpecificBuild is obsolete. Please use the \"packages\" allowlist instead.",
    );
    let unknown = "Attribute 'rules': could not determine a constructor for the tag '!Rule'\n  in \"<unicode string>\", line 4, column 5:\n      \
                   - !Rule {}\n        ^";
    rule("!Rule {}", unknown);
    let scalar = "Policy 'untitled': Attribute 'product_versions': expected a sequence node, but found scalar\n  in \"<unicode string>\", \
                  line 1, column 19:\n    product_versions: fedora-41\n                      ^";
    check("product_versions: fedora-41\n", scalar);
}

#[test]
fn text_that_is_no_yaml_is_told_where() {
    let app = App::start();
    for (text, part) in [
        ("rules: [", "line 2, column 1"),
        ("a: b: c", "line 1, column 5"),
        ("rules:\n- a\n b: *x\n", "line 3"),
        ("a: *nothing\n", "line 1, column 4"),
        ("\"\\q\"", "line 1"),
        (
            "decision_context: a\u{7}\n",
            "unacceptable character #x0007: special characters are not allowed\n  in \"<unicode string>\", position 19",
        ),
        (
            "\0",
            "unacceptable character #x0000: special characters are not allowed\n  in \"<unicode string>\", position 0",
        ),
    ] {
        let (status, message) = validate(&app, text);
        assert_eq!(status, 400, "{text:?}: {message}");
        assert!(message.starts_with("YAML Parser Error: "), "{message}");
        assert!(message.contains(part), "{text:?}: {message}");
    }
}

#[test]
fn bytes_that_are_no_utf_8_are_refused() {
    let app = App::start();
    let utf_16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = "\u{feff}rules: []\n".encode_utf16();
        units.flat_map(order).collect()
    };
    for bytes in [
        utf_16(u16::to_le_bytes),
        utf_16(u16::to_be_bytes),
        b"id: \xe9\n".to_vec(),
        b"\xff\xfe\x00\x00r\x00\x00\x00".to_vec(),
        b"id: \xed\xa0\x80\n".to_vec(),
    ] {
        let answer = validate_bytes(&app, &bytes);
        assert!(answer.starts_with("HTTP/1.1 400"), "{bytes:?}: {answer}");
        assert!(answer.contains("UTF-8"), "{answer}");
    }
    // UTF-16 without a mark is UTF-8 with many U+0000.
    let answer = validate_bytes(&app, &utf_16(u16::to_le_bytes)[2..]);
    assert!(answer.contains("unacceptable character #x0000"), "{answer}");
}

#[test]
fn bombs_are_refused_and_the_next_file_is_read() {
    let app = App::start();
    let check = |text: &str, part: &str| {
        let (status, message) = validate(&app, text);
        assert_eq!(status, 400, "{message}");
        assert!(message.contains(part), "{message}");
    };
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    check(&laughs, "more than 200000 nodes, aliases expanded");
    check("a: &x [*x]\n", "alias");
    let deep = "nested deeper than 32 levels";
    check(&"[".repeat(100), deep);
    // So deep that the reader of YAML gives up before we count.
    check(&"[".repeat(10_000), "recursion limit");
    check(&"{a: ".repeat(10_000), "recursion limit");
    check(&"- ".repeat(10_000), deep);
    let indented: String = (0..1_000)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    check(&indented, deep);
    check(&"--- a\n".repeat(1_001), "Expected mapping");
    check(
        &"--- {rules: [], decision_context: c}\n".repeat(1_001),
        "more than 1000 documents",
    );
    for odd in ["?", "&a ", "!", "'", "? ", "*", "%", "a: ", ": "] {
        check(&odd.repeat(10_001), "");
    }
    let fine = "decision_context: bodhi_update_push_stable\nrules: []\n";
    assert_eq!(validate(&app, fine).0, 200);
}

#[test]
fn the_limits_hold_on_both_sides() {
    let app = App::start();
    let of_length = |length: usize| -> Answer {
        let text = "decision_context: bodhi_update_push_stable\nrules: []\n# ";
        let rest = "x".repeat(length - text.len());
        app.send("POST", PATH, &[], &format!("{text}{rest}"))
    };
    assert_eq!(of_length(MAX_BYTES).expect(200)["message"], "All OK");
    let message = "The body is larger than 1048576 bytes. Please send less at once.";
    assert_eq!(of_length(MAX_BYTES + 1).expect(413)["message"], message);
    let rules = |count: usize| {
        let rules = "- !PassingTestCaseRule {test_case_name: t}\n".repeat(count);
        validate(&app, &format!("decision_context: c\nrules:\n{rules}"))
    };
    assert_eq!(rules(10_000).0, 200);
    let too_many = "Policy 'untitled': Attribute 'rules': More than 10000 rules";
    assert_eq!(rules(10_001), (400, too_many.to_owned()));
}

#[test]
fn the_media_type_is_not_looked_at() {
    let app = App::start();
    for media_type in ["application/json", "text/plain; charset=latin1", "nonsense"] {
        let headers = [("content-type", media_type)];
        let text = "decision_context: bodhi_update_push_stable\nrules: []\n";
        let answer = app.send("POST", PATH, &headers, text);
        assert_eq!(answer.expect(200)["message"], "All OK", "{media_type}");
    }
}

#[test]
fn real_files_are_taken() {
    let Some(data) = shared_data() else { return };
    let app = App::start();
    let mut count = 0;
    for entry in std::fs::read_dir(data.join("gating-yaml")).unwrap() {
        let path = entry.unwrap().path();
        let (status, message) = validate(&app, &std::fs::read_to_string(&path).unwrap());
        assert_eq!(status, 200, "{}: {message}", path.display());
        count += 1;
    }
    assert!(count >= 10, "only {count} files");
}

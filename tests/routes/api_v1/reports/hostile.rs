//! Documents that are made to harm: refused or read, in bounded memory, and the next request is served.

use super::{PATH, SUBJECT, gzip, post, zlib};
use crate::harness::{App, Options};
use std::io::Write;

fn refused(app: &App, body: &str, part: &str) {
    let told = post(app, SUBJECT, body).expect(400);
    let message = told["message"].as_str().unwrap();
    assert!(message.contains(part), "{part}: {message}");
    assert!(told["line"].is_u64(), "{told}");
}

#[test]
fn document_types_and_entities_are_refused() {
    let app = App::start();
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;\">]>\n<testsuite name=\"&lol2;\"/>";
    refused(&app, bomb, "<!DOCTYPE");
    refused(
        &app,
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><testsuite/>",
        "<!DOCTYPE",
    );
    refused(
        &app,
        "<!DOCTYPE testsuite PUBLIC \"a\" \"http://127.0.0.1:1/x.dtd\"><testsuite/>",
        "<!DOCTYPE",
    );
    refused(&app, "<testsuite><!DOCTYPE x></testsuite>", "<!DOCTYPE");
    refused(&app, "<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'>", "XML");
    refused(&app, "<testsuite>&xxe;</testsuite>", "xxe");
    refused(&app, "<testsuite name=\"&xxe;\"/>", "xxe");
}

#[test]
fn depth_is_limited() {
    let app = App::start();
    let nested = |name: &str, depth: usize| {
        format!(
            "{}{}",
            format!("<{name}>").repeat(depth),
            format!("</{name}>").repeat(depth)
        )
    };
    post(&app, SUBJECT, &nested("testsuite", 100)).expect(201);
    refused(&app, &nested("testsuite", 101), "deeper than 100");
    refused(&app, &nested("testsuite", 10_000), "deeper than 100");
    refused(
        &app,
        &format!("<testsuite>{}</testsuite>", nested("x", 10_000)),
        "deeper than 100",
    );
    let subtests = |depth: usize| {
        let mut text = String::new();
        for level in (0..depth).rev() {
            text.push_str(&format!("{}1..1\n", "    ".repeat(depth - level)));
        }
        for level in (0..=depth).rev() {
            text.push_str(&format!("{}ok 1\n", "    ".repeat(level)));
        }
        text + "1..1\n"
    };
    post(&app, SUBJECT, &subtests(100)).expect(201);
    refused(&app, &subtests(101), "deeper than 100");
    refused(&app, &subtests(1_000), "deeper than 100");
}

#[test]
fn characters_that_are_none_are_refused() {
    let app = App::start();
    let path = format!("{PATH}?{SUBJECT}");
    for (bytes, part) in [
        (&b"<testsuite>\n \0</testsuite>"[..], "U+0000"),
        (b"1..1\n \0ok 1\n", "U+0000"),
        (b"<testsuite>\n \xff</testsuite>", "not UTF-8"),
        (b"1..1\n \xff\n", "not UTF-8"),
    ] {
        let told = app.send_bytes(&path, &[], bytes.to_vec()).expect(400);
        assert!(told["message"].as_str().unwrap().contains(part), "{told}");
        assert_eq!(
            (&told["line"], &told["column"]),
            (&2.into(), &2.into()),
            "{told}"
        );
    }
    // UTF-16 is read if it is some; half a pair is none.
    let told = app
        .send_bytes(&path, &[], b"\xfe\xff\0<\xd8\0\0>".to_vec())
        .expect(400);
    assert!(
        told["message"].as_str().unwrap().contains("not UTF-16"),
        "{told}"
    );
    let declared = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><testsuite><testcase name=\"caf\u{e9}\"/></testsuite>";
    let latin_1: Vec<u8> = declared.chars().map(|c| c as u8).collect();
    let answer = app.send_bytes(&path, &[], latin_1).expect(201);
    assert_eq!(answer["cases"]["passed"], 1);
    app.read("/api/v2.0/testcases/my-ci.unit.caf%C3%A9");
}

/// A document that is 1 GiB after unpacking, of which the first bytes are a report.
fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"<testsuite>").unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..1024 {
        encoder.write_all(&blanks).unwrap();
    }
    encoder.write_all(b"</testsuite>").unwrap();
    encoder.finish().unwrap()
}

#[test]
fn unpacking_ends_at_its_limit() {
    use base64::Engine;
    // The host ends an instance that takes more than this.
    let app = Options::default()
        .argument("--max-instance-memory=201326592")
        .start();
    let path = format!("{PATH}?{SUBJECT}");
    let bomb = bomb();
    let engine = base64::engine::general_purpose::STANDARD;
    for body in [bomb.clone(), engine.encode(&bomb).into_bytes()] {
        let told = app.send_bytes(&path, &[], body).expect(413);
        assert!(
            told["message"]
                .as_str()
                .unwrap()
                .contains("67108864 bytes after unpacking"),
            "{told}"
        );
    }
    // What is packed twice is unpacked once.
    let told = app.send_bytes(&path, &[], zlib(&gzip(b"1..1\nok 1\n")));
    assert_eq!(told.status, 400, "{told:?}");
    post(&app, SUBJECT, "1..1\nok 1\n").expect(201);
}

//! Input that is broken, huge or odd, on every path of results, groups and test cases: a message
//! that helps or a right answer, never a 5xx.

mod json_texts;
mod lengths;
mod queries;
mod transport;

use crate::harness::{Answer, App};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a `POST` to each path needs at the least, without the closing brace.
const POSTS: [(&str, &str); 3] = [
    (
        "/api/v2.0/results",
        r#"{"outcome": "PASSED", "testcase": "t""#,
    ),
    ("/api/v2.0/groups", r#"{"uuid": "g""#),
    ("/api/v2.0/testcases", r#"{"name": "t""#),
];

/// Sends bytes as they are, as HTTP clients would refuse to.
fn raw(app: &App, head: &str, body: &[u8]) -> Answer {
    let address = app.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let head = format!("{head}\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // The host may answer and hang up before it has read everything.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, text) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("no answer: {head}")),
        headers: Vec::new(),
        text: text.to_owned(),
    }
}

fn post_as(app: &App, path: &str, media_type: &str, body: &[u8]) -> Answer {
    let head = format!(
        "POST {path} HTTP/1.1\r\ncontent-type: {media_type}\r\ncontent-length: {}",
        body.len()
    );
    raw(app, &head, body)
}

fn post(app: &App, path: &str, body: impl AsRef<[u8]>) -> Answer {
    post_as(app, path, "application/json", body.as_ref())
}

/// A result with these fields beside the outcome.
fn submit(app: &App, fields: &str) -> Answer {
    post(
        app,
        "/api/v2.0/results",
        format!(r#"{{"outcome": "PASSED", {fields}}}"#),
    )
}

fn shortened(answer: &Answer) -> String {
    answer.text.chars().take(300).collect()
}

#[track_caller]
fn assert_is(answer: &Answer, status: u16, part: &str, what: &str) {
    let is_right = answer.status == status && answer.text.contains(part);
    assert!(is_right, "{what}: {} {}", answer.status, shortened(answer));
}

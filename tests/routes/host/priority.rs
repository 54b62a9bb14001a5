//! Our host's own order: while somebody asks, what changes something is left to threads that step back.
//! Whether they were at work is read from what the system says of each thread.

use crate::harness::{App, Options, ids, note_skipped};
use serde_json::json;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longer than anybody is expected to ask again.
const A_WHILE: Duration = Duration::from_millis(400);
/// What is waited for comes earlier.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the host's background threads were given something to do; nothing where they are none.
fn background(app: &App) -> Option<u64> {
    let tasks = fs::read_dir(format!("/proc/{}/task", app.child.id())).ok()?;
    let mut sum = None;
    for task in tasks.flatten() {
        let read = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if read("comm").trim() == "background" {
            let switches = read("status").lines().find_map(|line| {
                let count = line.strip_prefix("voluntary_ctxt_switches:")?;
                count.trim().parse::<u64>().ok()
            });
            sum = Some(sum.unwrap_or(0) + switches?);
        }
    }
    sum
}

/// Submits a result.
fn submit(app: &App) {
    let result = json!({"testcase": "dist.a", "outcome": "PASSED", "data": {"item": "a-1-1.fc40"}});
    app.submit(result);
}

/// The host and what its background threads have done to begin with, unless another host is tried.
fn resting() -> Option<(App, u64)> {
    let app = App::start();
    submit(&app);
    loop {
        let before = background(&app);
        sleep(A_WHILE);
        let Some(count) = background(&app) else {
            note_skipped("this host has no background threads");
            return None;
        };
        if before == Some(count) {
            return Some((app, count));
        }
    }
}

#[test]
fn questions_and_lone_submissions_have_the_first_threads() {
    let Some((app, before)) = resting() else {
        return;
    };
    let question = json!({
        "product_version": "fedora-40", "decision_context": "bodhi_update_push_stable",
        "subject_type": "koji_build", "subject_identifier": "a-1-1.fc40",
    });
    for _ in 0..5 {
        app.get("/api/v2.0/results?item=a-1-1.fc40").expect(200);
        // These change nothing either, and spin.toml says so.
        app.post("/api/v1/explain", &question).expect(200);
        app.post("/api/v1.0/decision", &question).expect(200);
        let filters = json!({"filters": [{"testcase": "dist.a"}]});
        app.post("/api/v1.0/waivers/+filtered", &filters)
            .expect(200);
    }
    sleep(A_WHILE);
    for _ in 0..5 {
        submit(&app);
    }
    assert_eq!(background(&app), Some(before));
}

#[test]
fn while_somebody_asks_submissions_step_back() {
    let Some((app, before)) = resting() else {
        return;
    };
    let start = Instant::now();
    while background(&app) == Some(before) {
        app.get("/api/v2.0/results?item=a-1-1.fc40").expect(200);
        submit(&app);
        assert!(start.elapsed() < PATIENCE, "no submission stepped back");
    }
    // What they stored is there like everything else.
    submit(&app);
    let found = app.read("/api/v2.0/results?item=a-1-1.fc40&limit=1000");
    let ids = ids(&found);
    assert_eq!(ids.len() as u64, ids[0], "every submission is there once");
}

/// Submissions whose bodies don't come fill what is theirs, and no more.
#[test]
fn submissions_in_flight_leave_room_for_questions() {
    let app = Options::default()
        .argument("--max-requests-in-flight=4")
        .start();
    let address = app.url.trim_start_matches("http://");
    let body = r#"{"testcase": "dist.a", "outcome": "PASSED"}"#;
    let head = format!(
        "POST /api/v2.0/results HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut slow: Vec<TcpStream> = (0..6)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..3 {
        app.get("/api/v2.0/results").expect(200);
    }
    for stream in &mut slow {
        stream.write_all(body.as_bytes()).unwrap();
    }
    for mut stream in slow {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
}

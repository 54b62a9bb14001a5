//! An acknowledged write survives whatever happens to the process.

use crate::harness::{Options, try_send};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Submits results until the host is gone, and returns what was acknowledged.
fn submit_until_it_ends(url: &str, worker: usize, stop: &AtomicBool) -> Vec<(u64, String)> {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        let item = format!("item-{worker}-{n}");
        let body = json!({"outcome": "PASSED", "testcase": "t", "data": {"item": item, "type": "koji_build"}});
        let headers = [("content-type", "application/json")];
        match try_send(
            url,
            "POST",
            "/api/v2.0/results",
            &headers,
            &body.to_string(),
        ) {
            Ok(answer) => {
                assert_eq!(answer.status, 201, "{answer:?}");
                acknowledged.push((answer.json()["id"].as_u64().unwrap(), item));
            }
            Err(_) if stop.load(Ordering::SeqCst) => return acknowledged,
            Err(error) => panic!("no answer while the host runs: {error}"),
        }
    }
    acknowledged
}

#[test]
fn a_killed_host_loses_no_acknowledged_result() {
    let state = TempDir::new().unwrap();
    let mut seen = BTreeSet::new();
    for round in 0..3 {
        let mut app = Options::default().state(state.path()).start();
        let stop = Arc::new(AtomicBool::new(false));
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                let (url, stop) = (app.url.clone(), stop.clone());
                std::thread::spawn(move || submit_until_it_ends(&url, round * 100 + worker, &stop))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(1500));
        stop.store(true, Ordering::SeqCst);
        app.child.kill().unwrap();
        app.child.wait().unwrap();
        let acknowledged: Vec<(u64, String)> = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect();
        assert!(
            acknowledged.len() > 8,
            "there was load: {}",
            acknowledged.len()
        );

        let app = Options::default().state(state.path()).start();
        for (id, item) in acknowledged {
            assert!(seen.insert(id), "id {id} was given twice");
            let stored: Value = app.read(&format!("/api/v2.0/results/{id}"));
            assert_eq!(stored["data"]["item"][0], json!(item));
            // Whole: the row, its index and its test case.
            let found = app.read(&format!("/api/v2.0/results?item={item}&testcases=t"));
            assert_eq!(found["data"][0]["id"], json!(id));
        }
    }
}

#[test]
fn a_stopped_host_finishes_what_it_has_begun() {
    let state = TempDir::new().unwrap();
    let mut app = Options::default().state(state.path()).start();
    app.submit(json!({"outcome": "PASSED", "testcase": "t"}));
    let pid = app.child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = app.child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    let app = Options::default().state(state.path()).start();
    assert_eq!(app.read("/api/v2.0/results/1")["outcome"], "PASSED");
}

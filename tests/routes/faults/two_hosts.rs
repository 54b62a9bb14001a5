//! Two hosts on one database, and another program that does not let go of it.

use super::{UNUSABLE, expect_unavailable};
use crate::harness::{App, Options, agent};
use crate::host::crash::in_the_file::{self, FILE, Ledger};
use crate::host::crash::over_http;
use crate::host::crash::random::Random;
use crate::host::crash::sent::Sent;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Clients of each host.
const CLIENTS: u64 = 4;
/// How long they write.
const TIME: Duration = Duration::from_millis(2500);

/// Writes for a while. Everything must be taken.
fn write(url: &str, name: &str, mut random: Random) -> Vec<Sent> {
    let (agent, began) = (agent(), Instant::now());
    let mut all = Vec::new();
    while began.elapsed() < TIME {
        let mut sent = Sent::any(format!("{name}-{}", all.len()), &mut random);
        sent.ids = Some(sent.ids_in(&sent.send(&agent, url).unwrap()));
        all.push(sent);
    }
    all
}

#[test]
fn two_hosts_write_to_one_store() {
    let state = TempDir::new().unwrap();
    // Both find an empty file.
    let starting = [(); 2].map(|()| Options::default().state(state.path()).begin());
    let apps: [App; 2] = starting.map(crate::harness::Starting::listening);
    let mut ledger = Ledger::new();
    let by_host: Vec<usize> = std::thread::scope(|scope| {
        let mut clients = Vec::new();
        for client in 0..CLIENTS {
            for (host, app) in apps.iter().enumerate() {
                let random = Random(client * 2 + host as u64);
                let name = format!("h{host}-c{client}");
                clients.push((host, scope.spawn(move || write(&app.url, &name, random))));
            }
        }
        let mut written = vec![0; 2];
        for (host, client) in clients {
            let sent = client.join().unwrap();
            written[host] += sent.len();
            ledger.extend(sent.into_iter().map(|sent| (sent.name.clone(), sent)));
        }
        written
    });
    assert!(by_host.iter().all(|written| *written > 0), "{by_host:?}");
    for app in &apps {
        over_http::check(&app.url, &mut ledger, 200, &mut Random(1));
    }
    drop(apps);
    in_the_file::check(state.path(), &mut ledger);
}

/// A store with one result, and a connection that holds it.
fn held(state: &TempDir, result: &Value) -> (App, Connection) {
    let app = Options::default().state(state.path()).start();
    app.submit(result.clone());
    let other = Connection::open(state.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    (app, other)
}

#[test]
fn a_store_that_another_program_holds_is_unavailable_until_it_lets_go() {
    let state = TempDir::new().unwrap();
    let result = json!({"outcome": "PASSED", "testcase": "t"});
    let (app, other) = held(&state, &result);
    expect_unavailable(&app.post("/api/v2.0/results", &result), UNUSABLE);
    assert_eq!(app.read("/api/v2.0/results/1")["outcome"], "PASSED");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(app.submit(result)["id"], 2);
}

#[test]
fn a_store_that_another_program_holds_for_a_moment_is_waited_for() {
    let state = TempDir::new().unwrap();
    let result = json!({"outcome": "PASSED", "testcase": "t"});
    let (app, other) = held(&state, &result);
    std::thread::scope(|scope| {
        let submitted = scope.spawn(|| app.submit(result));
        std::thread::sleep(Duration::from_millis(1_500));
        assert!(!submitted.is_finished());
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(submitted.join().unwrap()["id"], 2);
    });
}

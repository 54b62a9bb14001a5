//! The first requests on an empty store, all at once.

use crate::harness::{App, try_send};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn many_instances_set_up_one_store() {
    let app = App::start();
    let workers: Vec<_> = (0..32)
        .map(|n| {
            let url = app.url.clone();
            std::thread::spawn(move || {
                let headers = [("content-type", "application/json")];
                let body = json!({"outcome": "PASSED", "testcase": format!("t{}", n % 3), "groups": ["g"]});
                let answer = try_send(&url, "POST", "/api/v2.0/results", &headers, &body.to_string()).unwrap();
                answer.expect(201)["id"].as_u64().unwrap()
            })
        })
        .collect();
    let ids: BTreeSet<u64> = workers
        .into_iter()
        .map(|worker| worker.join().unwrap())
        .collect();
    assert_eq!(ids, (1..=32).collect());
    let database = rusqlite::Connection::open(app.state().join("sqlite_db.db")).unwrap();
    let (versions, newest): (i64, i64) = database
        .query_row(
            "SELECT count(*), max(version) FROM schema_versions",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(versions, newest, "each migration was noted once");
    let mode: String = database
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

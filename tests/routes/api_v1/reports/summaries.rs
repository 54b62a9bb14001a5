//! What makes searches cheap is written when the answer has left; searches find the same before.

use super::{SUBJECT, cases, post};
use crate::harness::App;
use rusqlite::Connection;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long summaries may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a report becomes, and what is asked for: a value and an outcome that both are frequent, and
/// text in the middle of a value.
const QUESTIONS: [&str; 2] = [
    "/api/v2.0/results?item=nethack-3.6.7-1.fc40&outcome=FAILED&limit=1000",
    "/api/v2.0/results?item:like=*hack-3*&outcome=FAILED&limit=1000",
];

#[test]
fn a_report_is_summarised_after_its_answer() {
    const CASES: usize = 3_000;
    let app = App::start();
    post(&app, SUBJECT, &cases(CASES, |number| number % 10 != 0)).expect(201);
    let ask = || -> Vec<Value> { QUESTIONS.map(|path| app.read(path)["data"].clone()).into() };
    let before = ask();
    // The results of the cases, and the one of the whole.
    for found in &before {
        assert_eq!(found.as_array().unwrap().len(), CASES / 10 + 1);
    }
    let database = Connection::open(app.state().join("sqlite_db.db")).unwrap();
    let is_left = || -> bool {
        let left = "SELECT (SELECT max(id) FROM results) - upto >= 128 FROM summaries";
        database.query_row(left, [], |row| row.get(0)).unwrap()
    };
    let start = Instant::now();
    while is_left() {
        assert!(start.elapsed() < PATIENCE, "nobody summarises the report");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(ask(), before);
}

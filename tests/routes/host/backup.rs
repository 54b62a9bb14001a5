//! Backups by the very statement that `docs/operations.md` names, taken while others write.

use crate::harness::{App, Options, seconds_from_now, try_send, workspace};
use rusqlite::Connection;
use serde_json::json;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const BUILD: &str = "nethack-3.6.7-1.fc40";
/// How long a single result may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the store cuts its write-ahead log to.
const LOG_BYTES: u64 = 64 << 20;

/// The statement that the document gives to `sqlite3` for a backup, with another file to write.
fn statement(to: &Path) -> String {
    let document = std::fs::read_to_string(workspace().join("docs/operations.md")).unwrap();
    let (_, section) = document.split_once("\n## Backup\n").expect("a section");
    let (_, command) = section
        .split_once("\nsqlite3 .sluicegate/sqlite_db.db \"")
        .expect("a command");
    let (statement, _) = command.split_once('"').unwrap();
    assert!(statement.contains("'backup.db'"), "{statement}");
    statement.replace("backup.db", to.to_str().unwrap())
}

/// Stops the writers, also when the test fails: its end waits for them.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The application on this state; links do not say where it listens.
fn start(state: &Path) -> App {
    let options = Options::default().state(state);
    options
        .variable("public_url=https://results.example")
        .start()
}

/// Results of a build, in groups, one of them waived, and a waiver that was asked for and granted.
fn fill(app: &App) {
    for (test_case, outcome) in [
        ("dist.rpmdeplint", "PASSED"),
        ("dist.upgradepath", "FAILED"),
        ("dist.abicheck", "FAILED"),
        ("dist.upgradepath", "FAILED"),
    ] {
        let data = json!({"item": BUILD, "type": "koji_build", "arch": ["x86_64", "s390x"]});
        let groups = json!([{"uuid": "run-1", "description": "the first run"}]);
        app.submit(
            json!({"outcome": outcome, "testcase": test_case, "data": data, "groups": groups}),
        );
    }
    let waiver = |test_case: &str| json!({"subject_type": "koji_build", "subject_identifier": BUILD, "testcase": test_case, "product_version": "fedora-40", "comment": "known"});
    let waived = app.post_as("joe", "/api/v1.0/waivers/", &waiver("dist.abicheck"));
    waived.expect(201);
    let mut request = waiver("dist.upgradepath");
    request["request"] = json!(true);
    request["reason"] = json!("other");
    let id = app.post_as("joe", "/api/v1/waivers", &request).expect(201)["id"].clone();
    let approval = json!({"approved": true, "comment": "seen"});
    app.post_as("bot", &format!("/api/v1/waivers/{id}/approval"), &approval)
        .expect(201);
}

/// Submits until it is told to stop, and counts what was acknowledged.
fn keep_writing(url: &str, writer: u64, stop: &AtomicBool, acknowledged: &AtomicU64) {
    let headers = [("content-type", "application/json")];
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let body = json!({
            "outcome": "PASSED", "testcase": format!("load.{writer}"), "groups": ["load"],
            "data": {"item": format!("load-{writer}-{number}"), "type": "koji_build"},
        });
        let answer = try_send(
            url,
            "POST",
            "/api/v2.0/results",
            &headers,
            &body.to_string(),
        );
        answer.unwrap().expect(201);
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

/// Everything that may be asked about the time until `when`, and the answers.
fn answers(app: &App, when: &str) -> Vec<(String, String)> {
    let span = format!("since=2000-01-01T00:00:00,{when}");
    let mut answers: Vec<(String, String)> = [
        "/api/v2.0/results/1".to_owned(),
        format!("/api/v2.0/results?item={BUILD}"),
        format!("/api/v2.0/results?testcases:like=dist.*&{span}"),
        format!("/api/v2.0/results?limit=1000&{span}"),
        format!("/api/v2.0/results/latest?item={BUILD}&type=koji_build"),
        format!("/api/v2.0/results/latest?{span}"),
        "/api/v2.0/groups?uuid=run-1".to_owned(),
        "/api/v2.0/groups/run-1".to_owned(),
        "/api/v2.0/groups/run-1/results".to_owned(),
        "/api/v2.0/testcases/dist.abicheck".to_owned(),
        "/api/v1.0/waivers/".to_owned(),
        format!("/api/v1/waivers?as_of={when}Z"),
        "/api/v1/waivers/2/history".to_owned(),
    ]
    .into_iter()
    .map(|path| {
        let answer = app.get(&path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        (path, answer.text)
    })
    .collect();
    let question = json!({
        "product_version": "fedora-40", "decision_context": "bodhi_update_push_stable",
        "subject_type": "koji_build", "subject_identifier": BUILD, "when": when, "verbose": true,
    });
    let decision = app.post("/api/v1.0/decision", &question);
    assert_eq!(decision.expect(200)["policies_satisfied"], true);
    answers.push((question.to_string(), decision.text));
    answers
}

/// The highest id. Of two results at the same moment the one that came first may be stored second,
/// so it is not always the newest one's.
fn last_id(app: &App) -> u64 {
    let results = app.read("/api/v2.0/results?limit=1000");
    assert_eq!(results["next"], json!(null), "all of them");
    let results = results["data"].as_array().unwrap();
    let ids = results.iter().map(|result| result["id"].as_u64().unwrap());
    ids.max().unwrap()
}

/// Waits for so many acknowledged results; a failure if no further one comes.
fn wait_for(acknowledged: &AtomicU64, count: u64) {
    let (mut last, mut since) = (0, Instant::now());
    loop {
        let now = acknowledged.load(Ordering::SeqCst);
        if now >= count {
            return;
        }
        if now > last {
            (last, since) = (now, Instant::now());
        }
        assert!(since.elapsed() < PATIENCE, "nobody writes any more");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_restored_backup_answers_the_same() {
    let (state, restored) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = restored.path().join("sqlite_db.db");
    let app = start(state.path());
    fill(&app);
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicU64::new(0));
    let (stop, acknowledged) = (&stop, &acknowledged);
    let (when, before) = std::thread::scope(|scope| {
        for writer in 0..4 {
            let url = app.url.clone();
            scope.spawn(move || keep_writing(&url, writer, stop, acknowledged));
        }
        let _stop = Stop(stop);
        wait_for(acknowledged, 50);
        let when = seconds_from_now(0.0).replace('Z', "");
        wait_for(acknowledged, 100);
        let before = acknowledged.load(Ordering::SeqCst);
        let database = Connection::open(state.path().join("sqlite_db.db")).unwrap();
        database.busy_timeout(Duration::from_secs(5)).unwrap();
        database.execute(&statement(&file), []).unwrap();
        wait_for(acknowledged, acknowledged.load(Ordering::SeqCst) + 50);
        (when, before)
    });
    let expected = answers(&app, &when);

    let copy = start(restored.path());
    for (expected, found) in expected.iter().zip(answers(&copy, &when)) {
        assert_eq!(*expected, found);
    }
    // What was acknowledged before is there, what came later is not, and the last one is whole.
    let last = last_id(&copy);
    assert!(last >= 4 + before, "{last} of {before}");
    assert!(last < last_id(&app));
    let result = copy.read(&format!("/api/v2.0/results/{last}"));
    let item = result["data"]["item"][0].as_str().unwrap();
    let found = copy.read(&format!("/api/v2.0/results?item={item}&groups=load"));
    assert_eq!(found["data"], json!([result]));
    // It is written to like any other.
    let next = copy.submit(json!({"outcome": "PASSED", "testcase": "t"}));
    assert_eq!(next["id"], json!(last + 1));
    let database = Connection::open(&file).unwrap();
    let pragma = |name: &str| -> String {
        database
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(pragma("integrity_check"), "ok");
    assert_eq!(pragma("journal_mode"), "wal");
}

#[test]
fn a_log_that_grew_beside_a_long_reader_is_cut() {
    let app = App::start();
    let file = app.state().join("sqlite_db.db");
    let log = || file.with_extension("db-wal").metadata().unwrap().len();
    let submit =
        |note: &str| app.submit(json!({"outcome": "PASSED", "testcase": "t", "note": note}));
    submit("");
    let reader = Connection::open(&file).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM results")
        .unwrap();
    let note = "x".repeat(3 << 20);
    for _ in 0..24 {
        submit(&note);
    }
    assert!(log() > LOG_BYTES, "{}", log());
    reader.execute_batch("COMMIT").unwrap();
    // The first writes the log back, the second begins it anew.
    submit("");
    submit("");
    assert!(log() <= LOG_BYTES, "{}", log());
}

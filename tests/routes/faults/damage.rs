//! Damage: a log of the database whose parts are garbage or missing, and a file that is no database.

use super::{
    UNUSABLE, expect_unavailable, read_each, refuse_each, write_each, write_until_refused,
};
use crate::harness::{App, Options};
use crate::host::crash::in_the_file::{self, FILE, Ledger};
use crate::host::crash::over_http;
use crate::host::crash::random::Random;
use std::path::Path;
use tempfile::TempDir;

/// A store of which one part is in the file and a later one in its log alone, as a killed host leaves
/// it. What is in the log may be lost with it, so it counts as not acknowledged.
fn half_in_the_log(state: &Path) -> Ledger {
    let mut ledger = Ledger::new();
    let app = Options::default().state(state).start();
    write_each(&app, "in-the-file", &mut ledger);
    drop(app);
    let database = rusqlite::Connection::open(state.join(FILE)).unwrap();
    let copied = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: u32 = database.query_row(copied, [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0);
    drop(database);
    let app = Options::default().state(state).start();
    let mut later = Ledger::new();
    for round in 0..4 {
        write_each(&app, &format!("in-the-log-{round}"), &mut later);
    }
    drop(app);
    for sent in later.values_mut() {
        sent.ids = None;
    }
    ledger.extend(later);
    ledger
}

/// Changes bytes of a file.
fn damage(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(file).unwrap();
    change(&mut bytes);
    std::fs::write(file, bytes).unwrap();
}

/// The host starts on it: what is in the file is there, of the log what comes before the damage, each
/// thing whole or not at all, and writing goes on.
#[track_caller]
fn survives(state: &Path, mut ledger: Ledger, is_all_lost: bool) {
    let app = Options::default().state(state).start();
    let in_the_file: Vec<String> = named(&ledger, "in-the-file");
    // Settles what is left of the log, before anything is sent again.
    drop(app_reads(&app));
    in_the_file::check(state, &mut ledger);
    for name in &in_the_file {
        assert!(ledger[name].ids.is_some());
    }
    let left = ledger
        .values()
        .filter(|sent| sent.name.starts_with("in-the-log") && sent.ids.is_some())
        .count();
    assert_eq!(left == 0, is_all_lost, "{left} things of the log are left");
    assert!(left < 4 * in_the_file.len(), "nothing was damaged");
    over_http::check(&app.url, &mut ledger, u64::MAX, &mut Random(1));
    write_each(&app, "after", &mut ledger);
    drop(app);
    in_the_file::check(state, &mut ledger);
}

fn app_reads(app: &App) -> serde_json::Value {
    app.read("/api/v2.0/results")
}

fn named(ledger: &Ledger, start: &str) -> Vec<String> {
    let names = ledger.keys().filter(|name| name.starts_with(start));
    names.cloned().collect()
}

#[test]
fn a_log_without_its_end_loses_that_alone() {
    let state = TempDir::new().unwrap();
    let ledger = half_in_the_log(state.path());
    let log = state.path().join(format!("{FILE}-wal"));
    damage(&log, |bytes| bytes.truncate(bytes.len() * 2 / 3 + 11));
    survives(state.path(), ledger, false);
}

#[test]
fn garbage_inside_of_a_log_ends_it() {
    let state = TempDir::new().unwrap();
    let ledger = half_in_the_log(state.path());
    let log = state.path().join(format!("{FILE}-wal"));
    damage(&log, |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 9000].fill(0xa5);
        let end = bytes.len() - 5000;
        bytes[end..end + 100].fill(0x5a);
    });
    survives(state.path(), ledger, false);
}

#[test]
fn a_log_and_an_index_that_are_garbage_are_as_none() {
    let state = TempDir::new().unwrap();
    let ledger = half_in_the_log(state.path());
    for ending in ["wal", "shm"] {
        damage(&state.path().join(format!("{FILE}-{ending}")), |bytes| {
            bytes.fill(0xa5)
        });
    }
    survives(state.path(), ledger, true);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    for garbage in [&b"something else"[..], &[0xa5; 20_000]] {
        let state = TempDir::new().unwrap();
        let file = state.path().join(FILE);
        std::fs::write(&file, garbage).unwrap();
        let app = Options::default().state(state.path()).start();
        refuse_each(&app, "garbage", UNUSABLE);
        for path in [
            "/api/v2.0/results",
            "/api/v1.0/waivers/",
            "/api/v2.0/groups",
        ] {
            expect_unavailable(&app.get(path), UNUSABLE);
        }
        assert_eq!(app.get("/healthcheck").status, 503);
        assert_eq!(std::fs::read(&file).unwrap(), garbage);
        for ending in ["wal", "shm", "journal"] {
            assert!(
                !state.path().join(format!("{FILE}-{ending}")).exists(),
                "{ending}"
            );
        }
        // The operator puts it aside, and has no other one.
        std::fs::rename(&file, state.path().join("aside")).unwrap();
        let mut ledger = Ledger::new();
        write_each(&app, "after", &mut ledger);
        read_each(&app, &mut ledger);
        drop(app);
        in_the_file::check(state.path(), &mut ledger);
    }
}

#[test]
fn a_damaged_page_is_told_and_a_copy_from_before_takes_its_place() {
    let state = TempDir::new().unwrap();
    let file = state.path().join(FILE);
    let mut ledger = Ledger::new();
    let app = Options::default().state(state.path()).start();
    write_each(&app, "before", &mut ledger);
    drop(app);
    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'results'";
    let page: usize = database.query_row(root, [], |row| row.get(0)).unwrap();
    drop(database);
    let sound = std::fs::read(&file).unwrap();
    damage(&file, |bytes| {
        bytes[(page - 1) * 4096..page * 4096].fill(0xa5)
    });
    let app = Options::default().state(state.path()).start();
    expect_unavailable(&app.get("/api/v2.0/results/1"), UNUSABLE);
    let refused = write_until_refused(&app, "damaged", &mut Ledger::new(), &mut Random(4));
    expect_unavailable(&refused, UNUSABLE);
    drop(app);
    std::fs::write(&file, sound).unwrap();
    for ending in ["wal", "shm"] {
        let _ = std::fs::remove_file(state.path().join(format!("{FILE}-{ending}")));
    }
    let app = Options::default().state(state.path()).start();
    read_each(&app, &mut ledger);
    drop(app);
    in_the_file::check(state.path(), &mut ledger);
}

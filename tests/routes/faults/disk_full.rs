//! No room: on the way there, then, after a crash in that state, and when there is room again.

use super::mounts::Small;
use super::{
    NO_ROOM, decide, exhaust, expect_unavailable, read_each, refuse_each, write_each,
    write_until_refused,
};
use crate::harness::Options;
use crate::host::crash::in_the_file::{self, FILE, Ledger};
use crate::host::crash::over_http;
use crate::host::crash::random::Random;
use std::fs::File;
use std::io::Write;

/// Bytes after which the store has its log copied into the database: 4,000 pages.
const CHECKPOINT_BYTES: u64 = 4000 * 4096;

#[test]
fn a_full_disk_refuses_writes_and_nothing_else() {
    // The log of the database alone fills most of it, so that it can't be copied into the database:
    // that fails again and again before there is no room for the log either.
    let Some(disk) = Small::mount("18m") else {
        return;
    };
    let options = || Options::default().state(disk.path());
    let app = options().start();
    let (mut ledger, random) = (Ledger::new(), &mut Random(1));
    decide(&app);
    write_each(&app, "at-first", &mut ledger);
    let refused = write_until_refused(&app, "filling", &mut ledger, random);
    expect_unavailable(&refused, NO_ROOM);
    fill(&disk);
    exhaust(&app, "exhausting", &mut ledger);
    let size = |name: String| disk.path().join(name).metadata().unwrap().len();
    assert!(size(format!("{FILE}-wal")) > CHECKPOINT_BYTES);
    // The components' own output, of which there is a line for each refusal, has no room either.
    for round in 0..30 {
        refuse_each(&app, &format!("full-{round}"), NO_ROOM);
    }
    read_each(&app, &mut ledger);

    drop(app);
    let app = options().start();
    refuse_each(&app, "started", NO_ROOM);
    read_each(&app, &mut ledger);

    disk.remount("size=64m");
    write_each(&app, "after", &mut ledger);
    over_http::check(&app.url, &mut ledger, u64::MAX, random);
    drop(app);
    in_the_file::check(disk.path(), &mut ledger);
}

/// Takes what room there is.
fn fill(disk: &Small) {
    let mut filler = File::create(disk.path().join("filler")).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
}

#[test]
fn an_empty_store_on_a_full_disk_is_set_up_when_there_is_room() {
    let Some(disk) = Small::mount("1m") else {
        return;
    };
    let app = Options::default().state(disk.path()).start();
    fill(&disk);
    refuse_each(&app, "full", NO_ROOM);
    assert_eq!(app.get("/healthcheck").status, 503);
    disk.remount("size=64m");
    let mut ledger = Ledger::new();
    write_each(&app, "after", &mut ledger);
    read_each(&app, &mut ledger);
    drop(app);
    in_the_file::check(disk.path(), &mut ledger);
}

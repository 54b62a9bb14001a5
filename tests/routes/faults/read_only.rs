//! A database that may not be written to for a while: its file alone, or its whole folder.

use super::mounts::{ReadOnly, Small};
use super::{READ_ONLY, decide, expect_unavailable, read_each, refuse_each, write_each};
use crate::harness::Options;
use crate::host::crash::in_the_file::{self, FILE, Ledger};
use std::path::Path;
use tempfile::TempDir;

/// A store with something in it, as a killed host leaves it.
fn filled(state: &Path) -> Ledger {
    let mut ledger = Ledger::new();
    let app = Options::default().state(state).start();
    decide(&app);
    write_each(&app, "before", &mut ledger);
    ledger
}

#[test]
fn a_read_only_file_is_read_and_written_again_when_it_may_be() {
    let state = TempDir::new().unwrap();
    let mut ledger = filled(state.path());
    let Some(read_only) = ReadOnly::make(&state.path().join(FILE)) else {
        return;
    };
    let app = Options::default().state(state.path()).start();
    read_each(&app, &mut ledger);
    refuse_each(&app, "read-only", READ_ONLY);
    read_each(&app, &mut ledger);
    drop(read_only);
    // At once: by the very instances that were refused.
    write_each(&app, "after", &mut ledger);
    read_each(&app, &mut ledger);
    drop(app);
    in_the_file::check(state.path(), &mut ledger);
}

#[test]
fn a_file_that_becomes_read_only_while_it_is_used_recovers() {
    let state = TempDir::new().unwrap();
    let mut ledger = filled(state.path());
    let app = Options::default().state(state.path()).start();
    write_each(&app, "at-first", &mut ledger);
    let Some(read_only) = ReadOnly::make(&state.path().join(FILE)) else {
        return;
    };
    // Whoever has the file open may still write, and others not.
    let agent = crate::harness::agent();
    for round in 0..3 {
        for mut sent in super::one_of_each(&format!("meanwhile-{round}")) {
            let answer = sent.send(&agent, &app.url).unwrap();
            match answer.status {
                503 => expect_unavailable(&answer, READ_ONLY),
                _ => {
                    sent.ids = Some(sent.ids_in(&answer));
                    ledger.insert(sent.name.clone(), sent);
                }
            }
        }
    }
    read_each(&app, &mut ledger);
    drop(read_only);
    write_each(&app, "after", &mut ledger);
    drop(app);
    in_the_file::check(state.path(), &mut ledger);
}

#[test]
fn a_read_only_folder_is_written_again_when_it_may_be() {
    let Some(disk) = Small::mount("64m") else {
        return;
    };
    let mut ledger = filled(disk.path());
    disk.remount("ro");
    let logs = TempDir::new().unwrap();
    let app = Options::default()
        .state(disk.path())
        .argument("--log-dir")
        .argument(logs.path().to_str().unwrap())
        .start();
    read_each(&app, &mut ledger);
    refuse_each(&app, "read-only", READ_ONLY);
    disk.remount("rw");
    write_each(&app, "after", &mut ledger);
    read_each(&app, &mut ledger);
    drop(app);
    in_the_file::check(disk.path(), &mut ledger);
}

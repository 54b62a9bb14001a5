//! Messages off real brokers, as Debian packs them. Without the program of a broker its test is skipped.

mod rabbitmq;
mod redis;

use crate::harness::skip;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The program of this name, on the PATH or at a place of its own. Without it the test is skipped.
fn program(name: &str, places: &[&str], package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(places.iter().map(PathBuf::from));
    let found = folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        skip(&format!(
            "`{name}` is not there: as root, run `apt-get install -y {package}`"
        ));
    }
    found
}

/// What `look` finds, as soon as it does.
#[track_caller]
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}

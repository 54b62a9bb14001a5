//! An acknowledged write survives whatever happens to the process: clients write, the host is killed
//! at random moments and started again, and everything that was acknowledged is there, once and whole.
//!
//! The test command kills it a few times, `cargo xtask torture` many. What SIGKILL leaves is what the
//! system had taken: a loss of power is not tried here.

pub mod in_the_file;
pub mod over_http;
pub mod random;
pub mod sent;

use crate::harness::{Options, agent};
use in_the_file::{FILE, Ledger};
use random::Random;
use sent::{Kind, Sent};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

/// Kills in the test command, at least one at each kind of moment.
const KILLS: u64 = 6;
/// Clients that write at once.
const CLIENTS: u64 = 8;
/// Things that are looked at over HTTP after a kill. In the file everything is.
const LOOKED_AT: u64 = 300;

/// When the host is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Soon after the first requests to an empty store.
    First,
    /// While it starts.
    Start,
    /// While it writes.
    Load,
    /// As soon as the log is written back.
    Checkpoint,
}

const MOMENTS: [Moment; 4] = [
    Moment::First,
    Moment::Load,
    Moment::Checkpoint,
    Moment::Start,
];

/// A store, and what was sent to it.
struct Store {
    folder: TempDir,
    ledger: Ledger,
}

impl Store {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            ledger: Ledger::new(),
        }
    }

    fn options(&self) -> Options {
        Options::default().state(self.folder.path())
    }

    /// Everything, in the file and then over HTTP.
    fn close(mut self, random: &mut Random) -> usize {
        let app = self.options().start();
        over_http::check(&app.url, &mut self.ledger, u64::MAX, random);
        drop(app);
        in_the_file::check(self.folder.path(), &mut self.ledger);
        let results = |sent: &Sent| sent.ids.as_ref().map_or(0, |_| sent.results() as usize);
        self.ledger.values().map(results).sum()
    }
}

/// A number that the environment says.
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

#[test]
fn a_killed_host_loses_nothing_that_was_acknowledged() {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let seed = setting("SLUICEGATE_TORTURE_SEED").unwrap_or(now % 1_000_000_000);
    let kills = setting("SLUICEGATE_TORTURE_KILLS").unwrap_or(KILLS);
    let seconds = setting("SLUICEGATE_TORTURE_SECONDS").unwrap_or(u64::MAX);
    println!("seed {seed}");
    let random = &mut Random(seed);
    let began = Instant::now();
    let (mut store, mut results, mut done) = (Store::new(), 0, 0);
    let mut start_up = Duration::from_millis(500);
    while done < kills && began.elapsed().as_secs() < seconds {
        let moment = MOMENTS[match done {
            0..4 => done,
            _ => [0, 1, 1, 1, 2, 2, 2, 3][random.below(8) as usize],
        } as usize];
        if matches!(moment, Moment::First) && done > 0 {
            results += std::mem::replace(&mut store, Store::new()).close(random);
        }
        kill(&mut store, moment, done, &mut start_up, random);
        in_the_file::check(store.folder.path(), &mut store.ledger);
        done += 1;
        println!(
            "kill {done}, {moment:?}: {} things in this store",
            store.ledger.len()
        );
    }
    results += store.close(random);
    println!(
        "{done} kills, {results} results that were acknowledged, seed {seed}: nothing is lost"
    );
    assert!(results > 0, "there was no load");
}

/// Starts the host and kills it. What was sent is in the ledger then.
fn kill(
    store: &mut Store,
    moment: Moment,
    round: u64,
    start_up: &mut Duration,
    random: &mut Random,
) {
    let began = Instant::now();
    let mut starting = store.options().begin();
    if matches!(moment, Moment::Start) {
        let most = start_up.as_millis() as u64 * 5 / 4;
        std::thread::sleep(random.milliseconds(0, most.max(1)));
        starting.child.kill().unwrap();
        starting.child.wait().unwrap();
        return;
    }
    let app = starting.listening();
    *start_up = began.elapsed();
    over_http::check(&app.url, &mut store.ledger, LOOKED_AT, random);
    let stop = AtomicBool::new(false);
    let seeds: Vec<u64> = (0..CLIENTS).map(|_| random.below(u64::MAX)).collect();
    let url = app.url.clone();
    std::thread::scope(|scope| {
        let clients: Vec<_> = seeds
            .into_iter()
            .enumerate()
            .map(|(client, seed)| {
                let (url, stop) = (&url, &stop);
                scope.spawn(move || write(url, &format!("r{round}-c{client}"), Random(seed), stop))
            })
            .collect();
        match moment {
            Moment::First => std::thread::sleep(random.milliseconds(0, 250)),
            Moment::Checkpoint => {
                wait_for_checkpoint(store.folder.path());
                std::thread::sleep(random.milliseconds(0, 4));
            }
            _ => std::thread::sleep(random.milliseconds(20, 1200)),
        }
        stop.store(true, Ordering::SeqCst);
        drop(app);
        for client in clients {
            let sent = client.join().unwrap();
            let named = sent.into_iter().map(|sent| (sent.name.clone(), sent));
            store.ledger.extend(named);
        }
    });
}

/// Returns when the database file itself is written to, which only happens when the log is copied
/// into it; or after some seconds.
fn wait_for_checkpoint(folder: &Path) {
    let written = || {
        folder
            .join(FILE)
            .metadata()
            .and_then(|file| file.modified())
            .ok()
    };
    let before = written();
    let began = Instant::now();
    while written() == before && began.elapsed() < Duration::from_secs(4) {
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Writes until the host is gone.
fn write(url: &str, name: &str, mut random: Random, stop: &AtomicBool) -> Vec<Sent> {
    let agent = agent();
    let mut all: Vec<Sent> = Vec::new();
    for n in 0.. {
        let mut next = Some(Sent::any(format!("{name}-{n}"), &mut random));
        while let Some(mut sent) = next.take() {
            match sent.send(&agent, url) {
                Ok(answer) => sent.ids = Some(sent.ids_in(&answer)),
                Err(_) if stop.load(Ordering::SeqCst) => {
                    all.push(sent);
                    return all;
                }
                Err(error) => panic!("no answer while the host runs: {error}"),
            }
            next = match sent.kind {
                Kind::Request => sent.step(Kind::Approval),
                Kind::Approval if random.below(2) == 0 => sent.step(Kind::Withdrawal),
                _ => None,
            };
            all.push(sent);
        }
    }
    all
}

#[test]
fn a_stopped_host_finishes_what_it_has_begun() {
    let state = TempDir::new().unwrap();
    let mut app = Options::default().state(state.path()).start();
    app.submit(serde_json::json!({"outcome": "PASSED", "testcase": "t"}));
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

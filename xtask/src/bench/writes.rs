//! `cargo xtask bench writes`: single submissions, each durable before it is answered, beside hello
//! and beside what SQLite itself commits on the same disk; and reads while they go on.

use super::data::Corpus;
use super::scenarios::{self, Scenario};
use super::server::{self, STATE, Server};
use super::wrk::{self, Measured};
use super::{Arguments, native, policies, preload, report};
use crate::build;
use crate::progress::step;
use crate::up::DATABASE;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use rusqlite::{Connection, params};
use std::path::Path;
use std::time::{Duration, Instant};

/// Results that are stored if the command line does not say.
const DEFAULT_RESULTS: u64 = 100_000;
/// Where writes are compared with their targets.
const CONNECTIONS: [u32; 2] = [32, 128];
/// How much of hello's requests per second.
const OF_HELLO: f64 = 0.20;
/// How much of what one native writer commits.
const OF_NATIVE: f64 = 0.6;
/// Where the tail is compared, and with what.
const TAIL_CONNECTIONS: u32 = 32;
const TAIL_OF_MEDIAN: f64 = 20.0;
const TAIL_US: f64 = 100_000.0;
/// A crowd, and for how many seconds none of it may be refused.
const CROWD: u32 = 256;
const CROWD_SECONDS: u32 = 60;
/// Readers, and how much of their requests per second writes may not take.
const READERS: u32 = 8;
const OF_UNDISTURBED: f64 = 0.6;
/// Writes go on for so many seconds before and after the reads that they disturb.
const OVERLAP_SECONDS: u32 = 1;

/// Prints what was measured.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    wrk::install()?;
    build::components(workspace)?;
    let folder = server::folder(workspace).join("writes");
    server::forget(&folder)?;
    let mounted = folder.join("policies");
    policies::write(workspace, &mounted, None)?;
    let corpus = Corpus::new(arguments.results.unwrap_or(DEFAULT_RESULTS), Vec::new());
    let server = Server::start(workspace, &folder, &mounted, &arguments.variable)?;
    let stored = preload::submit_all(&server.address, corpus.results, &|index| {
        corpus.result(index)
    })?;
    let scenarios = scenarios::all(&corpus, &stored.ids, None);
    let named = |name: &str| {
        let found = scenarios.iter().find(|scenario| scenario.name == name);
        found.with_context(|| format!("there is no scenario `{name}`"))
    };
    let load = Load {
        folder: &folder,
        address: &server.address,
        seconds: arguments.seconds,
        hello: scenarios::hello(),
        submit: named("submit")?,
        query: named("query by item")?,
    };
    println!(
        "{:<28} {:>5} {:>11} {:>10} {:>10} {:>7}",
        "", "conn.", "requests/s", "p50 ms", "p99 ms", "errors"
    );
    let mut verdicts = Vec::new();
    for connections in CONNECTIONS {
        verdicts.extend(load.writes(connections)?);
    }
    verdicts.push(load.crowd()?);
    verdicts.push(load.reads()?);
    println!();
    for (met, what) in verdicts {
        print!("{}", report::verdict(met, &what));
    }
    Ok(())
}

type Verdict = (bool, String);

/// What is sent, and where to.
struct Load<'a> {
    folder: &'a Path,
    address: &'a str,
    seconds: u32,
    hello: Scenario,
    submit: &'a Scenario,
    query: &'a Scenario,
}

impl Load<'_> {
    fn measure(&self, scenario: &Scenario, connections: u32, seconds: u32) -> Result<Measured> {
        // Two generators may be at work at once; each has a script of its own.
        let folder = self.folder.join(format!("wrk-{}", scenario.name));
        std::fs::create_dir_all(&folder)?;
        let requests = &scenario.requests;
        wrk::measure(&folder, self.address, requests, connections, seconds)
    }

    /// Submissions between two measurements of hello and two of the native writer.
    fn writes(&self, connections: u32) -> Result<Vec<Verdict>> {
        let seconds = self.seconds;
        let half = seconds.div_ceil(2);
        let before = self.measure(&self.hello, connections, half)?;
        let (plain, indexed) = (Native::plain(self.folder)?, Native::indexed(self.folder)?);
        let plain_before = plain.measure(half)?;
        let indexed = indexed.measure(half)?;
        let submit = self.measure(self.submit, connections, seconds)?;
        let plain_after = plain.measure(half)?;
        let after = self.measure(&self.hello, connections, half)?;
        print("hello", connections, &before);
        print("submit", connections, &submit);
        let native = f64::midpoint(plain_before, plain_after);
        println!("{:<28} {:>5} {native:>11.0}", "native, a commit per row", 1);
        println!(
            "{:<28} {:>5} {indexed:>11.0}",
            "native, with our indexes", 1
        );
        let to_hello = submit.per_second / f64::midpoint(before.per_second, after.per_second);
        let to_native = submit.per_second / native;
        let is_whole = submit.errors == 0;
        let mut verdicts = vec![
            (
                to_hello >= OF_HELLO && is_whole,
                format!(
                    "submit at {connections} connections: {to_hello:.2} of hello, target {OF_HELLO:.2}"
                ),
            ),
            (
                to_native >= OF_NATIVE && is_whole,
                format!(
                    "submit at {connections} connections: {to_native:.2} of a native writer with a \
                     commit per row, target {OF_NATIVE:.2}"
                ),
            ),
        ];
        if connections == TAIL_CONNECTIONS {
            let tail = submit.p99_us / submit.p50_us;
            verdicts.push((
                tail <= TAIL_OF_MEDIAN && submit.p99_us <= TAIL_US,
                format!(
                    "p99 at {connections} connections: {tail:.1} times p50, {:.0} ms, targets \
                     {TAIL_OF_MEDIAN} and {:.0} ms",
                    submit.p99_us / 1e3,
                    TAIL_US / 1e3
                ),
            ));
        }
        Ok(verdicts)
    }

    /// More writers than there are instances, for a while.
    fn crowd(&self) -> Result<Verdict> {
        step(&format!(
            "{CROWD} connections submit for {CROWD_SECONDS} seconds"
        ));
        let crowd = self.measure(self.submit, CROWD, CROWD_SECONDS)?;
        print("submit", CROWD, &crowd);
        let what = format!(
            "{CROWD} connections for {CROWD_SECONDS} s: {} of {:.0} submissions failed, target 0",
            crowd.errors,
            crowd.per_second * f64::from(CROWD_SECONDS)
        );
        Ok((crowd.errors == 0, what))
    }

    /// Queries alone, and while submissions run at full speed.
    fn reads(&self) -> Result<Verdict> {
        let seconds = self.seconds;
        let before = self.measure(self.query, READERS, seconds)?;
        let (disturbed, writes) = std::thread::scope(|scope| {
            let longer = seconds + 2 * OVERLAP_SECONDS;
            let writes = scope.spawn(move || self.measure(self.submit, CONNECTIONS[0], longer));
            std::thread::sleep(Duration::from_secs(u64::from(OVERLAP_SECONDS)));
            let disturbed = self.measure(self.query, READERS, seconds);
            (disturbed, writes.join())
        });
        let disturbed = disturbed?;
        let writes = writes.map_err(|_| anyhow::anyhow!("the writes ended in a panic"))??;
        let after = self.measure(self.query, READERS, seconds)?;
        print("query by item", READERS, &before);
        print("query, while writes run", READERS, &disturbed);
        print("submit, while reads run", CONNECTIONS[0], &writes);
        let undisturbed = f64::midpoint(before.per_second, after.per_second);
        let kept = disturbed.per_second / undisturbed;
        let what = format!(
            "queries at {READERS} connections keep {kept:.2} of their speed while {:.0} submissions/s \
             run, target {OF_UNDISTURBED:.2}",
            writes.per_second
        );
        Ok((kept >= OF_UNDISTURBED && disturbed.errors == 0, what))
    }
}

fn print(name: &str, connections: u32, measured: &Measured) {
    println!(
        "{name:<28} {connections:>5} {:>11.0} {:>10.2} {:>10.2} {:>7}",
        measured.per_second,
        measured.p50_us / 1e3,
        measured.p99_us / 1e3,
        measured.errors
    );
}

/// A native writer beside the application's database: what one process commits per second, row by row.
struct Native {
    connection: Connection,
    insert: &'static str,
}

impl Native {
    /// Writes into one plain table.
    fn plain(folder: &Path) -> Result<Self> {
        let native = Self::open(
            &folder.join(STATE).join("plain.sqlite"),
            "INSERT INTO results (outcome, test_case, data) VALUES ('PASSED', ?1, ?2)",
        )?;
        native.connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS results (id INTEGER PRIMARY KEY, outcome TEXT, test_case TEXT, data TEXT)",
        )?;
        Ok(native)
    }

    /// Writes into a copy of the application's database, with its indexes and triggers.
    fn indexed(folder: &Path) -> Result<Self> {
        let state = folder.join(STATE);
        let copy = state.join("copy.sqlite");
        if !copy.exists() {
            let name = copy.to_str().context("the folder's name is no text")?;
            Connection::open(state.join(DATABASE))?.execute("VACUUM INTO ?1", [name])?;
        }
        Self::open(
            &copy,
            "INSERT INTO results (submit_time_us, outcome, test_case, data, groups) \
             VALUES (unixepoch('subsec') * 1000000, 'PASSED', ?1, ?2, '[]')",
        )
    }

    fn open(file: &Path, insert: &'static str) -> Result<Self> {
        let connection = native::open(file)?;
        Ok(Self { connection, insert })
    }

    /// Rows per second, each durable before the next.
    fn measure(&self, seconds: u32) -> Result<f64> {
        let mut insert = self.connection.prepare(self.insert)?;
        let limit = Duration::from_secs(u64::from(seconds));
        let start = Instant::now();
        let mut rows = 0_u32;
        while start.elapsed() < limit {
            let data = format!(
                r#"{{"item":["native{rows}-1.0-1.fc40"],"type":["koji_build"],"arch":["x86_64"]}}"#
            );
            insert.execute(params!["dist.depcheck", data])?;
            rows += 1;
        }
        Ok(f64::from(rows) / start.elapsed().as_secs_f64())
    }
}

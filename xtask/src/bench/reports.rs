//! `cargo xtask bench reports`: a report of 10,000 cases over HTTP, in turn with SQLite's own bulk insert
//! of the very rows that it became. Both write to the same disk, both are durable when they return.

use super::client::{self, AUTHORIZATION, Request};
use super::cold::median;
use super::report::verdict;
use super::server::{self, LOG, STATE, Server};
use super::{Arguments, native, policies};
use crate::build;
use crate::up::DATABASE;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Cases of the report.
const CASES: u32 = 10_000;
/// How often both are measured; the medians count. The first is a warm-up.
const ROUNDS: usize = 7;
/// One of so many cases fails.
const ONE_FAILS_OF: u32 = 50;
/// How long a report may take, in seconds.
const TARGET_SECONDS: f64 = 1.5;
/// How much of SQLite's own speed has to be left.
const TARGET_RATIO: f64 = 0.3;
/// An instance that is idle for a second is over.
const IDLE: Duration = Duration::from_millis(2_500);
/// How long summaries may take after the answer.
const SUMMARIES: Duration = Duration::from_secs(10);
/// What a report becomes rows of, and by which column they are known.
const TABLES: [(&str, &str); 3] = [
    ("results", "id"),
    ("result_data", "result_id"),
    ("result_groups", "result_id"),
];

/// Prints what was measured.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    build::components(workspace)?;
    let folder = server::folder(workspace).join("reports");
    server::forget(&folder)?;
    std::fs::create_dir_all(&folder)?;
    let mounted = folder.join("policies");
    policies::write(workspace, &mounted, None)?;
    let more = ["--tell-memory"];
    let server = Server::start_with(workspace, &folder, &mounted, &arguments.variable, &more)?;
    let agent = client::agent();
    // The first question makes the tables.
    client::expect_success(&agent, &server.address, &Request::get("/healthcheck"))?;
    let mut native = Native::open(&folder)?;
    let body = report();
    let mut seconds = Vec::new();
    let mut ratios = Vec::new();
    println!(
        "{:<8} {:>10} {:>10} {:>14} {:>14} {:>8}",
        "round", "report ms", "cases/s", "summaries ms", "SQLite's own ms", "ratio"
    );
    for round in 0..ROUNDS {
        let start = Instant::now();
        let last = post(&agent, &server.address, &body)?;
        let report = start.elapsed().as_secs_f64();
        native.wait_for_summaries()?;
        let later = start.elapsed().as_secs_f64() - report;
        let own = native.copy(last - i64::from(CASES), last)?;
        let ratio = own / report;
        println!(
            "{round:<8} {:>10.0} {:>10.0} {:>14.0} {:>14.0} {ratio:>8.2}",
            report * 1e3,
            f64::from(CASES) / report,
            later * 1e3,
            own * 1e3
        );
        if round > 0 {
            seconds.push(report);
            ratios.push(ratio);
        }
    }
    std::thread::sleep(IDLE);
    let bytes = memory(&folder.join(LOG))?;
    let (seconds, ratio) = (median(seconds), median(ratios));
    println!();
    let speed = format!(
        "a report of {CASES} cases: {seconds:.2} s ({:.0} cases/s), target {TARGET_SECONDS} s",
        f64::from(CASES) / seconds
    );
    print!("{}", verdict(seconds <= TARGET_SECONDS, &speed));
    let beside = format!(
        "ratio to SQLite's own bulk insert of the same rows: {ratio:.2}, target {TARGET_RATIO}"
    );
    print!("{}", verdict(ratio >= TARGET_RATIO, &beside));
    println!(
        "peak memory of the instance: {:.1} MiB (the report: {:.1} MiB)",
        mib(bytes),
        mib(body.len() as u64)
    );
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// JUnit XML as a build of some size writes it.
fn report() -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"all\">\n",
    );
    for number in 0..CASES {
        // Writing to a string can't fail.
        let _ = write!(
            text,
            "<testcase classname=\"org.example.module{}.SuiteTest\" name=\"test_case_number_{number}\" time=\"0.{:03}\"",
            number / 100,
            number % 1000
        );
        text.push_str(&match number % ONE_FAILS_OF {
            0 => format!("><failure message=\"expected {number} but was 3\">at line {number}\nat line 7</failure></testcase>\n"),
            _ => "/>\n".to_owned(),
        });
    }
    text + "</testsuite>\n</testsuites>\n"
}

/// Sends the report and gives the id of its last result.
fn post(agent: &ureq::Agent, address: &str, body: &str) -> Result<i64> {
    let url = format!(
        "http://{address}/api/v1/reports?testcase=ci.unit&item=nethack-3.6.7-1.fc40&type=koji_build"
    );
    let request = agent.post(&url).header("Authorization", AUTHORIZATION);
    let mut answer = request.send(body).context("no answer to a report")?;
    let text = answer
        .body_mut()
        .read_to_string()
        .context("half an answer")?;
    let json: serde_json::Value = serde_json::from_str(&text).context("no JSON")?;
    match json
        .pointer("/result/id")
        .and_then(serde_json::Value::as_i64)
    {
        Some(id) => Ok(id),
        None => bail!("a report was answered {}: {text}", answer.status()),
    }
}

/// The application's rows, and a database with the same tables and indexes that nothing but this
/// writes to: no triggers, no summaries.
struct Native {
    rows: Connection,
    copy: Connection,
}

impl Native {
    fn open(folder: &Path) -> Result<Self> {
        let state = folder.join(STATE);
        let (file, copy) = (state.join(DATABASE), state.join("copy.sqlite"));
        let rows = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let copy = native::open(&copy)?;
        Ok(Self { rows, copy })
    }

    /// Returns when the application has summarised what it answered, so that it does nothing meanwhile.
    fn wait_for_summaries(&self) -> Result<()> {
        let left = "SELECT (SELECT max(id) FROM results) - upto >= 128 FROM summaries";
        let start = Instant::now();
        while self.rows.query_row(left, [], |row| row.get(0))? {
            if start.elapsed() > SUMMARIES {
                bail!("the summaries of a report were not written");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Copies the rows of these results; how long the inserts and their commit took, in seconds.
    fn copy(&mut self, first: i64, last: i64) -> Result<f64> {
        let mut work = Vec::new();
        for (table, id) in TABLES {
            self.make(table)?;
            let query = format!("SELECT * FROM {table} WHERE {id} BETWEEN ?1 AND ?2");
            let mut statement = self.rows.prepare(&query)?;
            let columns = statement.column_count();
            let rows = statement.query_map([first, last], |row| {
                (0..columns)
                    .map(|index| row.get::<_, Value>(index))
                    .collect()
            })?;
            let rows: Vec<Vec<Value>> = rows.collect::<rusqlite::Result<_>>()?;
            let marks = vec!["?"; columns].join(", ");
            work.push((format!("INSERT INTO {table} VALUES ({marks})"), rows));
        }
        let start = Instant::now();
        let transaction = self.copy.transaction()?;
        for (insert, rows) in &work {
            let mut statement = transaction.prepare(insert)?;
            for row in rows {
                statement.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Makes a table and its indexes, if they aren't there.
    fn make(&self, table: &str) -> Result<()> {
        let known: u32 = self.copy.query_row(
            "SELECT count(*) FROM sqlite_master WHERE name = ?1",
            [table],
            |row| row.get(0),
        )?;
        if known > 0 {
            return Ok(());
        }
        let mut statement = self.rows.prepare(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ?1 AND type IN ('table', 'index') AND sql IS NOT NULL \
             ORDER BY type DESC",
        )?;
        let all = statement.query_map([table], |row| row.get::<_, String>(0))?;
        for sql in all {
            self.copy.execute_batch(&sql?)?;
        }
        Ok(())
    }
}

/// The most memory that an instance of the component had.
fn memory(log: &Path) -> Result<u64> {
    let text = std::fs::read_to_string(log)?;
    let told = text.lines().filter_map(|line| {
        let bytes = line.split_once("memory of `submit-report`: ")?.1;
        bytes.strip_suffix(" bytes")?.parse().ok()
    });
    told.max()
        .context("the host told no memory of `submit-report`")
}

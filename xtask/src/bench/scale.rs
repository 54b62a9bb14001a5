//! `cargo xtask bench scale`: how long each shape of query takes with 10,000 results and with a
//! hundred times as many.
//!
//! Two servers run beside each other and are asked in turn, so that whatever else the machine does
//! slows both. Their stores are kept in `target/bench` for the next run.

use super::client::{self, Request};
use super::cold::median;
use super::data::Corpus;
use super::server::{self, Server};
use super::{Arguments, policies, preload, scale_data};
use crate::build;
use crate::progress::Progress;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::time::{Duration, Instant};
use ureq::Agent;

/// A name, a tab and a path per line.
const SHAPES: &str = include_str!("shapes.txt");
/// The size that everything is compared with.
const SMALL: u64 = 10_000;
/// The larger size if the command line does not say.
const LARGE: u64 = 1_000_000;
/// How much longer a query may take at the larger size.
const MOST: f64 = 3.0;
/// How often each shape is asked at each size, at most and at least.
const ROUNDS: (usize, usize) = (41, 5);
/// How long one shape is asked, unless the least number of rounds takes longer.
const PER_SHAPE: Duration = Duration::from_secs(2);
/// Shapes that are not first pages, for which there is nothing to compare.
const DEEP: &str = "page ";

/// A server with so many results.
struct Store {
    server: Server,
    agent: Agent,
}

/// One line of the table.
struct Row {
    name: &'static str,
    small_ms: f64,
    large_ms: f64,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.large_ms / self.small_ms
    }

    fn is_deep(&self) -> bool {
        self.name.starts_with(DEEP)
    }

    fn line(&self) -> String {
        let Self {
            name,
            small_ms,
            large_ms,
        } = self;
        if self.is_deep() {
            return format!("{name:<32} {:>10} {large_ms:>10.2}", "");
        }
        let ratio = self.ratio();
        let mark = if ratio > MOST { " MORE" } else { "" };
        format!("{name:<32} {small_ms:>10.2} {large_ms:>10.2} {ratio:>7.1}{mark}")
    }
}

/// Prints the table of shapes and sizes.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    build::components(workspace)?;
    let large = arguments.results.unwrap_or(LARGE);
    let stores = [
        store(workspace, arguments, SMALL)?,
        store(workspace, arguments, large)?,
    ];
    let only = arguments.only.as_deref().unwrap_or_default();
    let shapes: Vec<(&str, &str)> = shapes()?
        .into_iter()
        .filter(|(name, _)| name.contains(only))
        .collect();
    let mut progress = Progress::new("measure", shapes.len() as u64);
    let (small, large) = (format!("{SMALL} ms"), format!("{large} ms"));
    progress.print(&format!(
        "{:<32} {small:>10} {large:>10} {:>7}",
        "shape", "ratio"
    ));
    let mut rows = Vec::new();
    for (name, path) in shapes {
        let row = measure(&stores, name, path)?;
        progress.print(&row.line());
        progress.advance(1, name);
        rows.push(row);
    }
    progress.finish();
    println!();
    print!("{}", summary(&rows));
    Ok(())
}

fn summary(rows: &[Row]) -> String {
    let compared = || rows.iter().filter(|row| !row.is_deep());
    let more = compared().filter(|row| row.ratio() > MOST).count();
    format!(
        "{} of {} shapes take more than {MOST} times as long\n",
        more,
        compared().count()
    )
}

fn shapes() -> Result<Vec<(&'static str, &'static str)>> {
    let lines = SHAPES.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            line.split_once('\t')
                .with_context(|| format!("`{line}` has no tab"))
        })
        .collect()
}

/// A server on a store of so many results, which is filled unless an earlier run has.
fn store(workspace: &Workspace, arguments: &Arguments, results: u64) -> Result<Store> {
    let folder = server::folder(workspace).join(format!("scale-{results}"));
    let filled = folder.join("filled");
    let own_policies = folder.join("policies");
    policies::write(workspace, &own_policies, None)?;
    if !filled.exists() {
        server::forget(&folder)?;
    }
    let server = Server::start(workspace, &folder, &own_policies, &arguments.variable)?;
    if !filled.exists() {
        let corpus = Corpus::new(results, Vec::new());
        let body = |index| scale_data::result(&corpus, index);
        let stored = preload::submit_all(&server.address, results, &body)?;
        println!(
            "{results} results stored, {:.0} per second",
            stored.per_second
        );
        fs::write(&filled, "").context("can't mark the store as filled")?;
    }
    Ok(Store {
        server,
        agent: client::agent(),
    })
}

/// The medians of one shape. The first answer of each store is not counted: it reads the file.
fn measure(stores: &[Store; 2], name: &'static str, path: &str) -> Result<Row> {
    let request = Request::get(path);
    let mut ms = [Vec::new(), Vec::new()];
    let begin = Instant::now();
    for round in 0..=ROUNDS.0 {
        if round > ROUNDS.1 && begin.elapsed() > PER_SHAPE {
            break;
        }
        for (Store { server, agent }, ms) in stores.iter().zip(&mut ms) {
            let start = Instant::now();
            let (status, body) = client::send(agent, &server.address, &request)?;
            if status >= 500 {
                bail!("`{path}` answered {status}: {body}");
            }
            if round > 0 {
                ms.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    let [small_ms, large_ms] = ms.map(median);
    Ok(Row {
        name,
        small_ms,
        large_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_a_name_and_a_path() {
        let shapes = shapes().unwrap();
        assert!(shapes.len() > 100);
        for (name, path) in &shapes {
            assert!(path.starts_with("/api/v2.0/"), "{path}");
            let same = shapes.iter().filter(|(other, _)| other == name).count();
            assert_eq!(same, 1, "{name}");
        }
    }

    #[test]
    fn what_takes_too_long_is_marked_and_counted() {
        let row = |name, large_ms| Row {
            name,
            small_ms: 1.0,
            large_ms,
        };
        assert!(!row("a", 3.0).line().contains("MORE"));
        assert!(row("a", 3.1).line().contains("3.1 MORE"));
        assert!(!row("page 5000", 9.0).line().contains("MORE"));
        let rows = [row("a", 3.0), row("b", 3.1), row("page 5000", 9.0)];
        assert_eq!(
            summary(&rows),
            "1 of 2 shapes take more than 3 times as long\n"
        );
    }
}

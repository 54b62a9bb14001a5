//! `cargo xtask bench`: what the application does per second, as ratios to the smallest component.
//! Each kind of measurement is a module with a `run`; what they share (server, data, load
//! generator) is beside it. Nothing here knows how the application stores or decides.

mod client;
mod cold;
mod data;
mod native;
mod policies;
mod preload;
mod report;
mod reports;
mod requests;
mod scale;
mod scale_data;
mod scenarios;
mod server;
mod sustained;
mod writes;
mod wrk;

use crate::workspace::Workspace;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What to measure and how long.
#[derive(Args)]
pub struct Arguments {
    /// What to measure; without it, `scale` if `--results` is given, else `requests`
    #[arg(value_enum)]
    kind: Option<Kind>,
    /// Results stored before anything is measured: 100,000, or 1,000,000 for `scale`
    #[arg(long)]
    results: Option<u64>,
    /// Numbers of connections; 64 for `sustained`
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32])]
    #[arg(default_value_if("kind", "sustained", "64"))]
    connections: Vec<u32>,
    /// Seconds per measurement; 600 for `sustained`
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    #[arg(default_value_if("kind", "sustained", "600"))]
    seconds: u32,
    /// Only the scenarios whose name has this in it
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// A folder of policies to mount instead of the one made for the benchmark
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// A variable of spin.toml; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    variable: Vec<String>,
    /// Leave out cold starts
    #[arg(long)]
    no_cold: bool,
    /// Where `sustained` draws what it measured, as SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// A kind of measurement.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Requests per second of each hot path, and cold starts
    Requests,
    /// How long a report of 10,000 cases takes, beside SQLite's own bulk insert of the same rows
    Reports,
    /// Submissions per second beside hello and beside SQLite itself, and reads while they go on
    Writes,
    /// The latency of each shape of query with 10,000 results and with `--results`
    Scale,
    /// Ten minutes of mixed load: throughput, latencies, the write-ahead log and memory over time
    Sustained,
}

/// Runs one kind of measurement.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let implied = match arguments.results {
        Some(_) => Kind::Scale,
        None => Kind::Requests,
    };
    match arguments.kind.unwrap_or(implied) {
        Kind::Requests => {
            requests::run(workspace, arguments)?;
            match arguments.only {
                Some(_) => Ok(()),
                None => reports::run(workspace, arguments),
            }
        }
        Kind::Reports => reports::run(workspace, arguments),
        Kind::Writes => writes::run(workspace, arguments),
        Kind::Scale => scale::run(workspace, arguments),
        Kind::Sustained => sustained::run(workspace, arguments),
    }
}

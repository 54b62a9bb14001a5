//! `cargo xtask bench sustained`: minutes of mixed load on a store that grows, looked at every second.
//! What is asked is in [`mix`], how it is sent in [`load`], what the kernel says of the server in
//! [`watch`]; [`report`] and [`plot`] tell it.

mod load;
mod mix;
mod plot;
mod report;
mod watch;

use self::load::{Counts, Latencies, Load, Shared};
use self::report::{Minute, Second};
use self::watch::{Watch, Watched};
use super::data::Corpus;
use super::server::{self, STATE, Server};
use super::{Arguments, policies, preload};
use crate::build;
use crate::progress::Progress;
use crate::workspace::Workspace;
use anyhow::{Context, Result, anyhow, bail};
use std::time::{Duration, Instant};

/// Results that are stored if the command line does not say.
const DEFAULT_RESULTS: u64 = 100_000;
/// Seconds in a row of the table.
const MINUTE: usize = 60;
const SECOND: Duration = Duration::from_secs(1);

/// Everything that was measured.
struct Run {
    seconds: Vec<Second>,
    counts: Counts,
    /// One for each kind.
    latencies: Vec<Latencies>,
}

/// Prints what was measured; an error when something could not be.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let &[connections] = arguments.connections.as_slice() else {
        bail!("`sustained` takes one number of connections");
    };
    if let Some(file) = &arguments.plot {
        // Minutes later would be too late.
        let folder = std::path::absolute(file)?
            .parent()
            .map(std::path::Path::is_dir);
        if folder != Some(true) {
            bail!("there is no folder for `{}`", file.display());
        }
    }
    build::components(workspace)?;
    let folder = server::folder(workspace).join("sustained");
    server::forget(&folder)?;
    let mounted = folder.join("policies");
    std::fs::create_dir_all(&folder)?;
    policies::write(workspace, &mounted, None)?;
    let server = Server::start(workspace, &folder, &mounted, &arguments.variable)?;
    let results = arguments.results.unwrap_or(DEFAULT_RESULTS);
    let corpus = Corpus::new(results, Vec::new());
    preload::submit_all(&server.address, results, &|index| corpus.result(index))?;

    let watch = Watch::new(server.process(), &folder.join(STATE));
    let load = Load {
        address: server.address.clone(),
        connections,
        preloaded: results,
        end: Instant::now() + SECOND * arguments.seconds,
    };
    let run = measure(load, &watch, arguments.seconds)?;
    println!();
    println!("{}", report::kinds(&run.counts, &run.latencies));
    print!("{}", report::verdicts(&run.seconds, &run.counts));
    if run.counts.keys().all(|(_, status)| status.is_none()) {
        bail!("not measured: nothing was answered");
    }
    if let Some(file) = &arguments.plot {
        std::fs::write(file, plot::svg(&run.seconds, connections)?)
            .with_context(|| format!("can't write `{}`", file.display()))?;
    }
    Ok(())
}

/// Lets the load run and looks at it every second.
fn measure(load: Load, watch: &Watch, seconds: u32) -> Result<Run> {
    let shared = Shared::new()?;
    let start = Instant::now();
    std::thread::scope(|scope| {
        let generator = {
            let shared = shared.clone();
            scope.spawn(move || load::run(load, &shared))
        };
        let run = observe(&shared, watch, start, seconds);
        let outcome = generator.join();
        outcome.map_err(|_| anyhow!("the load generator is broken"))??;
        run
    })
}

fn observe(shared: &Shared, watch: &Watch, start: Instant, seconds: u32) -> Result<Run> {
    let mut run = Run {
        seconds: Vec::new(),
        counts: Counts::new(),
        latencies: load::Record::new()?.latencies,
    };
    let mut progress = Progress::new("sustained load", u64::from(seconds));
    progress.print(&report::head());
    let mut before = watch.look()?;
    let mut minute = (Counts::new(), load::no_latencies()?);
    for number in 1..=seconds {
        std::thread::sleep((start + SECOND * number).saturating_duration_since(Instant::now()));
        let record = shared.collect()?;
        let watched = watch.look()?;
        run.seconds
            .push(add(&record, watched, &mut run.latencies, &mut minute.1)?);
        for (key, count) in &record.counts {
            *run.counts.entry(*key).or_default() += count;
            *minute.0.entry(*key).or_default() += count;
        }
        progress.advance(1, "seconds");
        let is_over = number == seconds || run.seconds.len().is_multiple_of(MINUTE);
        if is_over {
            let length = (run.seconds.len() - 1) % MINUTE + 1;
            let own = run.seconds.rchunks(length).next().unwrap_or_default();
            progress.print(&report::line(&Minute {
                number: run.seconds.len().div_ceil(MINUTE),
                seconds: own,
                counts: &minute.0,
                latencies: &minute.1,
                before,
            }));
            minute = (Counts::new(), load::no_latencies()?);
            before = watched;
        }
    }
    progress.finish();
    Ok(run)
}

/// A second of its record, whose latencies join those of their kind and of the minute.
fn add(
    record: &load::Record,
    watched: Watched,
    kinds: &mut [Latencies],
    minute: &mut Latencies,
) -> Result<Second> {
    let mut all = load::no_latencies()?;
    for (latencies, kind) in record.latencies.iter().zip(kinds) {
        all.add(latencies)?;
        kind.add(latencies)?;
    }
    minute.add(&all)?;
    Ok(Second {
        answers: record.counts.values().sum(),
        p50_us: all.value_at_quantile(0.5),
        p99_us: all.value_at_quantile(0.99),
        watched,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn ten_minutes_on_64_connections_unless_it_is_said() {
        for (line, connections, seconds) in [
            (&["bench", "sustained"][..], &[64][..], 600),
            (&["bench"], &[1, 8, 32], 5),
            (&["bench", "requests", "--seconds", "2"], &[1, 8, 32], 2),
            (
                &["bench", "sustained", "--connections", "8", "--seconds", "9"],
                &[8],
                9,
            ),
        ] {
            let Line { arguments } = Line::try_parse_from(line).unwrap();
            assert_eq!(arguments.connections, connections, "{line:?}");
            assert_eq!(arguments.seconds, seconds, "{line:?}");
        }
    }
}

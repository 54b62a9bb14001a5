//! `cargo xtask bench requests`: requests per second of each hot path beside hello, cold starts,
//! and the targets.

use super::data::Corpus;
use super::report::{self, Row};
use super::scenarios::{self, Scenario};
use super::server::{self, Server};
use super::{Arguments, client, cold, policies, preload, wrk};
use crate::build;
use crate::progress::Progress;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// Results that are stored if the command line does not say.
const DEFAULT_RESULTS: u64 = 100_000;

/// Prints what was measured; an error when a scenario could not be measured at all.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    wrk::install()?;
    let sizes = build::components(workspace)?;
    let folder = server::folder(workspace);
    let own_policies = folder.join("policies");
    let large = policies::large(workspace);
    let mounted = match &arguments.policies {
        Some(given) => std::fs::canonicalize(given)
            .with_context(|| format!("can't read `{}`", given.display()))?,
        None => {
            policies::write(workspace, &own_policies, large.as_deref())?;
            own_policies
        }
    };
    let rules = large.as_deref().map(policies::rules).transpose()?;
    let results = arguments.results.unwrap_or(DEFAULT_RESULTS);
    let corpus = Corpus::new(results, rules.clone().unwrap_or_default());

    server::forget(&folder)?;
    let server = Server::start(workspace, &folder, &mounted, &arguments.variable)?;
    let stored = preload::submit_all(&server.address, results, &|index| corpus.result(index))?;
    println!(
        "{} results stored, {:.0} per second",
        corpus.results, stored.per_second
    );
    println!();

    let mut scenarios = scenarios::all(&corpus, &stored.ids, rules.map(|rules| rules.len()));
    if let Some(only) = &arguments.only {
        scenarios.retain(|scenario| scenario.name.contains(only.as_str()));
    }
    let refused = refused(&server.address, &mut scenarios);
    let colds = if arguments.no_cold {
        Vec::new()
    } else {
        cold::measure(&server.address, &scenarios, &server.manifest)?
    };
    let rows = measure(&folder, &server.address, &scenarios, arguments)?;
    println!();
    if !colds.is_empty() {
        println!("{}", report::cold(&colds));
    }
    print!("{}", report::targets(&rows, &colds, &sizes));
    if !refused.is_empty() {
        bail!("not measured: {}", refused.join("; "));
    }
    Ok(())
}

/// Takes out the scenarios whose first request fails: fast errors are not worth measuring.
fn refused(address: &str, scenarios: &mut Vec<Scenario>) -> Vec<String> {
    let agent = client::agent();
    let mut refused = Vec::new();
    scenarios.retain(|scenario| {
        let outcome = match scenario.requests.first() {
            Some(request) => client::expect_success(&agent, address, request).map(drop),
            None => Err(anyhow::anyhow!("there is nothing to ask for")),
        };
        if let Err(error) = &outcome {
            refused.push(format!("{}: {error:#}", scenario.name));
        }
        outcome.is_ok()
    });
    refused
}

/// Measures every scenario at every number of connections, hello before and after each: the
/// machine drifts, and only neighbours can be compared.
fn measure(
    folder: &Path,
    address: &str,
    scenarios: &[Scenario],
    arguments: &Arguments,
) -> Result<Vec<Row>> {
    let hello = scenarios::hello();
    let per_hello = arguments.seconds.div_ceil(2);
    let total = arguments.connections.len() * (scenarios.len() * 2 + 1);
    let mut progress = Progress::new("measure", total as u64);
    let mut rows = Vec::new();
    progress.print(&report::head());
    for &connections in &arguments.connections {
        let load = |scenario: &Scenario, seconds| {
            wrk::measure(folder, address, &scenario.requests, connections, seconds)
        };
        let mut before = load(&hello, per_hello)?;
        progress.advance(1, "");
        progress.print(&report::line(&Row::new(
            &hello,
            connections,
            before,
            before.per_second,
        )));
        for scenario in scenarios {
            progress.advance(
                0,
                &format!("{} at {connections} connections", scenario.name),
            );
            let measured = load(scenario, arguments.seconds)?;
            let after = load(&hello, per_hello)?;
            let beside = f64::midpoint(before.per_second, after.per_second);
            let row = Row::new(scenario, connections, measured, beside);
            progress.print(&report::line(&row));
            rows.push(row);
            before = after;
            progress.advance(2, "");
        }
    }
    progress.finish();
    Ok(rows)
}

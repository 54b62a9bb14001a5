//! `sluicegate-host`: reads the command line, serves, and ends in order.
//!
//! One line on stdout says where it listens, once it does. Everything else goes to stderr.

mod cli;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use sluicegate_host::{Application, Server, background};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::Arguments;

/// How long instances may take to end, and with them their database connections.
const CLOSE_TIME: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let application = Application::load(&arguments.options()?)?;
    let threads = arguments.threads.max(1);
    let background = background(threads)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .context("can't start threads")?;
    runtime.block_on(async {
        let stop = Stop::new()?;
        let mut application = application;
        let redis = application.subscribe().await?;
        let server =
            Server::bind(application, arguments.listen, background.handle().clone()).await?;
        announce(&server, arguments.print_routes)?;
        tokio::select! {
            () = server.run(stop.asked()) => anyhow::Ok(()),
            // Nobody waits for what comes of a message.
            error = background.spawn(redis.run()) => Err(error?),
        }
    })?;
    // Drops every instance left, which closes its database connections.
    runtime.shutdown_timeout(CLOSE_TIME);
    background.shutdown_timeout(CLOSE_TIME);
    Ok(())
}

fn announce(server: &Server, print_routes: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if print_routes {
        for (route, component) in server.routes() {
            writeln!(out, "{route} -> {component}")?;
        }
    }
    writeln!(out, "listening on http://{}", server.address()?)?;
    out.flush()?;
    Ok(())
}

/// The signals that ask the host to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Ready at the first signal. The second one ends the process at once.
    async fn asked(mut self) {
        self.next().await;
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(1);
        });
    }
}

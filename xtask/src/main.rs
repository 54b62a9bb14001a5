//! The project's commands, one module each: `cargo xtask build | up | test | torture | tidy | bench`.
//! This room knows how the house is built, started and checked; it knows nothing about results,
//! waivers or policies beyond the requests that the benchmark sends.

mod bench;
mod build;
mod clients;
mod manifest;
mod plug;
mod progress;
mod run;
mod test;
mod tidy;
mod toolchain;
mod torture;
mod up;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The command line.
#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile every component, plug the store into those that need it, write `target/components`
    Build,
    /// Build what is stale, start the application, say what is served where
    Up(up::Arguments),
    /// Format, clippy, tidy, unit tests, HTTP tests
    Test(test::Arguments),
    /// Kill the host again and again while clients write, and look for what is lost
    Torture(torture::Arguments),
    /// The project's own rules, with file and line
    Tidy,
    /// Requests per second of each hot path beside the smallest component
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let outcome = workspace::Workspace::find().and_then(|workspace| match &command {
        Command::Build => build::run(&workspace),
        Command::Up(arguments) => up::run(&workspace, arguments),
        Command::Test(arguments) => test::run(&workspace, arguments),
        Command::Torture(arguments) => torture::run(&workspace, arguments),
        Command::Tidy => tidy::run(&workspace),
        Command::Bench(arguments) => bench::run(&workspace, arguments),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! `cargo xtask test`: lints, unit tests, then the HTTP tests on the built components.
//! Knows the order and what each step needs; what is tested is in the members.

use crate::progress::step;
use crate::toolchain::{Compiler, TARGET};
use crate::workspace::Workspace;
use crate::{build, clients, run, tidy, up};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The package of HTTP tests.
const HTTP_TESTS: &str = "http-tests";
/// Tells the HTTP tests where the native host's binary is.
const HOST_VARIABLE: &str = "SLUICEGATE_HOST";
/// Tells them where the Python environments with the clients are.
const CLIENTS_VARIABLE: &str = "SLUICEGATE_CLIENTS";

/// What to run.
#[derive(Args)]
pub struct Arguments {
    /// Only these steps
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// Goes to the test runner: a filter such as `waivers::`, or its flags after `--`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    filter: Vec<String>,
}

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Format, clippy, tidy
    Lint,
    /// Native unit tests
    Unit,
    /// HTTP tests on the built components
    Http,
}

/// Runs every step even when one has failed, the HTTP tests last: their closing lines end the
/// output. The error names the steps that failed.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let wanted = |part| arguments.only.is_none_or(|only| only == part);
    let mut steps = Steps::default();
    if wanted(Only::Lint) {
        lint(workspace, &mut steps);
    }
    if wanted(Only::Unit) {
        steps.run("unit tests", || unit_tests(workspace, &arguments.filter));
    }
    if wanted(Only::Http) {
        let mut sizes = Vec::new();
        let mut built = steps.run("build components", || {
            sizes = build::components(workspace)?;
            Ok(())
        });
        built &= steps.run("build host", || up::build_host(workspace));
        if built {
            // A component that has grown too large still works: its tests are worth running.
            steps.run("sizes of components", || build::report(&sizes));
            let clients = client_environments(workspace, &mut steps);
            steps.run("http tests", || {
                let mut tests = http_tests(workspace);
                // Empty says that there are none.
                tests.env(
                    CLIENTS_VARIABLE,
                    clients.as_deref().unwrap_or(Path::new("")),
                );
                run::status(tests.arg("--").args(&arguments.filter))
            });
        }
    }
    steps.outcome()
}

fn lint(workspace: &Workspace, steps: &mut Steps) {
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new(run::cargo());
        cargo.current_dir(&workspace.root).args(arguments);
        cargo
    };
    steps.run("format", || {
        run::status(&mut cargo(&["fmt", "--all", "--check"]))
    });
    steps.run("tidy", || tidy::run(workspace));
    steps.run("clippy, native members", || {
        let mut clippy = cargo(&["clippy", "--release", "--all-targets"]);
        run::status(
            clippy
                .args(workspace.native_arguments())
                .args(["--", "-D", "warnings"]),
        )
    });
    steps.run("clippy, components", || {
        let mut clippy = cargo(&["clippy", "--profile", build::PROFILE]);
        // Debian's compiler comes without clippy: there, components are checked as native code.
        if matches!(Compiler::find()?, Compiler::Rustup) {
            clippy.args(["--target", TARGET]);
        }
        run::status(
            clippy
                .args(workspace.component_arguments())
                .args(["--", "-D", "warnings"]),
        )
    });
}

fn unit_tests(workspace: &Workspace, filter: &[String]) -> Result<()> {
    let mut cargo = Command::new(run::cargo());
    cargo
        .current_dir(&workspace.root)
        .args(["test", "--release", "--no-fail-fast"]);
    for package in workspace
        .native_packages
        .iter()
        .chain(&workspace.natively_tested)
        .filter(|package| *package != HTTP_TESTS)
    {
        cargo.args(["-p", package]);
    }
    run::status(cargo.arg("--").args(filter))
}

/// Where the clients are. Without them their tests are skipped, which CI does not accept.
fn client_environments(workspace: &Workspace, steps: &mut Steps) -> Option<PathBuf> {
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let mut folder = None;
    steps.run("clients", || match clients::prepare(workspace) {
        Ok(ready) => {
            folder = Some(ready);
            Ok(())
        }
        Err(error) if is_ci => Err(error),
        Err(error) => {
            eprintln!("SKIPPED: the tests of clients, as they can't be installed: {error:#}");
            Ok(())
        }
    });
    folder
}

/// The command that runs the HTTP tests, without what goes to the test runner.
pub fn http_tests(workspace: &Workspace) -> Command {
    let mut cargo = Command::new(run::cargo());
    cargo
        .current_dir(&workspace.root)
        .env(HOST_VARIABLE, workspace.host_binary());
    // Test targets alone: the empty library's results would come after those that count.
    cargo.args(["test", "--release", "-p", HTTP_TESTS, "--test", "*"]);
    cargo
}

/// What has been run and what of it failed.
#[derive(Default)]
struct Steps {
    failed: Vec<&'static str>,
    last: Option<(&'static str, Instant)>,
}

impl Steps {
    /// Runs one step under a header that says how long the one before took.
    fn run(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> bool {
        match self.last.replace((name, Instant::now())) {
            Some((last, start)) => {
                step(&format!(
                    "{name} ({last} took {:.1} s)",
                    start.elapsed().as_secs_f64()
                ));
            }
            None => step(name),
        }
        let outcome = work();
        if let Err(error) = &outcome {
            eprintln!("{name}: {error:#}");
            self.failed.push(name);
        }
        outcome.is_ok()
    }

    /// Says nothing when all went well: the last words are the test runner's.
    fn outcome(self) -> Result<()> {
        if !self.failed.is_empty() {
            bail!("failed: {}", self.failed.join("; "));
        }
        Ok(())
    }
}

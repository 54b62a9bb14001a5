//! `cargo xtask torture`: the crash test of the test command, for as long as one likes.
//! Knows how it is started and told how much; what it does is in `tests/routes/host/crash.rs`.

use crate::workspace::Workspace;
use crate::{build, run, test, up};
use anyhow::Result;
use clap::Args;

/// The test that is run.
const TEST: &str = "host::crash::a_killed_host_loses_nothing_that_was_acknowledged";

/// How much.
#[derive(Args)]
pub struct Arguments {
    /// How often the host is killed
    #[arg(long, default_value_t = 100)]
    kills: u64,
    /// The most seconds, however few kills there were
    #[arg(long)]
    seconds: Option<u64>,
    /// What chance is made of: a number that an earlier run has printed, for the same moments
    #[arg(long)]
    seed: Option<u64>,
}

/// Builds what is stale and runs the test.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    build::components(workspace)?;
    up::build_host(workspace)?;
    let mut tests = test::http_tests(workspace);
    tests.args(["--", "--exact", TEST, "--nocapture"]);
    for (name, value) in [
        ("KILLS", Some(arguments.kills)),
        ("SECONDS", arguments.seconds),
        ("SEED", arguments.seed),
    ] {
        if let Some(value) = value {
            tests.env(format!("SLUICEGATE_TORTURE_{name}"), value.to_string());
        }
    }
    run::status(&mut tests)
}

//! Other people's clients, unchanged, as their packages bring them, against an application of ours.
//! `cargo xtask test` installs them (`tests/clients/requirements`). Each test runs one and then looks
//! over HTTP at what has arrived.

mod avocado;
mod conventions;
mod ipsilon;
pub mod provider;
mod resultsdb_api;
mod schemathesis;
mod waiverdb;
mod waiverdb_oidc;

use crate::harness::{App, skip, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Variables of the one who runs the tests that would lead a client elsewhere.
const FOREIGN: &[&str] = &[
    "ALL_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "PYTHONHOME",
    "PYTHONPATH",
    "all_proxy",
    "http_proxy",
    "https_proxy",
];

/// An environment with clients, and a home for them that ends with the test.
struct Clients {
    environment: PathBuf,
    home: TempDir,
}

/// How a client ended.
struct Ended {
    code: Option<i32>,
    /// Standard output, then standard error.
    said: String,
}

/// A file of `tests/clients`.
pub fn file(name: &str) -> PathBuf {
    workspace().join("tests/clients").join(name)
}

/// The Python environment of this name. Without it the test is skipped.
pub fn environment(name: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("SLUICEGATE_CLIENTS") {
        Some(folder) => workspace().join(folder),
        None => workspace().join("target/clients"),
    };
    let environment = folder.join(name);
    // Written last by the one who makes it.
    if !environment.join("made-from.txt").is_file() {
        skip(&format!(
            "the clients `{name}` are not installed: run `cargo xtask test`"
        ));
        return None;
    }
    Some(environment)
}

impl Clients {
    /// The clients of this name. Without them the test is skipped.
    fn find(name: &str) -> Option<Self> {
        let environment = environment(name)?;
        let home = TempDir::new().expect("a folder");
        Some(Self { environment, home })
    }

    /// A folder of this run.
    fn home(&self) -> &Path {
        self.home.path()
    }

    /// A program of the environment in the run's folder. `SLUICEGATE_URL` says where the application
    /// is, and the browser that it may open does nothing.
    fn command(&self, app: &App, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.environment.join("bin").join(program));
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        command
            .args(arguments)
            .current_dir(self.home())
            .env("BROWSER", "true")
            .env("HOME", self.home())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SLUICEGATE_URL", &app.url);
        command
    }

    /// Runs such a program to its end.
    fn run(&self, app: &App, program: &str, arguments: &[&str]) -> Ended {
        let mut command = self.command(app, program, arguments);
        let output = command.output().expect("the client starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended {
            code: output.status.code(),
            said: text(&output.stdout) + &text(&output.stderr),
        }
    }

    /// Runs a script of `tests/clients`, which gets the URL and must succeed.
    #[track_caller]
    fn script(&self, app: &App, name: &str) {
        let script = file(name).display().to_string();
        let ended = self.run(app, "python", &[&script, &app.url]);
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.said);
    }
}

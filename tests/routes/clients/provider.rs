//! A provider of logins, written in Python, that runs for as long as a test needs it.

use crate::clients;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running provider; it ends with the test.
pub struct Provider {
    /// What it says first: where it listens.
    pub url: String,
    child: Child,
}

impl Provider {
    /// Starts this script of `tests/clients`. Without its Python environment the test is skipped.
    pub fn start(
        environment: &str,
        script: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Option<Self> {
        let python = clients::environment(environment)?.join("bin/python");
        let mut child = Command::new(python)
            .arg(clients::file(script))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Python starts");
        let mut url = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("stdout"));
        said.read_line(&mut url).expect("the provider listens");
        let url = url.trim().to_owned();
        Some(Self { url, child })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

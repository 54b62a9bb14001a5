//! The application as the benchmark runs it: our host, released, with `hello` beside it and a
//! state directory of its own, in a folder that may outlive it.

use crate::manifest::{Manifest, POLICIES};
use crate::progress::step;
use crate::up;
use crate::workspace::{HELLO, Workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// What the host says on standard output when it is ready.
const READY: &str = "listening on";

/// The state directory in a server's folder.
pub const STATE: &str = "state";

/// What the host says on standard error, in a server's folder.
pub const LOG: &str = "server.log";

/// Throws away what a server left in its folder.
pub fn forget(folder: &Path) -> Result<()> {
    let state = folder.join(STATE);
    match state.exists() {
        true => {
            fs::remove_dir_all(&state).with_context(|| format!("can't empty `{}`", state.display()))
        }
        false => Ok(()),
    }
}

/// A running application; it ends with this value.
pub struct Server {
    /// Such as `127.0.0.1:41234`.
    pub address: String,
    /// The manifest that is served.
    pub manifest: Manifest,
    child: Child,
}

/// Where the benchmark keeps everything.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("target").join("bench")
}

impl Server {
    /// Starts on the state that the folder has and waits until requests are answered.
    pub fn start(
        workspace: &Workspace,
        folder: &Path,
        policies: &Path,
        variables: &[String],
    ) -> Result<Self> {
        Self::start_with(workspace, folder, policies, variables, &[])
    }

    /// As [`Server::start`], with more arguments for the host.
    pub fn start_with(
        workspace: &Workspace,
        folder: &Path,
        policies: &Path,
        variables: &[String],
        arguments: &[&str],
    ) -> Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("can't create `{}`", folder.display()))?;
        let state = folder.join(STATE);
        let mut manifest = Manifest::read(&workspace.root)?;
        let hello = format!("target/components/{HELLO}.wasm");
        manifest.add(HELLO, &hello, super::scenarios::HELLO_PATH);
        manifest.make_absolute(&[(POLICIES, policies.to_path_buf())]);
        let file = folder.join("spin.toml");
        manifest.write(&file)?;

        let address = free_address()?;
        let mut command = up::native(workspace, &file, &[])?;
        command
            .args(["--listen", &address])
            .arg("--state-dir")
            .arg(&state)
            .args(arguments);
        // Writers are measured, not tokens, unless a variable says more.
        command.args(["--variable", "auth=dummy,none"]);
        for variable in variables {
            command.args(["--variable", variable]);
        }
        let log = fs::File::create(folder.join(LOG)).context("can't create the server's log")?;
        command
            // Every error inside the runtime would take a backtrace.
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        step("start the host");
        let child = command.spawn().context("the host did not start")?;
        let mut server = Self {
            address,
            manifest,
            child,
        };
        server.wait()?;
        Ok(server)
    }

    /// The host's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    fn wait(&mut self) -> Result<()> {
        let output = self.child.stdout.take().context("the host has no output")?;
        let mut lines = BufReader::new(output).lines();
        let ready = lines
            .by_ref()
            .map_while(Result::ok)
            .any(|line| line.starts_with(READY));
        if !ready {
            bail!("the host ended before it was ready: see `server.log` in `target/bench`");
        }
        // A pipe that nobody reads would stop the host one day.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its state is thrown away, so there is nothing to wait for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(listener.local_addr()?.to_string())
}

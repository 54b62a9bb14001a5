//! `cargo xtask up`: build what is stale, then become the server.
//! Knows how `spin` and our host are started, nothing about what they serve.

pub mod database;

use crate::manifest::{Manifest, PERMISSIONS, POLICIES, Replaced};
use crate::progress::step;
use crate::workspace::Workspace;
use crate::{build, run};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first Spin that speaks WASI 0.3.0 final.
const SPIN_SINCE: (u64, u64) = (4, 1);

/// Where data is kept unless a flag says otherwise.
const STATE: &str = ".sluicegate";

/// The database in that folder, as Spin and our host name it.
pub const DATABASE: &str = "sqlite_db.db";

/// Where Spin and our host look for the variable `auth` if no flag sets it.
const AUTH_ENVIRONMENT: &str = "SPIN_VARIABLE_AUTH";

/// Who may write when nothing says it: everybody, by the name that they say if they do.
const FIRST_TRY: &str = "auth=dummy,none";

/// Said when nothing says who may write.
const EVERYBODY_MAY_WRITE: &str = "\
WARNING: started with `auth=dummy,none` for a first try: EVERYBODY MAY WRITE, under any name, or
         as `anonymous`. `--variable auth=…` says who may; docs/identity.md says how.

";

/// Flags named as Spin names them, and `--host`.
#[derive(Args)]
pub struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    listen: String,
    /// Where data is kept from one start to the next [default: `.sluicegate` in the project]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// A variable of spin.toml; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    variable: Vec<String>,
    /// A folder of policies to mount instead of the project's own
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
    /// A folder of permissions to mount instead of the project's own
    #[arg(long, value_name = "DIR")]
    permissions: Option<PathBuf>,
    /// What runs the application: Spin if it is there, our own host if not
    #[arg(long, value_enum)]
    host: Option<Host>,
}

/// What runs the application.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Host {
    /// `spin up`
    Spin,
    /// `sluicegate-host`
    Native,
}

/// Builds, says what is served where, and does not come back: the process becomes the server, so
/// Ctrl-C and SIGTERM reach it directly.
pub fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    build::components(workspace)?;
    let manifest = Manifest::read(&workspace.root)?;
    let mut replaced: Vec<Replaced> = Vec::new();
    for (name, folder) in [
        (POLICIES, &arguments.policies),
        (PERMISSIONS, &arguments.permissions),
    ] {
        if let Some(folder) = folder {
            replaced.push((name, existing(folder)?));
        }
    }
    let host = choose(arguments.host, spin_version())?;
    let mut server = match host {
        Host::Spin => spin(workspace, &replaced)?,
        Host::Native => native(workspace, &workspace.root.join("spin.toml"), &replaced)?,
    };
    let state = match &arguments.state_dir {
        Some(given) => std::path::absolute(given)?,
        None => workspace.root.join(STATE),
    };
    server.current_dir(&workspace.root);
    server
        .args(["--listen", &arguments.listen])
        .arg("--state-dir")
        .arg(&state);
    for variable in &arguments.variable {
        server.arg("--variable").arg(variable);
    }
    let environment = std::env::var_os(AUTH_ENVIRONMENT).is_some();
    if !environment && !says_who_may_write(&arguments.variable) {
        server.args(["--variable", FIRST_TRY]);
        print!("{EVERYBODY_MAY_WRITE}");
    }
    print!("{}", introduction(&manifest, &arguments.listen));
    println!("{}", database::line(&state));
    become_server(server)
}

/// Compiles our host when it is stale.
pub fn build_host(workspace: &Workspace) -> Result<()> {
    step("compile the host");
    let mut cargo = Command::new(run::cargo());
    cargo
        .current_dir(&workspace.root)
        .args(["build", "--release", "--bin", "sluicegate-host"]);
    // The same members as in `cargo xtask test`: fewer members would mean other features of shared
    // dependencies, and the host's would be compiled twice.
    cargo.args(workspace.native_arguments());
    run::status(&mut cargo)
}

/// Our host's command line without addresses and folders.
pub fn native(workspace: &Workspace, manifest: &Path, replaced: &[Replaced]) -> Result<Command> {
    build_host(workspace)?;
    let mut server = Command::new(workspace.host_binary());
    server.arg("--manifest").arg(manifest);
    server.arg("--cache-dir").arg(workspace.aot_cache());
    for (name, folder) in replaced {
        let mut mount = std::ffi::OsString::from(format!("{name}="));
        mount.push(folder);
        server.arg("--files").arg(mount);
    }
    Ok(server)
}

fn spin(workspace: &Workspace, replaced: &[Replaced]) -> Result<Command> {
    let mut file = workspace.root.join("spin.toml");
    if !replaced.is_empty() {
        // Spin can't mount another folder by a flag, nor one that is not beside the manifest: it
        // gets a manifest of its own, and copies of the folders as they are now. Those that are not
        // replaced are copied too, as Spin takes no absolute path.
        let folder = workspace.root.join("target").join("up");
        let mut copies: Vec<Replaced> = Vec::new();
        for name in [POLICIES, PERMISSIONS] {
            let given = replaced.iter().find(|(folder, _)| *folder == name);
            let source = given.map_or_else(|| workspace.root.join(name), |(_, path)| path.clone());
            let copy = folder.join(name);
            if copy.exists() {
                std::fs::remove_dir_all(&copy)
                    .with_context(|| format!("can't empty `{}`", copy.display()))?;
            }
            copy_folder(&source, &copy)?;
            copies.push((name, PathBuf::from(name)));
        }
        let mut derived = Manifest::read(&workspace.root)?;
        derived.make_absolute(&copies);
        file = folder.join("spin.toml");
        derived.write(&file)?;
    }
    let mut server = Command::new("spin");
    server.arg("up").arg("--from").arg(file);
    Ok(server)
}

/// Copies a folder and everything in it.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("can't create `{}`", to.display()))?;
    let entries =
        std::fs::read_dir(from).with_context(|| format!("can't read `{}`", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)
                .with_context(|| format!("can't copy `{}`", entry.path().display()))?;
        }
    }
    Ok(())
}

fn choose(wanted: Option<Host>, spin: Option<(u64, u64)>) -> Result<Host> {
    let (major, minor) = SPIN_SINCE;
    match (wanted, spin) {
        (Some(Host::Native), _) => Ok(Host::Native),
        (_, Some(version)) if version >= SPIN_SINCE => Ok(Host::Spin),
        (Some(Host::Spin), None) => bail!("`spin` is not on the PATH"),
        (Some(Host::Spin), Some((found, point))) => {
            bail!("`spin` is {found}.{point}, the application needs {major}.{minor} or later")
        }
        (None, Some((found, point))) => {
            eprintln!("`spin` is {found}.{point}, older than {major}.{minor}: using our own host");
            Ok(Host::Native)
        }
        (None, None) => {
            eprintln!("`spin` is not on the PATH: using our own host");
            Ok(Host::Native)
        }
    }
}

fn spin_version() -> Option<(u64, u64)> {
    run::which("spin")?;
    let printed = run::output(Command::new("spin").arg("--version")).ok()?;
    version(&String::from_utf8(printed).ok()?)
}

/// Reads `spin 4.1.0 (…)`.
fn version(printed: &str) -> Option<(u64, u64)> {
    let mut parts = printed.split_whitespace().nth(1)?.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Whether variables name the methods by which callers are identified; a file may (Spin only).
fn says_who_may_write(variables: &[String]) -> bool {
    let mut variables = variables.iter();
    variables.any(|variable| variable.starts_with("auth=") || variable.starts_with('@'))
}

fn introduction(manifest: &Manifest, listen: &str) -> String {
    let routes = manifest.routes();
    let width = routes
        .iter()
        .map(|route| route.path.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for route in routes {
        text.push_str(&format!("{:<width$}  {}\n", route.path, route.component));
    }
    text.push_str(&format!(
        "\ntry: curl http://{listen}/api/v2.0/results -H 'Content-Type: application/json' \
         -d '{{\"testcase\":\"first.try\",\"outcome\":\"PASSED\",\"data\":{{\"item\":\"hello-1.0-1\"}}}}'\n\n"
    ));
    text
}

fn existing(folder: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(folder).with_context(|| format!("can't read `{}`", folder.display()))
}

#[cfg(unix)]
fn become_server(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    // Comes back only when it fails.
    let error = server.exec();
    Err(error).with_context(|| format!("can't start `{}`", server.get_program().display()))
}

#[cfg(not(unix))]
fn become_server(mut server: Command) -> Result<()> {
    // Ctrl-C reaches every process of the console, the server too.
    run::status(&mut server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_write_is_asked_first() {
        for (variables, expected) in [
            (&[][..], false),
            (&["superusers=bot", "auth_results=dummy"], false),
            (&["superusers=bot", "auth=token"], true),
            (&["@settings.json"], true),
        ] {
            let variables: Vec<String> = variables.iter().map(|&v| v.to_owned()).collect();
            assert_eq!(says_who_may_write(&variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn versions_of_spin_are_read() {
        for (printed, expected) in [
            ("spin 4.1.0 (abc 2026-08-21)\n", Some((4, 1))),
            ("spin 4.2.0-pre0 (abc)", Some((4, 2))),
            ("spin 10.0.1", Some((10, 0))),
            ("spin canary", None),
            ("", None),
        ] {
            assert_eq!(version(printed), expected, "{printed}");
        }
    }

    #[test]
    fn spin_is_chosen_where_it_is_new_enough() {
        for (wanted, spin, expected) in [
            (None, Some((4, 1)), Some(Host::Spin)),
            (None, Some((5, 0)), Some(Host::Spin)),
            (None, Some((4, 0)), Some(Host::Native)),
            (None, None, Some(Host::Native)),
            (Some(Host::Native), Some((4, 1)), Some(Host::Native)),
            (Some(Host::Spin), Some((4, 1)), Some(Host::Spin)),
            (Some(Host::Spin), Some((3, 9)), None),
            (Some(Host::Spin), None, None),
        ] {
            assert_eq!(choose(wanted, spin).ok(), expected, "{wanted:?} {spin:?}");
        }
    }
}

//! The compiler for components: rustup's target where it can be had, Debian's packages where not.
//! Knows toolchains and packages, nothing about our components.

use crate::progress::step;
use crate::run;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What components are compiled for.
pub const TARGET: &str = "wasm32-wasip2";
/// Set (to anything) to try Debian's compiler on a machine that has the target.
const FORCE_DEBIAN: &str = "SLUICEGATE_FORCE_DEBIAN_COMPILER";
/// What compiles components on Debian 12 where rustup can't download the target.
const PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "wasi-libc",
];
/// A `wasm-ld` for those whose rustup toolchain has none.
const LINKER_PACKAGE: &str = "lld-22";
/// Where that package puts it.
const LINKER_FOLDER: &str = "/usr/lib/llvm-22/bin";
/// Debian's C library for WebAssembly: its start files and `libc.a`.
const WASI_LIBC: &str = "/usr/lib/wasm32-wasi";

/// What compiles components on this machine.
pub enum Compiler {
    /// The pinned toolchain, with the target.
    Rustup,
    /// Debian's compiler builds the standard library too; the folder holds a `wasm-ld`.
    Debian {
        /// Goes in front of the PATH.
        linker_folder: PathBuf,
    },
}

impl Compiler {
    /// Finds a compiler, and installs what it lacks.
    pub fn find() -> Result<Self> {
        let sysroot = sysroot()?;
        if std::env::var_os(FORCE_DEBIAN).is_some() {
            return debian(&sysroot);
        }
        if has_target(&sysroot) || add_target(&sysroot) {
            return Ok(Self::Rustup);
        }
        eprintln!("rustup has no `{TARGET}` for this toolchain: using Debian's compiler");
        debian(&sysroot)
    }

    /// A `cargo` that compiles components, in the workspace's folder. `verb` is `build` or such.
    pub fn cargo(&self, workspace: &Workspace, verb: &str) -> Command {
        let mut cargo = match self {
            Self::Rustup => Command::new(run::cargo()),
            Self::Debian { .. } => Command::new("/usr/bin/cargo"),
        };
        cargo
            .current_dir(&workspace.root)
            .arg(verb)
            .args(["--target", TARGET]);
        if let Self::Debian { linker_folder } = self {
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", "/usr/bin/rustc")
                // Debian's compiler is a stable one; building the standard library is not.
                .env("RUSTC_BOOTSTRAP", "1")
                .env(
                    "RUSTFLAGS",
                    appended("RUSTFLAGS", &format!("-L native={WASI_LIBC}")),
                )
                .env("PATH", in_front_of_path(linker_folder))
                .env_remove("CARGO_ENCODED_RUSTFLAGS");
        }
        cargo
    }
}

fn sysroot() -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let printed = run::output(Command::new(rustc).args(["--print", "sysroot"]))?;
    let printed = String::from_utf8(printed).context("the compiler's folder is no text")?;
    Ok(PathBuf::from(printed.trim()))
}

fn has_target(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib").join(TARGET).is_dir()
}

fn add_target(sysroot: &Path) -> bool {
    if run::which("rustup").is_none() {
        return false;
    }
    step(&format!("add `{TARGET}` to the toolchain"));
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).stdin(Stdio::null());
    if let Err(error) = run::status(&mut rustup) {
        eprintln!("{error:#}");
        return false;
    }
    has_target(sysroot)
}

fn debian(sysroot: &Path) -> Result<Compiler> {
    let own = linker_of(sysroot);
    let mut missing: Vec<&str> = PACKAGES
        .iter()
        .copied()
        .filter(|name| !is_installed(name))
        .collect();
    if own.is_none() && !Path::new(LINKER_FOLDER).join("wasm-ld").exists() {
        missing.push(LINKER_PACKAGE);
    }
    if !missing.is_empty() {
        let command = format!(
            "apt-get install -y --no-install-recommends {}",
            missing.join(" ")
        );
        if !run::may_install() {
            bail!(
                "components can't be compiled: `rustup target add {TARGET}` failed, and Debian's \
                 compiler is missing; as root on Debian 12, run `{command}`"
            );
        }
        step(&command);
        run::apt_install(&missing)?;
    }
    Ok(Compiler::Debian {
        linker_folder: own.unwrap_or_else(|| PathBuf::from(LINKER_FOLDER)),
    })
}

/// The folder of the `wasm-ld` that a rustup toolchain brings for its own machine.
fn linker_of(sysroot: &Path) -> Option<PathBuf> {
    let hosts = std::fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    hosts
        .filter_map(|host| Some(host.ok()?.path().join("bin/gcc-ld")))
        .find(|folder| folder.join("wasm-ld").is_file())
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout.ends_with(b" installed"))
}

fn appended(variable: &str, flags: &str) -> String {
    match std::env::var(variable) {
        Ok(present) if !present.is_empty() => format!("{present} {flags}"),
        _ => flags.to_owned(),
    }
}

fn in_front_of_path(folder: &Path) -> OsString {
    let mut path = OsString::from(folder);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

//! `cargo xtask build`: compile every component, plug the store and the callers in, write `target/components`.

mod sizes;

use crate::progress::{Progress, step};
use crate::toolchain::{self, Compiler};
use crate::workspace::{PLUGS, Workspace};
use crate::{plug, run};
use anyhow::{Context, Result};
pub use sizes::{LIMIT_KIB, Size};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The profile in the root `Cargo.toml` that makes small files.
pub const PROFILE: &str = "component";

/// Builds every component and prints their sizes; an error when one is over the limit.
pub fn run(workspace: &Workspace) -> Result<()> {
    report(&components(workspace)?)
}

/// Prints the sizes; an error when one is over the limit.
pub fn report(sizes: &[Size]) -> Result<()> {
    print!("{}", sizes::table(sizes));
    sizes::check(sizes)
}

/// Builds every component and says how large each has become.
pub fn components(workspace: &Workspace) -> Result<Vec<Size>> {
    compile(workspace)?;
    plug_all(workspace)
}

fn compile(workspace: &Workspace) -> Result<()> {
    step(&format!(
        "compile {} components",
        workspace.components.len()
    ));
    let mut cargo = Compiler::find()?.cargo(workspace, "build");
    cargo.args(["--profile", PROFILE]);
    for component in &workspace.components {
        cargo.args(["-p", &component.package]);
    }
    run::status(&mut cargo)
}

fn plug_all(workspace: &Workspace) -> Result<Vec<Size>> {
    let compiled = workspace.cargo_target.join(toolchain::TARGET).join(PROFILE);
    let finished = workspace.finished();
    fs::create_dir_all(&finished).with_context(|| cannot("create", &finished))?;
    let plugs = plugs(workspace, &compiled)?;
    let mut sizes = Vec::new();
    let mut kept = BTreeSet::new();
    let mut progress = Progress::new("plug", workspace.components.len() as u64);
    for component in &workspace.components {
        let alone = read(&compiled.join(&component.artifact))?;
        let mut size = Size::new(&component.folder, alone.len());
        if !plugs.iter().any(|plug| plug.name == component.folder) {
            let plugged = plug::plug(&alone, &plugs)
                .with_context(|| format!("`{}` can't be plugged", component.folder))?;
            size.plugged_bytes = plugged.as_ref().map(Vec::len);
            let file = finished.join(format!("{}.wasm", component.folder));
            write_if_changed(&file, &plugged.unwrap_or(alone))?;
            kept.insert(file);
        }
        sizes.push(size);
        progress.advance(1, &component.folder);
    }
    progress.finish();
    remove_others(&finished, &kept)?;
    Ok(sizes)
}

/// The components that are plugged into others, as far as the workspace has them.
fn plugs(workspace: &Workspace, compiled: &Path) -> Result<Vec<plug::Plug>> {
    let mut plugs = Vec::new();
    for (name, interfaces) in PLUGS {
        let mut components = workspace.components.iter();
        if let Some(component) = components.find(|component| component.folder == *name) {
            plugs.push(plug::Plug {
                name,
                interfaces,
                bytes: read(&compiled.join(&component.artifact))?,
            });
        }
    }
    Ok(plugs)
}

/// Leaves a file of the same content alone: whatever was compiled from it ahead of time stays valid.
fn write_if_changed(file: &Path, content: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|old| old == content) {
        return Ok(());
    }
    // A host that reads the file at this moment sees the old one or the new one, not half of it.
    let fresh = file.with_extension("wasm.new");
    fs::write(&fresh, content).with_context(|| cannot("write", &fresh))?;
    fs::rename(&fresh, file).with_context(|| cannot("write", file))
}

/// Removes what a component that no longer exists has left behind.
fn remove_others(folder: &Path, kept: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| cannot("read", folder))? {
        let file = entry?.path();
        if file.extension().is_some_and(|ending| ending == "wasm") && !kept.contains(&file) {
            fs::remove_file(&file).with_context(|| cannot("remove", &file))?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| cannot("read", file))
}

fn cannot(verb: &str, file: &Path) -> String {
    format!("can't {verb} `{}`", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_content_is_written() {
        let folder = std::env::temp_dir().join(format!("xtask-build-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("a.wasm");
        let written = |content: &[u8]| {
            write_if_changed(&file, content).unwrap();
            fs::metadata(&file).unwrap().modified().unwrap()
        };
        let first = written(b"one");
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert_eq!(written(b"one"), first);
        assert_ne!(written(b"two"), first);
        assert_eq!(fs::read(&file).unwrap(), b"two");
        fs::write(folder.join("gone.wasm"), "old").unwrap();
        fs::write(folder.join("note.txt"), "mine").unwrap();
        remove_others(&folder, &BTreeSet::from([file.clone()])).unwrap();
        assert!(file.exists() && folder.join("note.txt").exists());
        assert!(!folder.join("gone.wasm").exists());
        fs::remove_dir_all(&folder).unwrap();
    }
}

//! Where things are: the checkout, cargo's target directory, the components.
//! Nothing here compiles or starts anything.

use crate::run;
use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The component that implements the store for the others.
pub const STORE: &str = "store-sqlite";
/// The component that tells the others who is calling.
pub const CALLERS: &str = "identify-caller";
/// The component that finds remote rules for others.
pub const RULES: &str = "fetch-rules";
/// Components that are plugged into others, each with what the names of its interfaces start with.
pub const PLUGS: &[(&str, &str)] = &[
    (STORE, "sluicegate:store/"),
    (CALLERS, "sluicegate:identity/"),
    (RULES, "sluicegate:gates/"),
];
/// The component that the benchmark measures everything against.
pub const HELLO: &str = "hello";
/// What the tests of the host serve, which is no part of the application either.
pub const PROBE: &str = "probe";

/// The checkout and what cargo says about it.
pub struct Workspace {
    /// The folder that holds the root `Cargo.toml`.
    pub root: PathBuf,
    /// Where cargo puts its files (`target` unless the environment says otherwise).
    pub cargo_target: PathBuf,
    /// Every member that is compiled to a component, sorted by folder.
    pub components: Vec<Component>,
    /// Packages under `components/` that are plain libraries.
    pub component_libraries: Vec<String>,
    /// Packages under `components/` that are libraries, too, and have tests of their own.
    pub natively_tested: Vec<String>,
    /// Every other member, sorted by name.
    pub native_packages: Vec<String>,
}

/// One member that is compiled to a component.
pub struct Component {
    /// The folder under `components/`, which is also the file's name in `target/components`.
    pub folder: String,
    /// The package's name for `cargo -p`.
    pub package: String,
    /// The file that cargo writes, such as `submit_result.wasm`.
    pub artifact: String,
}

impl Workspace {
    /// Asks cargo for the members of the workspace that this program belongs to.
    pub fn find() -> Result<Self> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .context("`xtask` has no parent folder")?
            .to_path_buf();
        let mut cargo = Command::new(run::cargo());
        cargo
            .current_dir(&root)
            .args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Value = serde_json::from_slice(&run::output(&mut cargo)?)
            .context("`cargo metadata` wrote no JSON")?;
        let target = text(&metadata, "target_directory")?;
        let mut workspace = Self {
            cargo_target: PathBuf::from(target),
            root,
            components: Vec::new(),
            component_libraries: Vec::new(),
            natively_tested: Vec::new(),
            native_packages: Vec::new(),
        };
        for package in array(&metadata, "packages") {
            workspace.add(package)?;
        }
        workspace.components.sort_by(|a, b| a.folder.cmp(&b.folder));
        workspace.component_libraries.sort();
        workspace.native_packages.sort();
        Ok(workspace)
    }

    fn add(&mut self, package: &Value) -> Result<()> {
        let name = text(package, "name")?.to_owned();
        let manifest = Path::new(text(package, "manifest_path")?);
        let folder = manifest.parent().context("a manifest without a folder")?;
        if folder.parent() != Some(&self.root.join("components")) {
            self.native_packages.push(name);
            return Ok(());
        }
        let folder = folder
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default()
            .to_owned();
        let library = array(package, "targets").iter().find(|target| {
            array(target, "crate_types")
                .iter()
                .any(|kind| kind == "cdylib")
        });
        let is_library = array(package, "targets").iter().any(|target| {
            array(target, "crate_types")
                .iter()
                .any(|kind| kind == "lib" || kind == "rlib")
        });
        if is_library {
            self.natively_tested.push(name.clone());
        }
        match library {
            Some(library) => self.components.push(Component {
                artifact: format!("{}.wasm", text(library, "name")?.replace('-', "_")),
                folder,
                package: name,
            }),
            None => self.component_libraries.push(name),
        }
        Ok(())
    }

    /// Where finished components are: what spin.toml names.
    pub fn finished(&self) -> PathBuf {
        self.root.join("target").join("components")
    }

    /// The native host's binary.
    pub fn host_binary(&self) -> PathBuf {
        self.cargo_target.join("release").join("sluicegate-host")
    }

    /// Where the native host keeps what it compiled ahead of time, by content.
    pub fn aot_cache(&self) -> PathBuf {
        self.root.join("target").join("aot")
    }

    /// `-p a -p b …` for everything that is tested natively.
    pub fn native_arguments(&self) -> Vec<&str> {
        self.native_packages
            .iter()
            .chain(&self.natively_tested)
            .flat_map(|package| ["-p", package.as_str()])
            .collect()
    }

    /// `-p a -p b …` for every component, libraries of components included.
    pub fn component_arguments(&self) -> Vec<&str> {
        let components = self.components.iter().map(|component| &component.package);
        let packages = components.chain(&self.component_libraries);
        packages
            .flat_map(|package| ["-p", package.as_str()])
            .collect()
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| anyhow!("`cargo metadata` has no `{key}`"))
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

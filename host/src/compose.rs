//! Puts middleware in front of a component: several wasm files become one.
//!
//! Spin gives each middleware a set of stubs for what it does not inherit. This host has no stubs:
//! it refuses at start a middleware that imports a capability which it does not inherit and which
//! the primary component has. Must not know what the capabilities are for.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PackageId};

use crate::capabilities::{self, Capability};
use crate::manifest::{Component, Inherit, Middleware};

/// The interface that middleware imports and exports.
const HANDLER: &str = "wasi:http/handler@0.3.0";

/// The bytes of the component at `source`, behind `middleware`, outermost first. Paths are relative
/// to `root`.
pub fn compose(root: &Path, component: &Component, middleware: &[Middleware]) -> Result<Vec<u8>> {
    let primary = read(&root.join(component.source()))?;
    if middleware.is_empty() {
        return Ok(primary);
    }
    let mut graph = CompositionGraph::new();
    let mut chain = Vec::with_capacity(middleware.len() + 1);
    for (position, outer) in middleware.iter().enumerate() {
        let bytes = read(&root.join(&outer.path))?;
        let package = register(&mut graph, &format!("middleware{position}"), bytes)
            .and_then(|package| check(&graph, package, outer, component).map(|()| package))
            .with_context(|| format!("middleware `{}`", outer.path.display()))?;
        chain.push(package);
    }
    chain.push(register(&mut graph, "primary", primary)?);
    connect(&mut graph, &chain)?;
    graph
        .encode(EncodeOptions::default())
        .context("the composed component can't be encoded")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("can't read `{}`", path.display()))
}

fn register(graph: &mut CompositionGraph, name: &str, bytes: Vec<u8>) -> Result<PackageId> {
    let package = Package::from_bytes(name, None, bytes, graph.types_mut())?;
    Ok(graph.register_package(package)?)
}

/// Wires each component's handler import to the next one's export, and exports the first.
fn connect(graph: &mut CompositionGraph, chain: &[PackageId]) -> Result<()> {
    let mut inner = None;
    for package in chain.iter().rev() {
        let instance = graph.instantiate(*package);
        if let Some(inner) = inner {
            graph.set_instantiation_argument(instance, HANDLER, inner)?;
        }
        inner = Some(graph.alias_instance_export(instance, HANDLER)?);
    }
    if let Some(outermost) = inner {
        graph.export(outermost, HANDLER)?;
    }
    Ok(())
}

/// Refuses a middleware that could use a grant it does not inherit.
fn check(
    graph: &CompositionGraph,
    package: PackageId,
    middleware: &Middleware,
    primary: &Component,
) -> Result<()> {
    let world = &graph.types()[graph[package].ty()];
    ensure!(
        world.imports.contains_key(HANDLER) && world.exports.contains_key(HANDLER),
        "it must import and export `{HANDLER}`"
    );
    for import in world.imports.keys() {
        let Some(capability) = capabilities::of_import(import) else {
            continue;
        };
        ensure!(
            inherits(&middleware.inherit_configuration, capability)
                || !capabilities::is_granted(capability, primary),
            "it imports `{import}` but does not inherit `{}`",
            capability.key()
        );
    }
    Ok(())
}

fn inherits(inherit: &Inherit, capability: Capability) -> bool {
    match inherit {
        Inherit::All(all) => *all,
        Inherit::Some(keys) => keys.iter().any(|key| key == capability.key()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inheritance_is_by_the_manifest_key() {
        let some = Inherit::Some(vec!["files".to_owned()]);
        assert!(inherits(&some, Capability::Files));
        assert!(!inherits(&some, Capability::Sqlite));
        assert!(inherits(&Inherit::All(true), Capability::Sqlite));
        assert!(!inherits(&Inherit::default(), Capability::Sqlite));
    }
}

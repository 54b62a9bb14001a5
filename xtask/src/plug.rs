//! Plugging components into a component that imports what they export, so that all are one file.
//! Knows component imports and exports, nothing about what the interfaces mean.

use anyhow::{Context, Result, bail};
use wac_graph::types::{ItemKind, Package};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

/// What the names of our own interfaces start with: whatever imports one needs a plug.
const OURS: &str = "sluicegate:";

/// A component that others are plugged to.
pub struct Plug {
    /// For messages.
    pub name: &'static str,
    /// What the names of its interfaces start with.
    pub interfaces: &'static str,
    /// The component.
    pub bytes: Vec<u8>,
}

/// The composition of `endpoint` with those of `plugs` that it needs: exports what the endpoint
/// exports, imports what all of them need from the host. `None` when it needs none.
pub fn plug(endpoint: &[u8], plugs: &[Plug]) -> Result<Option<Vec<u8>>> {
    let mut graph = CompositionGraph::new();
    let socket = register(&mut graph, "endpoint", endpoint)?;
    let wanted = functions(&graph, socket);
    if wanted.is_empty() {
        return Ok(None);
    }
    let lonely: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|name| !plugs.iter().any(|plug| name.starts_with(plug.interfaces)))
        .collect();
    if !lonely.is_empty() {
        bail!("imports `{}`, but nothing exports it", lonely.join("`, `"));
    }
    let socket_node = graph.instantiate(socket);
    for plug in plugs {
        let starts = |name: &&String| name.starts_with(plug.interfaces);
        let wanted: Vec<&String> = wanted.iter().filter(starts).collect();
        if !wanted.is_empty() {
            insert(&mut graph, socket, socket_node, plug, &wanted)?;
        }
    }
    for name in names(&graph, socket) {
        let export = graph.alias_instance_export(socket_node, &name)?;
        graph.export(export, &name)?;
    }
    Ok(Some(graph.encode(EncodeOptions::default())?))
}

/// Connects one plug to all that the socket wants of it.
fn insert(
    graph: &mut CompositionGraph,
    socket: PackageId,
    socket_node: NodeId,
    plug: &Plug,
    wanted: &[&String],
) -> Result<()> {
    let package = register(graph, plug.name, &plug.bytes)?;
    let plug_node = graph.instantiate(package);
    let exported = names(graph, package);
    for name in wanted {
        if !exported.contains(name) {
            bail!("imports `{name}`, which `{}` does not export", plug.name);
        }
        connect(graph, plug_node, socket_node, name).with_context(|| {
            let plug = plug.name;
            format!("`{name}` is not what `{plug}` exports under this name")
        })?;
    }
    // Interfaces of types alone come from the plug too where it exports them; the others stay
    // imports that nothing needs to provide.
    for name in imports(graph, socket) {
        let is_its = name.starts_with(plug.interfaces);
        if is_its && !wanted.contains(&&name) && exported.contains(&name) {
            connect(graph, plug_node, socket_node, &name)?;
        }
    }
    Ok(())
}

fn connect(graph: &mut CompositionGraph, plug: NodeId, socket: NodeId, name: &str) -> Result<()> {
    let export = graph.alias_instance_export(plug, name)?;
    graph.set_instantiation_argument(socket, name, export)?;
    Ok(())
}

fn register(graph: &mut CompositionGraph, name: &str, bytes: &[u8]) -> Result<PackageId> {
    let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut())?;
    Ok(graph.register_package(package)?)
}

/// Names of everything that a package exports.
#[allow(clippy::indexing_slicing)] // arena look-ups by the arena's own ids
fn names(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    graph.types()[graph[package].ty()]
        .exports
        .keys()
        .cloned()
        .collect()
}

/// Names of our interfaces that a package imports.
#[allow(clippy::indexing_slicing)] // arena look-ups by the arena's own ids
fn imports(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    let imports = &graph.types()[graph[package].ty()].imports;
    imports
        .keys()
        .filter(|name| name.starts_with(OURS))
        .cloned()
        .collect()
}

/// Those of them that have something to call.
#[allow(clippy::indexing_slicing)] // arena look-ups by the arena's own ids
fn functions(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    let types = graph.types();
    let imports = &types[graph[package].ty()].imports;
    let callable = |item: &ItemKind| match item {
        ItemKind::Instance(id) => types[*id]
            .exports
            .values()
            .any(|item| !matches!(item, ItemKind::Type(_))),
        _ => true,
    };
    imports
        .iter()
        .filter(|(name, item)| name.starts_with(OURS) && callable(item))
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exports one function that gives a number of the named type.
    fn exporter(interface: &str, kind: &str) -> Vec<u8> {
        let text = format!(
            r#"(component
              (core module $code (func (export "f") (result i32) i32.const 1))
              (core instance $made (instantiate $code))
              (func $f (result {kind}) (canon lift (core func $made "f")))
              (instance $out (export "get" (func $f)))
              (export "{interface}" (instance $out)))"#
        );
        wat::parse_str(text).unwrap()
    }

    /// Imports one function of the interface and one of the host, and exports the first again.
    fn importer(interface: &str) -> Vec<u8> {
        let text = format!(
            r#"(component
              (import "host:clock/now" (instance (export "now" (func (result u64)))))
              (import "{interface}" (instance $in (export "get" (func (result u32)))))
              (alias export $in "get" (func $get))
              (instance $out (export "get" (func $get)))
              (export "app:endpoint/run" (instance $out)))"#
        );
        wat::parse_str(text).unwrap()
    }

    fn interfaces(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        let mut graph = CompositionGraph::new();
        let package = register(&mut graph, "x", bytes).unwrap();
        #[allow(clippy::indexing_slicing)] // arena look-ups by the arena's own ids
        let world = &graph.types()[graph[package].ty()];
        (
            world.imports.keys().cloned().collect(),
            world.exports.keys().cloned().collect(),
        )
    }

    fn plug_of(interface: &str, kind: &str) -> Plug {
        Plug {
            name: "the-store",
            interfaces: "sluicegate:store/",
            bytes: exporter(interface, kind),
        }
    }

    #[test]
    fn a_plugged_endpoint_keeps_its_exports_and_its_other_imports() {
        let endpoint = importer("sluicegate:store/results@0.1.0");
        let unused = Plug {
            name: "another",
            interfaces: "sluicegate:identity/",
            bytes: exporter("sluicegate:identity/callers@0.1.0", "u32"),
        };
        let plugs = [unused, plug_of("sluicegate:store/results@0.1.0", "u32")];
        let plugged = plug(&endpoint, &plugs).unwrap().unwrap();
        let (imports, exports) = interfaces(&plugged);
        assert_eq!(imports, ["host:clock/now"]);
        assert_eq!(exports, ["app:endpoint/run"]);
    }

    #[test]
    fn an_endpoint_that_needs_no_plug_stays_as_it_is() {
        let endpoint = importer("other:store/results");
        assert!(plug(&endpoint, &[]).unwrap().is_none());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let endpoint = importer("sluicegate:store/results@0.1.0");
        for (plugs, expected) in [
            (
                vec![],
                "imports `sluicegate:store/results@0.1.0`, but nothing exports it",
            ),
            (
                vec![plug_of("sluicegate:store/waivers@0.1.0", "u32")],
                "imports `sluicegate:store/results@0.1.0`, which `the-store` does not export",
            ),
            (
                vec![plug_of("sluicegate:store/results@0.1.0", "s32")],
                "`sluicegate:store/results@0.1.0` is not what `the-store` exports under this name",
            ),
        ] {
            let error = plug(&endpoint, &plugs).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}

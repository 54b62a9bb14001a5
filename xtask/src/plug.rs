//! Plugging the store into a component, so that both are one file.
//! Knows component imports and exports, nothing about what the interfaces mean.

use anyhow::{Context, Result, anyhow, bail};
use wac_graph::types::{ItemKind, Package};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

/// What the names of the store's interfaces start with.
const STORE_INTERFACES: &str = "sluicegate:store/";

/// The composition of `endpoint` with `store`: exports what the endpoint exports, imports what
/// both need from the host. `None` when the endpoint imports no interface of the store.
pub fn plug(endpoint: &[u8], store: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
    let mut graph = CompositionGraph::new();
    let socket = register(&mut graph, "endpoint", endpoint)?;
    let wanted = store_functions(&graph, socket);
    if wanted.is_empty() {
        return Ok(None);
    }
    let store =
        store.ok_or_else(|| anyhow!("imports `{}`, but there is no store", wanted.join("`, `")))?;
    let plug = register(&mut graph, "store", store)?;

    let socket_node = graph.instantiate(socket);
    let plug_node = graph.instantiate(plug);
    let exported = names(&graph, plug);
    for name in &wanted {
        if !exported.contains(name) {
            bail!("imports `{name}`, which the store does not export");
        }
        connect(&mut graph, plug_node, socket_node, name)
            .with_context(|| format!("`{name}` is not what the store exports under this name"))?;
    }
    // Interfaces of types alone come from the store too where it exports them; the others stay
    // imports that nothing needs to provide.
    for name in store_imports(&graph, socket) {
        if !wanted.contains(&name) && exported.contains(&name) {
            connect(&mut graph, plug_node, socket_node, &name)?;
        }
    }
    for name in names(&graph, socket) {
        let export = graph.alias_instance_export(socket_node, &name)?;
        graph.export(export, &name)?;
    }
    Ok(Some(graph.encode(EncodeOptions::default())?))
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

/// Names of the store's interfaces that a package imports.
#[allow(clippy::indexing_slicing)] // arena look-ups by the arena's own ids
fn store_imports(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    let imports = &graph.types()[graph[package].ty()].imports;
    imports
        .keys()
        .filter(|name| name.starts_with(STORE_INTERFACES))
        .cloned()
        .collect()
}

/// Those of them that have something to call.
#[allow(clippy::indexing_slicing)] // arena look-ups by the arena's own ids
fn store_functions(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
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
        .filter(|(name, item)| name.starts_with(STORE_INTERFACES) && callable(item))
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

    #[test]
    fn a_plugged_endpoint_keeps_its_exports_and_its_other_imports() {
        let endpoint = importer("sluicegate:store/results@0.1.0");
        let store = exporter("sluicegate:store/results@0.1.0", "u32");
        let plugged = plug(&endpoint, Some(&store)).unwrap().unwrap();
        let (imports, exports) = interfaces(&plugged);
        assert_eq!(imports, ["host:clock/now"]);
        assert_eq!(exports, ["app:endpoint/run"]);
    }

    #[test]
    fn an_endpoint_without_the_store_stays_as_it_is() {
        let endpoint = importer("other:store/results");
        assert!(plug(&endpoint, None).unwrap().is_none());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let endpoint = importer("sluicegate:store/results@0.1.0");
        for (store, expected) in [
            (
                None,
                "imports `sluicegate:store/results@0.1.0`, but there is no store",
            ),
            (
                Some(exporter("sluicegate:store/waivers@0.1.0", "u32")),
                "imports `sluicegate:store/results@0.1.0`, which the store does not export",
            ),
            (
                Some(exporter("sluicegate:store/results@0.1.0", "s32")),
                "`sluicegate:store/results@0.1.0` is not what the store exports under this name",
            ),
        ] {
            let error = plug(&endpoint, store.as_deref()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}

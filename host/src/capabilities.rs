//! Which interfaces need which grant of the manifest.
//!
//! Only names: the grants themselves are enforced where the interfaces are implemented.

use crate::manifest::Component;

/// Something a component may be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Network destinations.
    OutboundHosts,
    /// Environment variables.
    Environment,
    /// Files.
    Files,
    /// Key-value stores.
    KeyValue,
    /// SQLite databases.
    Sqlite,
    /// Component variables.
    Variables,
}

impl Capability {
    /// The key under which a `[component.ID]` grants it.
    pub fn key(self) -> &'static str {
        match self {
            Self::OutboundHosts => "allowed_outbound_hosts",
            Self::Environment => "environment",
            Self::Files => "files",
            Self::KeyValue => "key_value_stores",
            Self::Sqlite => "sqlite_databases",
            Self::Variables => "variables",
        }
    }
}

/// The capability behind an imported interface, whatever its version.
pub fn of_import(import: &str) -> Option<Capability> {
    let name = import.split_once('@').map_or(import, |(name, _)| name);
    Some(match name {
        "wasi:http/client"
        | "wasi:http/outgoing-handler"
        | "wasi:sockets/ip-name-lookup"
        | "wasi:sockets/tcp"
        | "wasi:sockets/tcp-create-socket"
        | "wasi:sockets/udp"
        | "wasi:sockets/udp-create-socket" => Capability::OutboundHosts,
        "wasi:cli/environment" => Capability::Environment,
        "wasi:filesystem/preopens" => Capability::Files,
        "spin:key-value/key-value" => Capability::KeyValue,
        "spin:sqlite/sqlite" => Capability::Sqlite,
        "spin:variables/variables" => Capability::Variables,
        _ => return None,
    })
}

/// Whether `component` is granted any of it.
pub fn is_granted(capability: Capability, component: &Component) -> bool {
    match capability {
        Capability::OutboundHosts => !component.allowed_outbound_hosts.is_empty(),
        Capability::Environment => !component.environment.is_empty(),
        Capability::Files => !component.files.is_empty(),
        Capability::KeyValue => !component.key_value_stores.is_empty(),
        Capability::Sqlite => !component.sqlite_databases.is_empty(),
        Capability::Variables => !component.variables.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_do_not_matter() {
        assert_eq!(
            of_import("spin:sqlite/sqlite@3.1.0"),
            Some(Capability::Sqlite)
        );
        assert_eq!(
            of_import("wasi:filesystem/preopens"),
            Some(Capability::Files)
        );
        assert_eq!(of_import("wasi:clocks/wall-clock@0.2.6"), None);
    }
}

//! The bindings to Spin's own interfaces, generated from `wit/`.
//!
//! Generated code only: what the functions do is in [`crate::sqlite`], [`crate::key_value`] and
//! [`crate::variables`].

wasmtime::component::bindgen!({
    path: "wit",
    world: "sluicegate:host/spin",
    imports: { default: async | trappable },
    with: {
        "spin:sqlite/sqlite.connection": crate::sqlite::OpenConnection,
        "spin:key-value/key-value.store": crate::key_value::OpenStore,
    },
});

/// What the host calls for a message of a Redis channel, which may do other things while it waits.
pub mod handler {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "sluicegate:host/redis-handler",
    });
}

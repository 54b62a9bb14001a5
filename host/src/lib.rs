//! A small native host for `spin.toml` applications: for machines without `spin`, and for the tests.
//!
//! It serves the same wasm files and the same manifest as `spin up`, with Spin's semantics, on the
//! same wasmtime crates. It does only what this application's manifest uses and refuses the rest at
//! start. No feature of the application may need it.
//!
//! [`Application::load`] prepares everything, [`Server`] serves it.

mod allowed_hosts;
mod application;
mod background;
mod bindings;
mod capabilities;
mod compile;
mod compose;
mod engine;
mod files;
mod granting;
mod headers;
mod instance;
mod key_value;
mod limits;
mod logs;
mod manifest;
mod options;
mod outbound;
mod redis;
mod routes;
mod server;
mod sqlite;
mod variables;

pub use application::Application;
pub use background::background;
pub use limits::Limits;
pub use options::Options;
pub use redis::Redis;
pub use server::Server;

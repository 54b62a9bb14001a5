//! `sluicegate:gates`: files of remote rules, and what Koji knows of builds.
//!
//! The only room of the gates that calls out. It knows URL templates (`template`), Koji's XML-RPC
//! (`xml_rpc`, `build`), what is kept of answers and for how long (`kept`), and knows neither
//! policies nor decisions: what a file says is the gate's. What needs no host is tested natively.

pub mod build;
pub mod failure;
pub mod kept;
pub mod redirect;
pub mod template;
pub mod templates;
pub mod xml_rpc;

#[cfg(target_family = "wasm")]
mod ask;
#[cfg(target_family = "wasm")]
mod call;
#[cfg(target_family = "wasm")]
mod component;
#[cfg(target_family = "wasm")]
mod file;
#[cfg(target_family = "wasm")]
mod koji;
#[cfg(target_family = "wasm")]
mod once;
#[cfg(target_family = "wasm")]
mod settings;

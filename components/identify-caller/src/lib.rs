//! `sluicegate:identity`: who is calling, by the methods that the settings name.
//!
//! The only room that knows tokens, keys and the issuer. It is plugged into every component that
//! writes, and knows none of them: no store, no results, no waivers. The rules that need no host
//! are in `http-edge`; here are signatures (`jwt`, `keys`), what is kept of an issuer and for how
//! long (`kept`), and the calls to the host. No secret is ever part of a message.

pub mod jwt;
pub mod kept;
pub mod keys;
pub mod verifiers;

#[cfg(target_family = "wasm")]
mod component;
#[cfg(target_family = "wasm")]
mod fetch;
#[cfg(target_family = "wasm")]
mod introspection;
#[cfg(target_family = "wasm")]
mod issuer;
#[cfg(target_family = "wasm")]
mod oidc;
#[cfg(target_family = "wasm")]
mod settings;

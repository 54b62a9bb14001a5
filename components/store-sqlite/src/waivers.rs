//! Waivers: one statement per write, and which of them are in force as of a time.

mod conditions;
pub(crate) mod in_force;
mod read;
pub(crate) mod scope;
mod write;

pub use read::{find, get, steps};
pub use write::{submit, take};

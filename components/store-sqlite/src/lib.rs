//! `sluicegate:store` over the host's SQLite, through `spin:sqlite`.
//!
//! The only room that knows SQL. It knows no HTTP, no JSON of the wire and no policy. Every write
//! is one statement, so it happens whole or not at all, and it is on disk when the call returns
//! (`synchronous = FULL`). All statements are built from fixed text and parameters: what comes from
//! outside is never part of a statement's text.

pub mod bounds;
mod candidates;
pub mod catalogue;
mod condition;
pub mod database;
pub mod distinct;
pub mod filter;
pub mod latest;
mod patterns;
pub mod policies;
pub mod reports;
pub mod results;
mod row;
pub mod schema;
mod search;
mod shapes;
mod statement;
pub mod statistics;
pub mod subjects;
pub mod submissions;
pub mod summary;
pub mod waivers;

#[cfg(target_family = "wasm")]
mod component;

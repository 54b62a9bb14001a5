//! The OpenAPI document of every route.
//!
//! Schemas are derived from the types that components serve; what derivation can't know, limits and
//! patterns, is added from the constants that the code checks with. Operations are written here, a
//! module per family. This room knows what the wire promises, not how anything is answered; no
//! component depends on it. `components/describe-api` serves the text that a test here keeps current.

mod artifact_schemas;
mod artifacts;
mod document;
mod forms;
mod gates;
mod groups;
mod limits;
mod manual_results;
mod messages;
mod operation;
mod parameters;
mod patterns;
mod put;
mod reports;
mod responses;
mod results;
mod schemas;
mod security;
mod service;
mod test_cases;
mod waiver_life;
mod waivers;
mod waiving;

pub use document::{Problem, document, operations, text};

//! What the endpoints of gates have in common: how their answers leave, and what decisions need from
//! outside.

pub mod answers;
pub mod remote;

pub use answers::{GateAnswers, strictly_over_https};

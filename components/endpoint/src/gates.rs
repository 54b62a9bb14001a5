//! What the endpoints of gates have in common: what is asked and of which policies, what is read for
//! it, and how their answers leave. How anything is decided is not known here.

pub mod answers;
mod data;
pub mod query;
pub mod question;
pub mod read;
pub mod remote;

pub use answers::{GateAnswers, strictly_over_https};

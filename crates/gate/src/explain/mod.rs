//! Why a decision came out as it did, from the trace that the decision itself is made from.
//!
//! This room says; it judges nothing. It must not know how anything is decided, beyond what the trace says, nor HTTP and HTML.
//!
//! [`view`] is the shape, which is also the JSON; [`text`] is the same for people at a terminal.

pub mod action;
pub(crate) mod enough;
pub(crate) mod make;
pub(crate) mod near;
pub(crate) mod open;
pub(crate) mod rules;
pub(crate) mod text;
pub mod view;

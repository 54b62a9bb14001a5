//! What the endpoints on results have in common: the JSON of a result, the query grammar, and the
//! body of a submission.

pub mod catalogue;
pub mod filter;
pub mod list;
pub mod once;
pub mod submission;
pub mod wire;

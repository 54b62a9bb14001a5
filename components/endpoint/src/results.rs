//! What the endpoints on results have in common: the JSON of a result, the query grammar, the body
//! of a submission, and what is said of a report.

pub mod catalogue;
#[cfg(feature = "openapi")]
pub mod catalogue_body;
pub mod filter;
pub mod group_commit;
pub mod list;
pub mod manual;
#[cfg(feature = "openapi")]
pub mod manual_body;
pub mod once;
pub mod report;
pub mod submission;
#[cfg(feature = "openapi")]
pub mod submission_body;
pub mod wire;

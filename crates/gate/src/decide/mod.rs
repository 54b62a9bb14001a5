//! From a request to a decision: check the request, plan what is needed, judge results, apply waivers.
//!
//! This room knows the order of evaluation and the wording of answers. It must not know YAML, stores or HTTP; statuses are numbers here.

pub mod answer;
pub mod as_of;
mod asking;
pub mod decision;
pub mod evaluate;
pub(crate) mod expand;
pub mod facts;
pub mod latest;
pub mod plan;
pub mod request;
#[cfg(feature = "openapi")]
pub mod request_body;
#[cfg(feature = "openapi")]
pub mod requirement;
pub mod settle;
pub mod step;
pub(crate) mod summary;
pub mod waive;
pub mod work;

//! What the endpoints on waivers have in common: the JSON of a waiver and of lists of them, filters,
//! bodies of new waivers and paging links.

pub mod acting;
pub mod creation;
#[cfg(feature = "openapi")]
pub mod creation_body;
pub mod fields;
pub mod filter;
pub mod filtered;
#[cfg(feature = "openapi")]
pub mod filtered_body;
pub mod life;
pub mod links;
pub mod list;
pub mod matching;
#[cfg(feature = "openapi")]
pub mod matching_body;
pub mod subject;
pub mod wire;

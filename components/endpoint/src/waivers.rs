//! What the endpoints on waivers have in common: the JSON of a waiver, filters, bodies of new
//! waivers and paging links.

pub mod creation;
mod fields;
pub mod filter;
pub mod links;
pub mod wire;

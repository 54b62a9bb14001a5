//! `/api/v1`: what is ours alone.

mod explain;
mod simulate;
mod waivers;

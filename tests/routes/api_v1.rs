//! `/api/v1`: what is ours alone.

mod waivers;

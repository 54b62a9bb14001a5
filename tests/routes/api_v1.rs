//! `/api/v1`: what is ours alone.

mod explain;
mod manual_results;
mod messages;
mod progress;
mod reports;
mod simulate;
mod waivers;

//! `/api/v2.0/results`.

mod burst;
mod by_id;
mod get;
mod idempotency;
mod latest;
mod list;
mod post;

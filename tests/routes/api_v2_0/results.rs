//! `/api/v2.0/results`.

mod by_id;
mod get;
mod latest;
mod post;

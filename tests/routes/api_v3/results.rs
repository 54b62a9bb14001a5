//! `/api/v3/results/{type}`.

mod callers;
mod limits;
mod mistakes;
mod post;

//! `/api/v1.0/waivers`.

mod by_id;
mod filtered;
mod get;
mod post;

//! Everything between HTTP and an endpoint that is not WASI: query strings, validation, paging
//! links, replies, error texts and who is calling.
//!
//! Pure Rust, tested natively. It knows no store, no policy and no host call, and none of the JSON
//! shapes of single endpoints.

pub mod body;
pub mod caller;
pub mod error;
pub mod idempotency;
pub mod json;
pub mod log;
pub mod method;
pub mod page;
pub mod python;
pub mod query;
pub mod reply;
pub mod request;
pub mod time;
pub mod truth;
pub mod validation;

pub use error::{Error, Result};
pub use reply::Reply;
pub use request::Request;

//! The life of waivers as `/api/v1/waivers` tells it: bodies, waivers with their limits and states,
//! steps and what refuses them. It does not know how a state comes about.

#[cfg(feature = "openapi")]
pub mod bodies;
pub mod body;
pub mod query;
pub mod step;
pub mod wire;

use http_edge::{Error, Request, Result};

/// Where these endpoints are.
pub const PREFIX: &str = "/api/v1/waivers";

/// The answer where no waiver is.
#[must_use]
pub fn not_found() -> Error {
    Error::message(404, "Waiver not found")
}

/// The waiver's number in `/api/v1/waivers/{id}` and what is below it.
///
/// # Errors
/// 404 for what is no number.
pub fn id(request: &Request) -> Result<u64> {
    let below = request.path.strip_prefix(PREFIX).unwrap_or_default();
    let id = below.split('/').nth(1).unwrap_or_default();
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    match id.parse() {
        Ok(id) if is_number => Ok(id),
        _ => Err(not_found()),
    }
}

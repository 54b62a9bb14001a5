//! The smallest component. It is no part of the application: the benchmark serves it beside ours,
//! and every figure is a ratio to it.
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;

/// Answers every request with the same few bytes.
#[http_service]
async fn handle(_request: Request) -> impl IntoResponse {
    "hello\n"
}

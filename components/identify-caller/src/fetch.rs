//! Requests to the issuer: JSON back, within limits.

use outbound::client::{self, Failure, Limits, Method};
use serde_json::Value;
use std::time::Duration;

/// How long the issuer may take to be connected, to begin its answer and between two parts of it.
const PATIENCE: Duration = Duration::from_secs(3);
/// The limits of its answers.
const LIMITS: Limits = Limits {
    connect: PATIENCE,
    patience: PATIENCE,
    body: Duration::from_secs(8),
    max_bytes: 256 * 1024,
};

/// The JSON at an address.
///
/// # Errors
/// Why there is none; the text is for the log.
pub async fn get(url: &str) -> Result<Value, String> {
    let sent = send(
        url,
        Method::Get,
        &[("accept", "application/json")],
        Vec::new(),
    );
    sent.await.map_err(|reason| format!("GET {url}: {reason}"))
}

/// The JSON that answers a form.
///
/// # Errors
/// Why there is none; the text is for the log.
pub async fn post_form(url: &str, authorization: &str, form: String) -> Result<Value, String> {
    let length = form.len().to_string();
    let headers = [
        ("accept", "application/json"),
        ("authorization", authorization),
        ("content-length", &length),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let sent = send(url, Method::Post, &headers, form.into_bytes());
    sent.await.map_err(|reason| format!("POST {url}: {reason}"))
}

async fn send(
    url: &str,
    method: Method,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Value, String> {
    let answer = client::send(method, url, headers, body, &LIMITS).await;
    let answer = answer.map_err(|failure| match failure {
        Failure::Denied => format!("{failure}: allow it by `oidc_origin` or `oidc_keys_origin`"),
        other => other.to_string(),
    })?;
    match answer.status {
        200 => serde_json::from_slice(&answer.body)
            .map_err(|error| format!("the answer is no JSON: {error}")),
        status => Err(format!("answered {status}")),
    }
}

//! Single HTTP requests: preload, one try before each measurement, cold starts.

use anyhow::{Context, Result, bail};
use std::time::Duration;
use ureq::Agent;

/// Who the benchmark says it is, for endpoints that ask: `bench:bench`.
pub const AUTHORIZATION: &str = "Basic YmVuY2g6YmVuY2g=";
/// The media type of every body that is sent.
pub const JSON: &str = "application/json";
/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How much of an unexpected answer is shown.
const SHOWN_CHARS: usize = 200;

/// One request, as often as it is wanted.
#[derive(Clone)]
pub struct Request {
    /// From the root, with the query.
    pub path: String,
    /// JSON to be posted; without it, the method is GET.
    pub body: Option<String>,
}

impl Request {
    /// A request without a body.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            body: None,
        }
    }

    /// A request with a body of JSON.
    pub fn post(path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self {
            path: path.into(),
            body: Some(body.to_string()),
        }
    }
}

/// A client with one connection of its own, kept open.
pub fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections(1)
        .build()
        .into()
}

/// Sends a request and gives status and body, whatever they are.
pub fn send(agent: &Agent, address: &str, request: &Request) -> Result<(u16, String)> {
    let url = format!("http://{address}{}", request.path);
    let answer = match &request.body {
        None => agent.get(&url).call(),
        Some(body) => agent
            .post(&url)
            .header("Content-Type", JSON)
            .header("Authorization", AUTHORIZATION)
            .send(body.as_str()),
    };
    let mut answer = answer.with_context(|| format!("no answer from `{url}`"))?;
    let body = answer
        .body_mut()
        .read_to_string()
        .with_context(|| format!("half an answer from `{url}`"))?;
    Ok((answer.status().as_u16(), body))
}

/// Sends a request that has to succeed.
pub fn expect_success(agent: &Agent, address: &str, request: &Request) -> Result<String> {
    let (status, body) = send(agent, address, request)?;
    if !(200..300).contains(&status) {
        let shown: String = body.trim().chars().take(SHOWN_CHARS).collect();
        bail!("`{}` answered {status}: {shown}", request.path);
    }
    Ok(body)
}

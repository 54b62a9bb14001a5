//! Fills the application over HTTP before anything is measured.

use super::client::{self, Request};
use crate::progress::Progress;
use anyhow::{Context, Result};
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use ureq::Agent;

/// Clients that submit at the same time: enough to keep the one writer busy, and so few that a list
/// is answered within the client's patience on a slow machine, too.
const CLIENTS: usize = 8;
/// Results per request: the most that a list may have.
const PER_REQUEST: u64 = 500;
/// Of so many results, one id is kept for reading it again.
const ONE_OF: u64 = 37;

/// What is stored.
pub struct Stored {
    /// Ids of some results.
    pub ids: Vec<u64>,
    /// Results per second.
    pub per_second: f64,
}

/// Gives the body that submits the result of a number.
pub type Body<'a> = dyn Fn(u64) -> Value + Sync + 'a;

/// Submits so many results; an error as soon as one is refused.
pub fn submit_all(address: &str, results: u64, body: &Body<'_>) -> Result<Stored> {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    // What goes wrong first is the cause; what the other clients see then are its effects.
    let first_error = Mutex::new(None);
    let ids: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    submit_some(address, results, body, &next, &stop).unwrap_or_else(|error| {
                        stop.store(true, Ordering::Relaxed);
                        if let Ok(mut first) = first_error.lock() {
                            first.get_or_insert(error);
                        }
                        Vec::new()
                    })
                })
            })
            .collect();
        let mut progress = Progress::new("preload", results);
        let mut shown = 0;
        while clients.iter().any(|client| !client.is_finished()) {
            std::thread::sleep(Duration::from_millis(50));
            let done = next.load(Ordering::Relaxed).min(results);
            progress.advance(done - shown, "results");
            shown = done;
        }
        progress.finish();
        clients
            .into_iter()
            .filter_map(|client| client.join().ok())
            .collect()
    });
    if let Some(error) = first_error.into_inner().ok().flatten() {
        return Err(error.context("preload"));
    }
    #[allow(clippy::cast_precision_loss)] // a rate, shown without decimals
    let per_second = results as f64 / start.elapsed().as_secs_f64();
    Ok(Stored {
        ids: ids.into_iter().flatten().collect(),
        per_second,
    })
}

fn submit_some(
    address: &str,
    results: u64,
    body: &Body<'_>,
    next: &AtomicU64,
    stop: &AtomicBool,
) -> Result<Vec<u64>> {
    let agent = client::agent();
    let mut ids = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let first = next.fetch_add(PER_REQUEST, Ordering::Relaxed);
        if first >= results {
            break;
        }
        let bodies: Vec<Value> = (first..results.min(first + PER_REQUEST))
            .map(body)
            .collect();
        let stored = submit(address, &agent, bodies)?;
        let numbered = (first..).zip(&stored);
        for (_, result) in numbered.filter(|(index, _)| index.is_multiple_of(ONE_OF)) {
            let id = result.get("id").and_then(Value::as_u64);
            ids.push(id.context("a result has no `id`")?);
        }
    }
    Ok(ids)
}

/// Submits one result as an object, and several as a list.
fn submit(address: &str, agent: &Agent, mut bodies: Vec<Value>) -> Result<Vec<Value>> {
    let body = match bodies.len() {
        1 => bodies.remove(0),
        _ => Value::Array(bodies),
    };
    let request = Request::post("/api/v2.0/results", &body);
    let answer = client::expect_success(agent, address, &request)?;
    match serde_json::from_str(&answer).context("a result is no JSON")? {
        Value::Array(results) => Ok(results),
        result => Ok(vec![result]),
    }
}

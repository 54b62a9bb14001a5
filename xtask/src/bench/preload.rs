//! Fills the application over HTTP before anything is measured.

use super::client::{self, Request};
use super::data::Corpus;
use crate::progress::Progress;
use anyhow::{Context, Result};
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Clients that submit at the same time.
const CLIENTS: usize = 32;
/// Of so many results, one id is kept for reading it again.
const ONE_OF: u64 = 37;

/// What is stored.
pub struct Stored {
    /// Ids of some results.
    pub ids: Vec<u64>,
    /// Results per second.
    pub per_second: f64,
}

/// Submits every result of the corpus; an error as soon as one is refused.
pub fn submit_all(address: &str, corpus: &Corpus) -> Result<Stored> {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    // What goes wrong first is the cause; what the other clients see then are its effects.
    let first_error = Mutex::new(None);
    let ids: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    submit_some(address, corpus, &next, &stop).unwrap_or_else(|error| {
                        stop.store(true, Ordering::Relaxed);
                        if let Ok(mut first) = first_error.lock() {
                            first.get_or_insert(error);
                        }
                        Vec::new()
                    })
                })
            })
            .collect();
        let mut progress = Progress::new("preload", corpus.results);
        let mut shown = 0;
        while clients.iter().any(|client| !client.is_finished()) {
            std::thread::sleep(Duration::from_millis(50));
            let done = next.load(Ordering::Relaxed).min(corpus.results);
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
    let per_second = corpus.results as f64 / start.elapsed().as_secs_f64();
    Ok(Stored {
        ids: ids.into_iter().flatten().collect(),
        per_second,
    })
}

fn submit_some(
    address: &str,
    corpus: &Corpus,
    next: &AtomicU64,
    stop: &AtomicBool,
) -> Result<Vec<u64>> {
    let agent = client::agent();
    let mut ids = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= corpus.results {
            break;
        }
        let request = Request::post("/api/v2.0/results", &corpus.result(index));
        let answer = client::expect_success(&agent, address, &request)?;
        if index.is_multiple_of(ONE_OF) {
            let result: Value = serde_json::from_str(&answer).context("a result is no JSON")?;
            ids.push(
                result
                    .get("id")
                    .and_then(Value::as_u64)
                    .context("a result has no `id`")?,
            );
        }
    }
    Ok(ids)
}

//! The load generator: so many connections on one thread, each of which sends the next request as
//! soon as it has an answer. It takes down how long each took, until somebody collects that.

use super::super::client::{AUTHORIZATION, JSON};
use super::mix::{self, Kind, SHARES};
use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// How long one answer may take. It is longer than the application waits for its turn to write.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection rests after it broke.
const REST: Duration = Duration::from_millis(100);
/// The longest latency that is told apart from longer ones, in microseconds.
const LONGEST_US: u64 = 60_000_000;
/// Significant digits of a latency: one per cent.
const DIGITS: u8 = 2;

/// How many answers of a kind had a status; none is a connection that broke, or no answer in time.
pub type Counts = BTreeMap<(Kind, Option<u16>), u64>;

/// Latencies in microseconds.
pub type Latencies = Histogram<u64>;

/// Nothing measured yet.
pub fn no_latencies() -> Result<Latencies> {
    Histogram::new_with_bounds(1, LONGEST_US, DIGITS).context("no histogram")
}

/// What was answered since it was collected last.
pub struct Record {
    /// Answers by kind and status.
    pub counts: Counts,
    /// In the order of [`SHARES`].
    pub latencies: Vec<Latencies>,
}

impl Record {
    /// Nothing answered yet.
    pub fn new() -> Result<Self> {
        let latencies = SHARES
            .iter()
            .map(|_| no_latencies())
            .collect::<Result<_>>()?;
        Ok(Self {
            counts: Counts::new(),
            latencies,
        })
    }

    fn note(&mut self, kind: Kind, status: Option<u16>, took: Duration) {
        *self.counts.entry((kind, status)).or_default() += 1;
        let us = u64::try_from(took.as_micros()).unwrap_or(LONGEST_US);
        let mut kinds = SHARES.iter().zip(&mut self.latencies);
        if let Some((_, latencies)) = kinds.find(|((other, _), _)| *other == kind) {
            latencies.saturating_record(us);
        }
    }
}

/// A record that is written by the generator and collected by somebody else.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Record>>);

impl Shared {
    /// Nothing answered yet.
    pub fn new() -> Result<Self> {
        Ok(Self(Arc::new(Mutex::new(Record::new()?))))
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was answered since the last call.
    pub fn collect(&self) -> Result<Record> {
        let empty = Record::new()?;
        Ok(std::mem::replace(&mut *self.lock(), empty))
    }
}

/// What is sent where, and until when.
pub struct Load {
    /// Such as `127.0.0.1:41234`.
    pub address: String,
    /// Connections at the same time.
    pub connections: u32,
    /// Results that were stored before the first request.
    pub preloaded: u64,
    /// No request is sent after this.
    pub end: Instant,
}

/// Sends requests until the end and notes the answers.
pub fn run(load: Load, shared: &Shared) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime for the load")?;
    let load = Rc::new(load);
    let next = Rc::new(Cell::new(0));
    let local = LocalSet::new();
    for _ in 0..load.connections {
        local.spawn_local(keep_asking(load.clone(), next.clone(), shared.clone()));
    }
    // The tasks behind the connections end with them.
    runtime.block_on(local);
    Ok(())
}

type Sender = SendRequest<Full<Bytes>>;

async fn keep_asking(load: Rc<Load>, next: Rc<Cell<u64>>, shared: Shared) {
    let mut sender = None;
    while Instant::now() < load.end {
        let number = next.replace(next.get() + 1);
        let (kind, request) = mix::request(number, load.preloaded);
        let begin = Instant::now();
        let exchange = exchange(&load.address, &mut sender, &request);
        let status = match tokio::time::timeout(TIMEOUT, exchange).await {
            Ok(Ok(status)) => Some(status),
            Ok(Err(_)) | Err(_) => None,
        };
        shared.lock().note(kind, status, begin.elapsed());
        if status.is_none() {
            sender = None;
            tokio::time::sleep(REST).await;
        }
    }
}

/// Sends one request, on a new connection if there is none, and reads its answer to the end.
async fn exchange(
    address: &str,
    sender: &mut Option<Sender>,
    request: &super::super::client::Request,
) -> Result<u16> {
    let sender = match sender {
        Some(sender) => sender,
        none => none.insert(connect(address).await?),
    };
    sender.ready().await?;
    let head = hyper::Request::builder()
        .uri(&request.path)
        .header("host", address);
    let request = match &request.body {
        None => head.body(Full::default()),
        Some(body) => head
            .method("POST")
            .header("content-type", JSON)
            .header("authorization", AUTHORIZATION)
            .body(Full::from(body.clone())),
    };
    let answer = sender.send_request(request?).await?;
    let status = answer.status().as_u16();
    let mut body = answer.into_body();
    while let Some(frame) = body.frame().await {
        frame?;
    }
    Ok(status)
}

async fn connect(address: &str) -> Result<Sender> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // How it ends is what the sender is told, too.
    tokio::task::spawn_local(async { drop(connection.await) });
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A server that answers every request of its first connection with 201 and ends the others.
    fn server() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let mut first = listener.accept().unwrap().0;
            std::thread::spawn(move || while listener.accept().is_ok() {});
            let mut buffer = [0; 65536];
            // Requests are small and come one by one, in one piece or two: head and body.
            while first.read(&mut buffer).is_ok_and(|bytes| bytes > 0) {
                let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}";
                if first.write_all(answer).is_err() {
                    break;
                }
            }
        });
        address
    }

    #[test]
    fn answers_and_broken_connections_are_counted() {
        let shared = Shared::new().unwrap();
        let load = Load {
            address: server(),
            connections: 2,
            preloaded: 100,
            end: Instant::now() + Duration::from_millis(300),
        };
        run(load, &shared).unwrap();
        let record = shared.collect().unwrap();
        let count = |wanted: Option<u16>| {
            let counts = record.counts.iter();
            let counts = counts.filter(|((_, status), _)| *status == wanted);
            counts.map(|(_, count)| count).sum::<u64>()
        };
        assert!(count(Some(201)) > 10, "{:?}", record.counts);
        assert!(count(None) > 0, "{:?}", record.counts);
        let noted: u64 = record.latencies.iter().map(Histogram::len).sum();
        assert_eq!(noted, record.counts.values().sum::<u64>());
        assert!(shared.collect().unwrap().counts.is_empty());
    }
}

//! From a WASI request to `http-edge` and back.
//!
//! The raw WASI types are used, as every other HTTP object costs more than a database query.

use http_edge::{Error, Reply, Request, Result, body};
use spin_sdk::http::{IntoResponse, next};
use spin_sdk::wasip3::http::types::{self, ErrorCode, Fields, Method};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};
use spin_sdk::wit_bindgen::{StreamResult, StreamWriter};
use std::pin::Pin;
use std::time::{SystemTime, UNIX_EPOCH};

const CHUNK_BYTES: usize = 64 * 1024;

/// How much of a body that is too large is read and thrown away before the answer, so that a
/// client which is still sending gets to read it.
const MAX_DISCARDED_BYTES: usize = 64 * 1024 * 1024;

/// A request whose body has not been read.
pub struct Incoming {
    /// Everything but the body.
    pub request: Request,
    message: types::Request,
}

impl Incoming {
    /// Reads the head of a request.
    #[must_use]
    pub fn new(message: types::Request) -> Self {
        let target = message.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let headers = message.get_headers().copy_all();
        let mut request = Request {
            method: method_name(message.get_method()),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::with_capacity(headers.len() + 1),
            body: Vec::new(),
        };
        for (name, value) in headers {
            request
                .headers
                .push((name, String::from_utf8_lossy(&value).into_owned()));
        }
        if let (None, Some(host)) = (request.header("host"), message.get_authority()) {
            request.headers.push(("host".to_owned(), host));
        }
        Self { request, message }
    }

    /// The request with its body.
    ///
    /// # Errors
    /// 413 if the body is larger than `limit` bytes, 400 if it breaks off.
    pub async fn with_body(self, limit: usize) -> Result<Request> {
        let mut request = self.request;
        let announced: Option<usize> = request
            .header("content-length")
            .and_then(|length| length.parse().ok());
        let (done, is_done) = wit_future::new(|| Ok(()));
        let (mut stream, trailers) = types::Request::consume_body(self.message, is_done);
        // A large body that grew by doubling would be in memory three times on the way.
        let mut body = Vec::with_capacity(announced.filter(|length| *length <= limit).unwrap_or(0));
        let mut received = 0;
        // A body of announced length ends with its last byte; another one when the stream does.
        while announced != Some(received) {
            let wanted = announced.map_or(CHUNK_BYTES, |length| length.saturating_sub(received));
            let buffer = Vec::with_capacity(wanted.clamp(1, CHUNK_BYTES));
            let (result, chunk) = stream.read(buffer).await;
            received += chunk.len();
            if received <= limit {
                body.extend_from_slice(&chunk);
            }
            if received > limit.saturating_add(MAX_DISCARDED_BYTES) {
                return Err(body::too_large(limit));
            }
            if !matches!(result, StreamResult::Complete(_)) {
                drop(stream);
                let broken = |error| Error::bad_request(&format!("The body broke off: {error}"));
                trailers.await.map_err(broken)?;
                break;
            }
        }
        drop(done);
        if received > limit {
            return Err(body::too_large(limit));
        }
        request.body = body;
        Ok(request)
    }
}

fn method_name(method: Method) -> String {
    match method {
        Method::Get => "GET".to_owned(),
        Method::Head => "HEAD".to_owned(),
        Method::Post => "POST".to_owned(),
        Method::Put => "PUT".to_owned(),
        Method::Delete => "DELETE".to_owned(),
        Method::Connect => "CONNECT".to_owned(),
        Method::Options => "OPTIONS".to_owned(),
        Method::Trace => "TRACE".to_owned(),
        Method::Patch => "PATCH".to_owned(),
        Method::Other(name) => name,
    }
}

/// Whether the request has this method.
#[must_use]
pub fn is_method(request: &types::Request, name: &str) -> bool {
    method_name(request.get_method()) == name
}

/// Hands a request on to the component behind this one, untouched, and returns its answer.
///
/// # Errors
/// What the component behind returns.
pub async fn pass_on(request: types::Request) -> std::result::Result<types::Response, ErrorCode> {
    next(request).await?.into_response()
}

/// What the client is told of an error. What is for the log goes to standard error, once.
#[must_use]
pub fn told(error: Error) -> Reply {
    let (reply, log) = error.into_reply();
    if let Some(log) = log {
        http_edge::log::line(&format!("error: {log}"));
    }
    reply
}

/// What leaves: a reply with its whole body, or one whose body is written while it is read.
pub enum Answer {
    /// Everything is there.
    Whole(Reply),
    /// Status and headers are there.
    Streamed(Reply, Writing),
    /// Everything is there, and when it has left something is to be done that no client waits for.
    Followed(Reply, Work),
}

/// What is done when an answer has left. It may be cut off at any time.
pub type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Writes a body, from when the head has left.
pub type Writing = Box<dyn FnOnce(BodyWriter) -> Pin<Box<dyn Future<Output = ()>>>>;

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Whole(reply)
    }
}

impl Answer {
    /// The head of a reply, whose own body does not count, and what writes the body.
    pub fn streamed<W: Future<Output = ()> + 'static>(
        head: Reply,
        write: impl FnOnce(BodyWriter) -> W + 'static,
    ) -> Self {
        Self::Streamed(head, Box::new(|body| Box::pin(write(body))))
    }
}

/// Where a body is written to.
pub struct BodyWriter(StreamWriter<u8>);

/// Nobody reads any longer.
#[derive(Debug)]
pub struct Gone;

impl BodyWriter {
    /// Sends a part of the body, and returns when it has been taken.
    ///
    /// # Errors
    /// When the client has gone; what writes should end.
    pub async fn write(&mut self, part: Vec<u8>) -> std::result::Result<(), Gone> {
        match self.0.write_all(part).await.is_empty() {
            true => Ok(()),
            false => Err(Gone),
        }
    }
}

/// The WASI response for an answer. What is for the log goes to standard error, once.
///
/// # Errors
/// When the host refuses a header, which only a defect of ours can cause.
pub fn respond<A: Into<Answer>>(
    answer: Result<A>,
) -> std::result::Result<types::Response, ErrorCode> {
    let ((reply, body), work) = match answer.map(Into::into) {
        Ok(Answer::Streamed(head, write)) => ((head, Body::Written(write)), None),
        Ok(Answer::Whole(reply)) => (whole(reply), None),
        Ok(Answer::Followed(reply, work)) => (whole(reply), Some(work)),
        Err(error) => (whole(told(error)), None),
    };
    let mut headers: Vec<(String, Vec<u8>)> = reply
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into_bytes()))
        .collect();
    if let Body::Whole(body) = &body {
        let length = body.len().to_string();
        headers.push(("content-length".to_owned(), length.into_bytes()));
    }
    let fields = Fields::from_list(&headers)
        .map_err(|error| ErrorCode::InternalError(Some(error.to_string())))?;
    let (trailers_writer, trailers) = wit_future::new(|| Ok(None));
    let (writer, contents) = wit_stream::new();
    let (response, _sent) = types::Response::new(fields, Some(contents), trailers);
    response
        .set_status_code(reply.status)
        .map_err(|()| ErrorCode::InternalError(Some(format!("status {}", reply.status))))?;
    spawn(async move {
        let mut writer = BodyWriter(writer);
        match body {
            Body::Whole(body) => {
                // What is left over belongs to a client that has gone.
                let _ = writer.write(body).await;
                drop(writer);
            }
            Body::Written(write) => write(writer).await,
        }
        drop(trailers_writer);
        if let Some(work) = work {
            work.await;
        }
    });
    Ok(response)
}

/// A body on its way out. Most are there as a whole and cost no box.
enum Body {
    Whole(Vec<u8>),
    Written(Writing),
}

/// A reply apart from its body.
fn whole(mut reply: Reply) -> (Reply, Body) {
    let body = std::mem::take(&mut reply.body);
    (reply, Body::Whole(body))
}

/// The time now, in microseconds since the epoch.
#[must_use]
pub fn now_us() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| {
            i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
        })
}

//! One HTTP request and its answer, within limits.
//!
//! The raw WASI types are used: every other HTTP object makes a component larger. Nothing is tried
//! again here and no redirect is followed.

use spin_sdk::http::Uri;
use spin_sdk::wasip3::http::client;
pub use spin_sdk::wasip3::http::types::Method;
use spin_sdk::wasip3::http::types::{ErrorCode, Fields, Request, RequestOptions, Response, Scheme};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};
use spin_sdk::wit_bindgen::StreamResult;
use std::fmt;
use std::time::{Duration, Instant};

const CHUNK_BYTES: usize = 16 * 1024;

/// How long an answer may take and how large it may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection.
    pub connect: Duration,
    /// Until the answer begins, and between two parts of it.
    pub patience: Duration,
    /// For the body as a whole.
    pub body: Duration,
    /// The largest body, in bytes.
    pub max_bytes: usize,
}

/// An answer, of whatever status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Names are in lower case.
    pub headers: Vec<(String, String)>,
    /// At most as large as the limits allow; cut off there if the status is no success.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of this name (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(key, _)| key == name);
        named.next().map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer. Its `Display` begins in lower case and names no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The text is no address with http:// or https://.
    NoAddress,
    /// The host does not let the component call this address.
    Denied,
    /// No connection in time.
    ConnectTimeout,
    /// A connection, but no answer in time, or not all of it.
    Timeout,
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// Anything else: no connection, a connection that breaks off.
    Broken(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => out.write_str("is no address"),
            Self::Denied => {
                out.write_str("the address may not be called (`allowed_outbound_hosts`)")
            }
            Self::ConnectTimeout => out.write_str("the connection takes too long"),
            Self::Timeout => out.write_str("the answer takes too long"),
            Self::TooLarge(bytes) => write!(out, "the answer is larger than {bytes} bytes"),
            Self::Broken(reason) => out.write_str(reason),
        }
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::HttpRequestDenied => Self::Denied,
            ErrorCode::ConnectionTimeout | ErrorCode::DnsTimeout => Self::ConnectTimeout,
            ErrorCode::ConnectionReadTimeout
            | ErrorCode::ConnectionWriteTimeout
            | ErrorCode::HttpResponseTimeout => Self::Timeout,
            other => Self::Broken(other.to_string()),
        }
    }
}

/// Sends a request and reads the whole answer.
///
/// # Errors
/// Why there is none.
pub async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
    limits: &Limits,
) -> Result<Answer, Failure> {
    let request = request(method, url, headers, body, limits)?;
    let response = client::send(request).await?;
    read(response, limits).await
}

fn request(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
    limits: &Limits,
) -> Result<Request, Failure> {
    let url: Uri = url.parse().map_err(|_| Failure::NoAddress)?;
    let scheme = match url.scheme_str() {
        Some("https") => Scheme::Https,
        Some("http") => Scheme::Http,
        _ => return Err(Failure::NoAddress),
    };
    let options = RequestOptions::new();
    let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).ok();
    // A host that does not know a limit has one of its own.
    let _ = options.set_connect_timeout(nanoseconds(limits.connect));
    let _ = options.set_first_byte_timeout(nanoseconds(limits.patience));
    let _ = options.set_between_bytes_timeout(nanoseconds(limits.patience));
    let headers: Vec<(String, Vec<u8>)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect();
    let fields = Fields::from_list(&headers).map_err(|error| Failure::Broken(error.to_string()))?;
    let (trailers_writer, trailers) = wit_future::new(|| Ok(None));
    let (mut writer, contents) = wit_stream::new();
    let contents = (!body.is_empty()).then_some(contents);
    let (request, _sent) = Request::new(fields, contents, trailers, Some(options));
    let target = url
        .path_and_query()
        .map(|target| target.as_str().to_owned());
    let authority = url
        .authority()
        .map(|authority| authority.as_str().to_owned());
    let set = request.set_method(&method).is_ok()
        && request.set_scheme(Some(&scheme)).is_ok()
        && request.set_authority(authority.as_deref()).is_ok()
        && request.set_path_with_query(target.as_deref()).is_ok();
    if !set {
        return Err(Failure::NoAddress);
    }
    spawn(async move {
        if !body.is_empty() {
            // What is left over shows in the answer.
            let _ = writer.write_all(body).await;
        }
        drop(writer);
        drop(trailers_writer);
    });
    Ok(request)
}

async fn read(response: Response, limits: &Limits) -> Result<Answer, Failure> {
    let status = response.get_status_code();
    let headers = response.get_headers().copy_all();
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
        .collect();
    let start = Instant::now();
    let (done, is_done) = wit_future::new(|| Ok(()));
    let (mut stream, trailers) = Response::consume_body(response, is_done);
    let mut body = Vec::new();
    loop {
        let (result, chunk) = stream.read(Vec::with_capacity(CHUNK_BYTES)).await;
        body.extend_from_slice(&chunk);
        if body.len() > limits.max_bytes {
            if (200..300).contains(&status) {
                return Err(Failure::TooLarge(limits.max_bytes));
            }
            // The status says all; of a long page about it the beginning is enough.
            body.truncate(limits.max_bytes);
            return Ok(Answer {
                status,
                headers,
                body,
            });
        }
        if !matches!(result, StreamResult::Complete(_)) {
            break;
        }
        if start.elapsed() >= limits.body {
            return Err(Failure::Timeout);
        }
    }
    drop(stream);
    // Without this a body that broke off would look like a shorter one.
    trailers.await?;
    drop(done);
    Ok(Answer {
        status,
        headers,
        body,
    })
}

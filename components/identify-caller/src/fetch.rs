//! Requests to the issuer: JSON back, within limits.

use serde_json::Value;
use spin_sdk::http::Uri;
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{Fields, Method, Request, RequestOptions, Response, Scheme};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};
use spin_sdk::wit_bindgen::StreamResult;
use std::time::Instant;

/// How long the issuer may take to be connected, to begin its answer and between two parts of it,
/// in nanoseconds: 3 s.
const PATIENCE_NS: u64 = 3_000_000_000;
/// How long an answer may take as a whole, in seconds.
const MAX_ANSWER_S: u64 = 8;
/// The largest answer.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
const CHUNK_BYTES: usize = 16 * 1024;

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
    let url: Uri = url.parse().map_err(|_| "is no address".to_owned())?;
    let scheme = match url.scheme_str() {
        Some("https") => Scheme::Https,
        Some("http") => Scheme::Http,
        _ => return Err("is no address".to_owned()),
    };
    let options = RequestOptions::new();
    // A host that does not know a limit has one of its own.
    let _ = options.set_connect_timeout(Some(PATIENCE_NS));
    let _ = options.set_first_byte_timeout(Some(PATIENCE_NS));
    let _ = options.set_between_bytes_timeout(Some(PATIENCE_NS));
    let headers: Vec<(String, Vec<u8>)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect();
    let fields = Fields::from_list(&headers).map_err(|error| error.to_string())?;
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
        return Err("is no address".to_owned());
    }
    spawn(async move {
        if !body.is_empty() {
            // What is left over shows in the answer.
            let _ = writer.write_all(body).await;
        }
        drop(writer);
        drop(trailers_writer);
    });
    let response = client::send(request).await;
    read(response.map_err(|error| error.to_string())?).await
}

async fn read(response: Response) -> Result<Value, String> {
    let status = response.get_status_code();
    if status != 200 {
        return Err(format!("answered {status}"));
    }
    let start = Instant::now();
    let (done, is_done) = wit_future::new(|| Ok(()));
    let (mut stream, _trailers) = Response::consume_body(response, is_done);
    let mut body = Vec::new();
    loop {
        let (result, chunk) = stream.read(Vec::with_capacity(CHUNK_BYTES)).await;
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(format!(
                "the answer is larger than {MAX_ANSWER_BYTES} bytes"
            ));
        }
        if !matches!(result, StreamResult::Complete(_)) {
            break;
        }
        if start.elapsed().as_secs() >= MAX_ANSWER_S {
            return Err(format!("the answer takes longer than {MAX_ANSWER_S} s"));
        }
    }
    drop(done);
    serde_json::from_slice(&body).map_err(|error| format!("the answer is no JSON: {error}"))
}

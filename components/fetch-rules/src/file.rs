//! Files of remote rules, by their URLs.

use crate::ask::{Question, ask};
use crate::call::Call;
use crate::failure::Failure;
use crate::kept::File;
use crate::{once, redirect};
use outbound::client::{self, Answer, Method};

/// The largest file, in bytes: 256 KiB, a hundred times what packages have.
pub const MAX_FILE_BYTES: usize = 256 * 1024;
/// How many redirects are followed for one file.
const MAX_REDIRECTS: usize = 5;
/// How much of a failing server's answer is told, in characters.
const MAX_TOLD: usize = 500;

/// The file of a URL.
///
/// # Errors
/// When it can't be told whether there is one.
pub async fn get(call: &Call, url: &str) -> Result<File, Failure> {
    once::get(call, &call.files, "rule-file", url, async |old| {
        fetch(call, url, old).await
    })
    .await
}

async fn fetch(call: &Call, url: &str, old: Option<&File>) -> Result<File, Failure> {
    let etag = match old {
        Some(File::Found { etag, .. }) => etag.as_deref(),
        _ => None,
    };
    let mut target = url.to_owned();
    for _ in 0..=MAX_REDIRECTS {
        let question = Question {
            method: Method::Get,
            url: &target,
            headers: etag
                .map(|etag| ("if-none-match", etag))
                .into_iter()
                .collect(),
            body: "",
            max_bytes: MAX_FILE_BYTES,
        };
        let answer = match ask(call, &question).await {
            Ok(answer) => answer,
            Err(client::Failure::TooLarge(_)) => return Ok(File::TooLarge),
            Err(failure) => return Err(broken(url, &failure)),
        };
        match (answer.status, answer.header("location"), old) {
            (200..=299, ..) => return Ok(found(answer)),
            (304, _, Some(old)) if etag.is_some() => return Ok(old.clone()),
            (404, ..) => return Ok(File::Missing),
            (301 | 302 | 303 | 307 | 308, Some(location), _) => {
                target = redirect::target(&target, location)
                    .map_err(|reason| unexpected(answer.status, url, &reason))?;
            }
            (status, ..) => {
                let body = String::from_utf8_lossy(&answer.body);
                let told: String = body.chars().take(MAX_TOLD).collect();
                return Err(unexpected(status, url, &told));
            }
        }
    }
    let reason = format!("there are more than {MAX_REDIRECTS} redirects");
    Err(unexpected(302, url, &reason))
}

fn found(answer: Answer) -> File {
    File::Found {
        etag: answer.header("etag").map(str::to_owned),
        text: String::from_utf8(answer.body).ok(),
    }
}

/// Greenwave takes a connection that fails for an answer with 502, one that takes too long for 504.
fn broken(url: &str, failure: &client::Failure) -> Failure {
    match failure {
        client::Failure::Denied => Failure::Upstream(format!(
            "Error connecting to upstream server: {url}: {failure}"
        )),
        client::Failure::ConnectTimeout | client::Failure::Timeout => {
            unexpected(504, url, &failure.to_string())
        }
        _ => unexpected(502, url, &failure.to_string()),
    }
}

fn unexpected(status: u16, url: &str, body: &str) -> Failure {
    Failure::Upstream(format!(
        "Got unexpected status code {status} for {url}: {body}"
    ))
}

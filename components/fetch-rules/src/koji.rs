//! Koji's word on builds.

use crate::ask::{Question, ask};
use crate::build::Build;
use crate::call::Call;
use crate::failure::Failure;
use crate::kept::Known;
use crate::once;
use crate::xml_rpc::{self, Answer};
use outbound::client::{self, Method};

/// The largest answer, in bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// What the Koji at `url` says of a build; none if it does not know it.
///
/// # Errors
/// When it can't be asked.
pub async fn build(call: &Call, url: &str, nvr: &str) -> Result<Known, Failure> {
    let name = format!("{url} {nvr}");
    once::get(
        call,
        &call.builds,
        "koji-build",
        &name,
        async |_: Option<&Known>| get_build(call, url, nvr).await,
    )
    .await
}

async fn get_build(call: &Call, url: &str, nvr: &str) -> Result<Known, Failure> {
    let question = Question {
        method: Method::Post,
        url,
        headers: vec![("content-type", "text/xml")],
        body: &xml_rpc::call("getBuild", nvr),
        max_bytes: MAX_ANSWER_BYTES,
    };
    let failed = |reason: String| {
        Failure::Upstream(format!(
            "Error connecting to upstream server: Koji at {url}: {reason}"
        ))
    };
    let answer = ask(call, &question)
        .await
        .map_err(|failure| match failure {
            client::Failure::ConnectTimeout | client::Failure::Timeout => Failure::TimedOut(
                format!("Timeout connecting to upstream server: Koji at {url}: {failure}"),
            ),
            other => failed(other.to_string()),
        })?;
    if answer.status != 200 {
        return Err(failed(format!("it answered {}", answer.status)));
    }
    let text = String::from_utf8_lossy(&answer.body);
    let read = xml_rpc::answer(&text);
    match read.map_err(|reason| failed(format!("its answer can't be read: {reason}")))? {
        Answer::Result(result) => Ok(Build::read(&result)),
        Answer::Fault { code, message } => Err(Failure::Upstream(format!(
            "Failed to get Koji build for \"{nvr}\": {message} (code: {code})"
        ))),
    }
}

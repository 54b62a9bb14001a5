//! `GET /healthcheck` and `GET /api/v2.0/healthcheck`: whether the store answers.

use endpoint::Incoming;
use endpoint::gates::strictly_over_https;
use endpoint::serve::told;
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Request, Result};

endpoint::store!("check-health");

const WELL: &str = "Health check OK";
const UNWELL: &str = "Unable to communicate with database";
/// Seconds after which it may be asked again.
const COME_BACK_S: &str = "1";

endpoint::serve!(check);

async fn check(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    match is_of_results(&request) {
        true => answer(&request),
        false => Ok(strictly_over_https(answer(&request).unwrap_or_else(told))),
    }
}

fn is_of_results(request: &Request) -> bool {
    request.path.starts_with("/api/v2.0/")
}

fn answer(request: &Request) -> Result<Reply> {
    request.require_no_final_slash()?;
    method::allow(request, &["GET"], Style::Html)?;
    if let Err(error) = store::health::check() {
        // The cause is logged like every failure of the store; what is told are ResultsDB's words.
        let _ = told(Error::from(error));
        return Ok(Reply::message(503, UNWELL).with_header("retry-after", COME_BACK_S));
    }
    // ResultsDB answers JSON, WaiverDB and Greenwave text.
    Ok(match is_of_results(request) {
        true => Reply::message(200, WELL),
        false => Reply::text(200, WELL),
    })
}

//! `GET /healthcheck` and `GET /api/v2.0/healthcheck`: whether the store answers.

use endpoint::{Incoming, records};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

endpoint::store!("check-health");

const WELL: &str = "Health check OK";

endpoint::serve!(check);

async fn check(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    request.require_no_final_slash()?;
    method::allow(&request, &["GET"], Style::Html)?;
    if let Err(records::Error::Unavailable(text) | records::Error::Denied(text)) =
        store::health::check()
    {
        eprintln!("error: store: {text}");
        return Err(Error::message(503, "Unable to communicate with database"));
    }
    // ResultsDB answers JSON, WaiverDB and Greenwave text.
    Ok(match request.path.starts_with("/api/v2.0/") {
        true => Reply::message(200, WELL),
        false => Reply::text(200, WELL),
    })
}

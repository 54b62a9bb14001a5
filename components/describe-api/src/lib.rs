//! `GET /openapi.json`: the OpenAPI document of every route. `crates/openapi` makes the text, and a
//! test there keeps it current.

use endpoint::Incoming;
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

const DOCUMENT: &str = include_str!("../openapi.json");

endpoint::serve!(describe);

async fn describe(incoming: Incoming) -> Result<Reply> {
    // Any page may read it, so that documentation can be shown by another site.
    let reply = match answer(&incoming) {
        Ok(reply) | Err(Error::Client(reply)) => reply,
        Err(other) => return Err(other),
    };
    Ok(reply.with_header("access-control-allow-origin", "*"))
}

fn answer(incoming: &Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["GET"], Style::Json)?;
    Ok(Reply::new(200, "application/json", DOCUMENT))
}

//! `POST /api/v1.0/validate-gating-yaml`: is this text a `gating.yaml` that gates would take?
//!
//! The text is the whole body, whatever its media type says. Nothing is stored and nothing is decided.

use endpoint::Incoming;
use endpoint::gates::GateAnswers;
use endpoint::policies::policies;
use gate::load::remote::MAX_BYTES;
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};

/// What the client is told of a body that is no UTF-8.
const NO_TEXT: &str =
    "The file is no text in UTF-8. Please save it as UTF-8, which every YAML file may be.";

endpoint::serve!(validate);

async fn validate(incoming: Incoming) -> Result<Reply> {
    let answers = GateAnswers::of(&incoming.request).await?;
    Ok(answers.finish(answer(incoming).await))
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BYTES).await?;
    let text = std::str::from_utf8(&request.body).map_err(|_| Error::bad_request(NO_TEXT))?;
    match gate::validate_gating_yaml(text, &policies()?.set) {
        Ok(message) => Ok(Reply::message(200, &message)),
        Err(message) => Err(Error::bad_request(&message)),
    }
}

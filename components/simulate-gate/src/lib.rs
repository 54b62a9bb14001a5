//! `POST /api/v1/simulate`: which gates would other policies open and close?
//!
//! Every subject is decided by the policies in force and by a draft, from the same records. Flips and
//! progress leave line by line while it goes on, the sums at the end. It only reads: nothing of the
//! draft is kept.

mod batch;
mod draft;
mod lines;
mod run;
mod subjects;

use endpoint::gates::{GateAnswers, question};
use endpoint::serve::Answer;
use endpoint::{Incoming, now_us, policies};
use gate::simulate::body::Simulation;
use http_edge::body::MAX_BODY_BYTES;
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};
use run::Run;
use std::time::Instant;

endpoint::store!("simulate-gate");

endpoint::gate_reads!();

endpoint::serve!(simulate);

async fn simulate(incoming: Incoming) -> Result<Answer> {
    let answers = GateAnswers::of(&incoming.request).await?;
    Ok(match prepare(incoming).await {
        Ok(run) => {
            let head = answers.finish(Ok(Reply::new(200, lines::MEDIA_TYPE, "")));
            Answer::streamed(head, |body| run.into_lines(body))
        }
        Err(error) => answers.finish(Err(error)).into(),
    })
}

/// All that can be wrong with the request is said before the answer begins.
async fn prepare(incoming: Incoming) -> Result<Run> {
    let started = Instant::now();
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let now_us = now_us();
    let asked = Simulation::from_json(question::json(&request)?, now_us)
        .map_err(|text| Error::bad_request(&text))?;
    let in_force = policies::policies()?;
    let draft = draft::load(&asked.draft, &in_force)?;
    Ok(Run {
        asked,
        in_force,
        draft,
        started,
        now_us,
    })
}

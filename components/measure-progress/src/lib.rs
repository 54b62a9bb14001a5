//! `POST /api/v1/progress`: how far have these subjects come? `GET` is the same by a query, for one
//! subject or several of one type, so that a page can link to it or show it as an image.
//!
//! It is decided as the decision is, from the same trace. The answer leaves as JSON, as a page with
//! bars or as a badge.

mod form;

use endpoint::Incoming;
use endpoint::gates::query::{self, Subjects};
use endpoint::gates::question::{self, Question};
use endpoint::gates::{GateAnswers, read, remote};
use form::Form;
use gate::GateConfig;
use gate::progress::Progress;
use http_edge::body::MAX_BODY_BYTES;
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Reply, Result};

endpoint::store!("measure-progress");

/// Where the application begins, seen from the page.
const TOP: &str = "../../";

endpoint::gate_policies!();
endpoint::gate_reads!();

endpoint::serve!(measure);

async fn measure(incoming: Incoming) -> Result<Reply> {
    let answers = GateAnswers::of(&incoming.request).await?;
    Ok(answers.finish(answer(incoming).await))
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["GET", "POST"], Style::Json)?;
    let query = Query::parse(&incoming.request.query);
    let form = Form::of(&incoming.request, &query)?;
    let json = match incoming.request.method.as_str() {
        "POST" => question::json(&incoming.with_body(MAX_BODY_BYTES).await?)?,
        _ => query::json(&query, Subjects::Several, &[form::PARAMETER])?,
    };
    let question = Question::of(&json, &POLICIES)?;
    let mut progress = progress(&question).await?;
    progress.policy_revision = Some(question.policies.revision().to_owned());
    match form {
        Form::Json => Ok(Reply::json(200, &progress)?),
        Form::Page => Ok(pages::progress::page(&progress, TOP)),
        Form::Badge => Ok(pages::progress::badge(&progress)),
    }
}

async fn progress(question: &Question) -> Result<Progress> {
    let config = GateConfig::default();
    let plan = remote::plan(&question.policies.set, &config, &question.asked).await?;
    let results = READS.results(&plan)?;
    let evaluation = read::evaluate(plan, &results)?;
    let waivers = READS.waivers(&evaluation)?;
    Ok(evaluation.settle(&waivers.for_gate).progress())
}

//! `POST /api/v1/explain`: why a gate is open or closed, and what would open it. `GET` is the same for
//! one subject, by a query, so that an explanation has a URL.
//!
//! The explanation is made from the trace that the decision is made from. It leaves as JSON, as text
//! for a terminal or as a page, whichever the request accepts.

use endpoint::Incoming;
use endpoint::gates::query::{self, Subjects};
use endpoint::gates::question::{self, Question, refused};
use endpoint::gates::{GateAnswers, read, remote};
use gate::{Explanation, GateConfig};
use http_edge::body::MAX_BODY_BYTES;
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Reply, Request, Result};

endpoint::store!("explain-gate");

/// Where the application begins, seen from the page.
const TOP: &str = "../../";

endpoint::gate_policies!();
endpoint::gate_reads!();

endpoint::serve!(explain);

async fn explain(incoming: Incoming) -> Result<Reply> {
    let answers = GateAnswers::of(&incoming.request).await?;
    Ok(answers.finish(answer(incoming).await))
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["GET", "POST"], Style::Json)?;
    let (request, json) = match incoming.request.method.as_str() {
        "POST" => {
            let request = incoming.with_body(MAX_BODY_BYTES).await?;
            let json = question::json(&request)?;
            (request, json)
        }
        _ => {
            let request = incoming.request;
            let json = query::json(&Query::parse(&request.query), Subjects::One, &[])?;
            (request, json)
        }
    };
    let question = Question::of(&json, &POLICIES)?;
    let mut explanation = explanation(&question).await?;
    explanation.policy_revision = Some(question.policies.revision().to_owned());
    shown(&request, &explanation)
}

async fn explanation(question: &Question) -> Result<Explanation> {
    question.asked.check_explainable().map_err(refused)?;
    let config = GateConfig::default();
    let plan = remote::plan_anyway(&question.policies.set, &config, &question.asked).await?;
    let results = READS.results_to_explain(&plan)?;
    let evaluation = read::evaluate(plan, &results)?;
    let waivers = READS.waivers_to_explain(&evaluation)?;
    Ok(evaluation.settle(&waivers).explain())
}

/// The explanation in the form that the request accepts; JSON if it names none.
fn shown(request: &Request, explanation: &Explanation) -> Result<Reply> {
    if request.accepts("text/html") {
        return Ok(pages::explanation::page(explanation, TOP));
    }
    let status = explanation.refusal.as_ref().map_or(200, |one| one.status);
    if request.accepts("text/plain") {
        return Ok(Reply::text(status, &explanation.to_string()));
    }
    Ok(Reply::json(status, explanation)?)
}

//! `POST /api/v1.0/decision`: may this go on?
//!
//! The gate itself is `crates/gate`. This component brings it what it asks for: at most one read of
//! results and one of waivers, however many rules there are.

use endpoint::gates::question::{self, Question};
use endpoint::gates::read::{self, Both};
use endpoint::gates::{GateAnswers, remote};
use endpoint::records::{TestResult, Waiver};
use endpoint::results::wire::ResultJson;
use endpoint::waivers::wire::WaiverJson;
use endpoint::{Incoming, settings};
use gate::{Decision, GateConfig};
use http_edge::body::MAX_BODY_BYTES;
use http_edge::method::{self, Style};
use http_edge::{Reply, Result};
use std::collections::BTreeMap;

endpoint::store!("evaluate-gate");

endpoint::gate_policies!();
endpoint::gate_reads!();

endpoint::serve!(decide);

async fn decide(incoming: Incoming) -> Result<Reply> {
    let answers = GateAnswers::of(&incoming.request).await?;
    Ok(answers.finish(answer(incoming).await))
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let question = Question::of(&question::json(&request)?, &POLICIES)?;
    let config = GateConfig::default();
    let plan = remote::plan(&question.policies.set, &config, &question.asked).await?;
    let results = match question.asked.verbose {
        true => READS.results_to_show(&plan)?,
        false => Both {
            stored: Vec::new(),
            for_gate: READS.results(&plan)?,
        },
    };
    let evaluation = read::evaluate(plan, &results.for_gate)?;
    let waivers = READS.waivers(&evaluation)?;
    let decision = evaluation.apply_waivers(&waivers.for_gate);
    if !question.asked.verbose {
        return Ok(Reply::json(200, &decision)?);
    }
    let base = settings::base_url(&request).await?;
    let revision = question.policies.revision();
    verbose(&decision, &results.stored, &waivers.stored, revision, &base)
}

/// The decision with the results and waivers that it looked at.
fn verbose(
    decision: &Decision,
    results: &[TestResult],
    waivers: &[Waiver],
    policy_revision: &str,
    base: &str,
) -> Result<Reply> {
    let results: BTreeMap<u64, &TestResult> =
        results.iter().map(|result| (result.id, result)).collect();
    let waivers: BTreeMap<u64, &Waiver> =
        waivers.iter().map(|waiver| (waiver.id, waiver)).collect();
    let mut result_views = Vec::new();
    for id in decision.result_ids.iter().flatten() {
        if let Some(result) = u64::try_from(*id).ok().and_then(|id| results.get(&id)) {
            result_views.push(ResultJson::new(result, base)?);
        }
    }
    let mut waiver_views = Vec::new();
    for id in decision.waiver_ids.iter().flatten() {
        if let Some(waiver) = u64::try_from(*id).ok().and_then(|id| waivers.get(&id)) {
            // By way of a JSON value, whose keys are sorted as in the rest of the answer.
            waiver_views.push(serde_json::to_value(WaiverJson::new(waiver))?);
        }
    }
    Ok(Reply::json(
        200,
        &decision.verbose(&result_views, &waiver_views, policy_revision),
    )?)
}

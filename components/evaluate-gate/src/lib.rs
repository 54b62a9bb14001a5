//! `POST /api/v1.0/decision`: may this go on?
//!
//! The gate itself is `crates/gate`. This component brings it what it asks for: at most one read of
//! results and one of waivers, however many rules there are.

mod reads;

use endpoint::gates::{GateAnswers, remote};
use endpoint::policies::policies;
use endpoint::records::{Page, Selection, TestResult, Waiver};
use endpoint::results::wire::ResultJson;
use endpoint::waivers::wire::WaiverJson;
use endpoint::{Incoming, settings};
use gate::{Decision, DecisionRequest, GateConfig, Plan};
use http_edge::body::{self, MAX_BODY_BYTES};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};
use std::collections::BTreeMap;

endpoint::store!("evaluate-gate");

/// The most waivers that one decision looks at.
const MAX_WAIVERS: u32 = 100_000;

endpoint::serve!(decide);

async fn decide(incoming: Incoming) -> Result<Reply> {
    let answers = GateAnswers::of(&incoming.request).await?;
    Ok(answers.finish(answer(incoming).await))
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    body::require_json(&request, Style::Json)?;
    let json = body::without_mark(&request.body);
    if let Ok(text) = std::str::from_utf8(json) {
        body::refuse_own_names(text)?;
    }
    let policies = policies()?;
    let asked = DecisionRequest::from_slice(json, &policies)
        .map_err(|error| Error::message(error.status(), &error.to_string()))?;
    let config = GateConfig::default();
    let plan = remote::plan(&policies, &config, &asked).await?;
    let results = read_results(&plan)?;
    let for_gate = reads::for_gate(&results)?;
    let evaluation = plan
        .evaluate(&for_gate)
        .map_err(|error| Error::message(error.status(), &error.to_string()))?;
    let filters = reads::waiver_filters(&evaluation.waiver_filters(), asked.when_us);
    let waivers = match filters.is_empty() {
        true => Vec::new(),
        false => {
            let all = Page {
                offset: 0,
                limit: MAX_WAIVERS,
            };
            store::waiver_reads::find(&filters, Selection::InForce, endpoint::now_us(), all)?
                .waivers
        }
    };
    let decision = evaluation.apply_waivers(&reads::waivers_for_gate(&waivers));
    match asked.verbose {
        true => {
            let base = settings::base_url(&request).await?;
            verbose(&decision, &results, &waivers, &base)
        }
        false => Ok(Reply::json(200, &decision)?),
    }
}

/// The results for each subject of the plan, in its order.
fn read_results(plan: &Plan<'_>) -> Result<Vec<Vec<TestResult>>> {
    let mut results = vec![Vec::new(); plan.subjects().len()];
    let wanted = plan.reads();
    let filters = reads::result_filters(&wanted, plan.when_us());
    if filters.is_empty() {
        return Ok(results);
    }
    let mut found = store::result_reads::latest_distinct(&filters, plan.distinct_on())?.into_iter();
    for read in &wanted {
        for list in found.by_ref().take(read.queries.len()) {
            if let Some(of_subject) = results.get_mut(read.subject) {
                of_subject.extend(list);
            }
        }
    }
    Ok(results)
}

/// The decision with the results and waivers that it looked at.
fn verbose(
    decision: &Decision,
    results: &[Vec<TestResult>],
    waivers: &[Waiver],
    base: &str,
) -> Result<Reply> {
    let results: BTreeMap<u64, &TestResult> = results
        .iter()
        .flatten()
        .map(|result| (result.id, result))
        .collect();
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
        &decision.verbose(&result_views, &waiver_views),
    )?)
}

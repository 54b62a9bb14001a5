//! What a plan needs beside results and waivers. Files of remote rules are not fetched yet: no URL
//! templates are configured, which the gate takes into account as Greenwave does.

use gate::{DecisionRequest, Facts, GateConfig, Plan, PolicySet, RemoteFetch};
use http_edge::{Error, Result};

/// The plan, with its needs met.
pub fn plan<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
) -> Result<Plan<'r>> {
    let refused = |error: gate::PlanError| Error::message(error.status(), &error.to_string());
    let plan = gate::plan(policies, config, request).map_err(refused)?;
    if plan.remote_needs().is_empty() {
        return Ok(plan);
    }
    let mut facts = Facts::default();
    for need in plan.remote_needs() {
        let subject = &need.subject;
        let fetch = RemoteFetch::NotConfigured;
        facts.add_remote_rule(
            &subject.subject_type.id,
            &subject.identifier,
            &need.sources,
            fetch,
        );
    }
    gate::plan_with(policies, config, request, &facts).map_err(refused)
}

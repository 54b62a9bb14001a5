//! The plan of a decision: which policies apply to which subject and why, what they come down to, and what has to be read to judge it.
//! No result or waiver is looked at here.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::expand::expand;
use super::facts::Facts;
use super::request::DecisionRequest;
use super::step::Step;
use crate::domain::config::GateConfig;
use crate::domain::policy::{Policy, PolicyMatch};
use crate::domain::subject::{ResultQuery, Subject};
use crate::load::policy_set::PolicySet;

/// Why there is no plan. `Display` is the `message` of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// No policy applies to a subject, and its type does not put up with that.
    NoApplicablePolicies {
        /// Id of the subject's type.
        subject_type: String,
        /// The contexts asked for.
        decision_contexts: Vec<String>,
        /// The product version asked for.
        product_version: String,
    },
}

impl PlanError {
    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoApplicablePolicies { .. } => 404,
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::NoApplicablePolicies {
            subject_type,
            decision_contexts,
            product_version,
        } = self;
        let contexts = decision_contexts.join(" ");
        write!(
            out,
            "Found no applicable policies for {subject_type} subjects at gating point(s) {contexts} in {product_version}"
        )
    }
}

impl std::error::Error for PlanError {}

/// What is to be done for one subject.
#[derive(Clone, Debug)]
pub struct SubjectPlan {
    /// The subject.
    pub subject: Arc<Subject>,
    /// The policies that apply, in order, each with what made it apply. Empty only if the subject's type puts up with that; such a subject
    /// takes no part in the decision.
    pub policies: Vec<(Arc<Policy>, PolicyMatch)>,
    /// What the policies come down to, in order.
    pub steps: Vec<Step>,
}

/// Results to read for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRead {
    /// Index of the subject in the plan, and of its results in the argument of `evaluate`.
    pub subject: usize,
    /// The data queries. Results that any of them finds are needed; which one found a result is found out again here.
    pub queries: Vec<ResultQuery>,
    /// Names of the test cases needed; none for all.
    pub testcases: Option<BTreeSet<String>>,
}

/// A remote rule whose file should be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteNeed {
    /// The subject it is for.
    pub subject: Arc<Subject>,
    /// The rule's own URL templates; empty for the configured ones.
    pub sources: Vec<String>,
}

/// The plan of a decision.
#[derive(Clone, Debug)]
pub struct Plan<'r> {
    pub(crate) request: &'r DecisionRequest,
    pub(crate) config: &'r GateConfig,
    subjects: Vec<SubjectPlan>,
    remote_needs: Vec<RemoteNeed>,
    creation_time_needs: BTreeSet<String>,
}

/// Plans a decision while no facts are known.
pub fn plan<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
) -> Result<Plan<'r>, PlanError> {
    plan_with(policies, config, request, &Facts::default())
}

/// Plans a decision. If the plan has needs, look them up, add the facts and plan again.
pub fn plan_with<'r>(
    policies: &PolicySet,
    config: &'r GateConfig,
    request: &'r DecisionRequest,
    facts: &Facts,
) -> Result<Plan<'r>, PlanError> {
    let mut plan = Plan {
        request,
        config,
        subjects: Vec::new(),
        remote_needs: Vec::new(),
        creation_time_needs: BTreeSet::new(),
    };
    for subject in &request.subjects {
        // Greenwave makes an on-demand policy for each subject and applies all of them to all subjects, which only repeats `excluded` answers.
        // Here it is one policy.
        let candidates = request
            .on_demand
            .as_ref()
            .map_or_else(|| policies.policies(), std::slice::from_ref);
        let applies = |policy: &Arc<Policy>| {
            let reason = policy
                .matches(
                    &request.decision_contexts,
                    &request.product_version,
                    subject,
                )
                .ok()?;
            Some((policy.clone(), reason))
        };
        let policies: Vec<_> = candidates.iter().filter_map(applies).collect();
        if policies.is_empty() && !subject.subject_type.ignore_missing_policy {
            return Err(PlanError::NoApplicablePolicies {
                subject_type: subject.subject_type.id.clone(),
                decision_contexts: request.decision_contexts.clone(),
                product_version: request.product_version.clone(),
            });
        }
        let expanded = expand(
            request,
            subject,
            policies.iter().map(|(policy, _)| policy),
            facts,
        );
        plan.remote_needs.extend(expanded.remote_needs);
        if expanded.needs_creation_time {
            plan.creation_time_needs.insert(subject.identifier.clone());
        }
        plan.subjects.push(SubjectPlan {
            subject: subject.clone(),
            policies,
            steps: expanded.steps,
        });
    }
    Ok(plan)
}

impl Plan<'_> {
    /// What is to be done for each subject, in the order of the request.
    pub fn subjects(&self) -> &[SubjectPlan] {
        &self.subjects
    }

    /// Remote rules with unknown files. A decision made without looking for them fails.
    pub fn remote_needs(&self) -> &[RemoteNeed] {
        &self.remote_needs
    }

    /// Identifiers of builds whose creation time is unknown and would matter.
    pub fn creation_time_needs(&self) -> &BTreeSet<String> {
        &self.creation_time_needs
    }

    /// The results needed; a subject that needs none is left out. For each query and test case at least the latest of each combination of
    /// `distinct_on` up to `when_us` must come back; more may.
    pub fn reads(&self) -> Vec<ResultRead> {
        let mut reads = Vec::new();
        for (index, planned) in self.subjects.iter().enumerate() {
            let testcases: BTreeSet<String> = planned
                .steps
                .iter()
                .filter_map(Step::testcase)
                .map(str::to_owned)
                .collect();
            let takes_part = !planned.policies.is_empty();
            if takes_part && (self.request.verbose || !testcases.is_empty()) {
                let testcases = (!self.request.verbose).then_some(testcases);
                reads.push(ResultRead {
                    subject: index,
                    queries: planned.subject.result_queries(),
                    testcases,
                });
            }
        }
        reads
    }

    /// Data keys that tell results of one test case apart.
    pub fn distinct_on(&self) -> &[String] {
        &self.config.distinct_on
    }

    /// Latest time that counts, inclusive, µs since the epoch; none for now.
    pub fn when_us(&self) -> Option<i64> {
        self.request.when_us
    }

    /// Ids of the applicable policies, in order, again for each subject. None for on-demand rules.
    pub fn applicable_policies(&self) -> Option<Vec<String>> {
        let ids = self
            .subjects
            .iter()
            .flat_map(|planned| &planned.policies)
            .filter_map(|(policy, _)| policy.id.clone());
        self.request.on_demand.is_none().then(|| ids.collect())
    }
}

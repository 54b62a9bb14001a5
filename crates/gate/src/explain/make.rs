//! From the trace to an explanation: subjects, and why policies apply to them or don't.

use super::open;
use super::rules::Rules;
use super::view::{
    Explanation, MatchView, MismatchKind, MismatchView, OriginView, PolicyExplanation, Refusal,
    SubjectExplanation,
};
use crate::decide::plan::SubjectPlan;
use crate::decide::request::DecisionRequest;
use crate::decide::settle::Settled;
use crate::domain::policy::{Mismatch, Origin, Policy, PolicyMatch};
use crate::text::time;

impl Settled<'_> {
    /// Why the decision is as it is. `policy_revision` is left to the caller.
    pub fn explain(&self) -> Explanation {
        let plan = &self.evaluation.plan;
        let refusal = plan.refusal().map(|refusal| Refusal {
            status: refusal.status(),
            message: refusal.to_string(),
        });
        let subjects = plan.subjects().iter().enumerate();
        Explanation {
            policies_satisfied: refusal.is_none() && self.policies_satisfied(),
            summary: refusal
                .as_ref()
                .map_or_else(|| self.summary(), |refusal| refusal.message.clone()),
            actions: if refusal.is_none() {
                open::actions(self)
            } else {
                Vec::new()
            },
            refusal,
            policy_revision: None,
            decision_contexts: plan.request.decision_contexts.clone(),
            product_version: plan.request.product_version.clone(),
            when: plan.request.when_us.map(time::format),
            subjects: subjects
                .map(|(index, planned)| subject(self, index, planned))
                .collect(),
        }
    }
}

fn subject(settled: &Settled<'_>, index: usize, planned: &SubjectPlan) -> SubjectExplanation {
    let rules = Rules::new(settled, index, planned);
    let subject = &planned.subject;
    SubjectExplanation {
        subject_type: subject.subject_type.id.clone(),
        subject_identifier: subject.identifier.clone(),
        package: subject.package_name().map(str::to_owned),
        result_queries: subject.result_queries(),
        policies: planned
            .considered
            .iter()
            .map(|one| {
                let matched = one.matched.as_ref().map_err(|mismatch| *mismatch);
                policy(&rules, &one.policy, &one.policy, matched)
            })
            .collect(),
    }
}

/// One policy; of a remote file, `parent` is the policy whose rule fetched it.
pub(crate) fn policy(
    rules: &Rules<'_>,
    policy: &Policy,
    parent: &Policy,
    matched: Result<&PolicyMatch, Mismatch>,
) -> PolicyExplanation {
    let request = rules.request();
    let matched_view = matched.ok().map(|matched| MatchView {
        decision_context: matched.decision_context.clone(),
        product_version: matched.product_version.clone(),
        subject_type: matched.subject_type.clone(),
    });
    let mismatch = match matched {
        Ok(_) => rules.package_mismatch(policy),
        Err(mismatch) => Some(mismatch_view(mismatch, policy, parent, request, rules)),
    };
    PolicyExplanation {
        policy: policy.id.clone(),
        origin: origin(policy),
        applied: mismatch.is_none(),
        matched: matched_view,
        rules: match mismatch {
            None => rules.of(policy),
            Some(_) => Vec::new(),
        },
        mismatch,
    }
}

fn mismatch_view(
    mismatch: Mismatch,
    policy: &Policy,
    parent: &Policy,
    request: &DecisionRequest,
    rules: &Rules<'_>,
) -> MismatchView {
    let contexts = |policy: &Policy| -> Vec<String> {
        policy.all_decision_contexts().map(str::to_owned).collect()
    };
    let (what, asked, policy_has) = match mismatch {
        Mismatch::DecisionContext => (
            MismatchKind::DecisionContext,
            request.decision_contexts.clone(),
            contexts(policy),
        ),
        Mismatch::ProductVersion => (
            MismatchKind::ProductVersion,
            vec![request.product_version.clone()],
            policy.product_versions.clone(),
        ),
        Mismatch::SubjectType => (
            MismatchKind::SubjectType,
            rules.names_of_type(),
            policy.all_subject_types().map(str::to_owned).collect(),
        ),
        Mismatch::RemoteRule if parent.origin == Origin::OnDemand => (
            MismatchKind::RemoteRule,
            parent.product_versions.clone(),
            policy.product_versions.clone(),
        ),
        Mismatch::RemoteRule => (MismatchKind::RemoteRule, contexts(parent), contexts(policy)),
    };
    MismatchView {
        what,
        asked,
        policy_has,
    }
}

/// Where a policy is written.
pub(crate) fn origin(policy: &Policy) -> OriginView {
    let (file, url, line) = match &policy.origin {
        Origin::Local { path, line } => (Some(path.clone()), None, Some(*line)),
        Origin::Remote { source, line } => (None, Some(source.clone()), Some(*line)),
        Origin::OnDemand => (None, None, None),
    };
    OriginView { file, url, line }
}

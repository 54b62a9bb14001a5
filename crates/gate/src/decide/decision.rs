//! The decision: answers with waivers applied, and how it is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::answer::{Answer, Object};
use super::evaluate::{Evaluation, without_repetitions};
use super::summary::summarize;
use super::waive::{covers, current_waivers};
use crate::domain::records::Waiver;

/// A decision. Serialized, it is the answer to a request that is not verbose.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// Ids of the policies that applied, in order, again for each subject; none for on-demand rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub applicable_policies: Option<Vec<String>>,
    /// Whether everything required is there or waived.
    pub policies_satisfied: bool,
    /// What is satisfied, waived included, in order.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<super::requirement::Requirement>))]
    pub satisfied_requirements: Vec<Object>,
    /// One sentence.
    pub summary: String,
    /// What is not satisfied, in order.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<super::requirement::Requirement>))]
    pub unsatisfied_requirements: Vec<Object>,
    /// The answers behind the requirements, in order, with the policies that asked.
    #[serde(skip)]
    pub answers: Vec<Answer>,
    /// Faults of gating files that were waived: they count nowhere and show in neither list.
    #[serde(skip)]
    pub waived_faults: Vec<Answer>,
    /// Ids of the results to show, newest first within a subject; only if the request is verbose.
    #[serde(skip)]
    pub result_ids: Option<Vec<i64>>,
    /// Ids of the waivers to show, newest first; only if the request is verbose.
    #[serde(skip)]
    pub waiver_ids: Option<Vec<i64>>,
}

/// A decision as a verbose answer shows it, with whole results and waivers. Keys are in alphabetical order.
#[derive(Debug, Serialize)]
pub struct DecisionView<'d, R, W> {
    #[serde(skip_serializing_if = "Option::is_none")]
    applicable_policies: Option<&'d [String]>,
    policies_satisfied: bool,
    results: &'d [R],
    satisfied_requirements: &'d [Object],
    summary: &'d str,
    unsatisfied_requirements: &'d [Object],
    waivers: &'d [W],
}

impl Decision {
    /// The decision with the results of `result_ids` and the waivers of `waiver_ids`, which the caller has in full.
    pub fn verbose<'d, R: Serialize, W: Serialize>(
        &'d self,
        results: &'d [R],
        waivers: &'d [W],
    ) -> DecisionView<'d, R, W> {
        DecisionView {
            applicable_policies: self.applicable_policies.as_deref(),
            policies_satisfied: self.policies_satisfied,
            results,
            satisfied_requirements: &self.satisfied_requirements,
            summary: &self.summary,
            unsatisfied_requirements: &self.unsatisfied_requirements,
            waivers,
        }
    }
}

impl Evaluation<'_> {
    /// Applies waivers and decides. `waivers` may hold all waivers of the filters or just the standing ones; those for another product version,
    /// later than `when`, replaced, withdrawn or ignored count for nothing.
    pub fn apply_waivers(self, waivers: &[Waiver]) -> Decision {
        let request = self.plan.request;
        let mut standing = current_waivers(waivers, request.when_us);
        standing.retain(|waiver| {
            waiver.waived
                && waiver.is_for(&request.product_version)
                && !request.ignore_waiver.contains(&waiver.id)
        });

        let mut by_target: BTreeMap<(&str, &str), Vec<&Waiver>> = BTreeMap::new();
        for waiver in &standing {
            by_target
                .entry((&waiver.subject_identifier, &waiver.testcase))
                .or_default()
                .push(waiver);
        }

        let mut answers = Vec::with_capacity(self.answers.len());
        let mut waived_faults = Vec::new();
        for mut answer in self.answers {
            if !answer.is_satisfied() {
                let target = (answer.subject.identifier.as_str(), answer.kind.testcase());
                let candidates = by_target
                    .get(&target)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                answer.waiver_id = candidates
                    .iter()
                    .find(|waiver| covers(waiver, &answer))
                    .map(|waiver| waiver.id);
            }
            if answer.waiver_id.is_some() && !answer.kind.is_test_result() {
                waived_faults.push(answer);
            } else {
                answers.push(answer);
            }
        }
        let objects = |satisfied: bool| -> Vec<Object> {
            answers
                .iter()
                .filter(|answer| answer.is_satisfied() == satisfied)
                .map(Answer::to_object)
                .collect()
        };
        // Limits don't show in a verbose answer, so that a limited waiver is shown only where it covers something.
        let used: BTreeSet<i64> = answers
            .iter()
            .chain(&waived_faults)
            .filter_map(|answer| answer.waiver_id)
            .collect();
        standing.retain(|waiver| !waiver.is_limited() || used.contains(&waiver.id));
        let waiver_ids = request
            .verbose
            .then(|| without_repetitions(standing.iter().map(|waiver| waiver.id).collect()));
        Decision {
            applicable_policies: self.plan.applicable_policies(),
            policies_satisfied: answers.iter().all(Answer::is_satisfied),
            satisfied_requirements: objects(true),
            summary: summarize(&answers),
            unsatisfied_requirements: objects(false),
            answers,
            waived_faults,
            result_ids: self.result_ids,
            waiver_ids,
        }
    }
}

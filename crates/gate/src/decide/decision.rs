//! The decision: answers with waivers applied, and how it is shown.

use serde::Serialize;

use super::answer::Answer;
use super::evaluate::Evaluation;
use super::settle::Settled;
use crate::domain::records::Waiver;

/// A decision. Serialized, it is the answer to a request that is not verbose.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// Ids of the policies that applied, in order, again for each subject; none for on-demand rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub applicable_policies: Option<Vec<String>>,
    /// What informative rules came to, in order; they count nowhere else. Absent if none of the policies that applied has such a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, value_type = Option<Vec<super::requirement::Requirement>>))]
    pub informative_requirements: Option<Vec<Answer>>,
    /// Whether everything required is there or waived.
    pub policies_satisfied: bool,
    /// What is satisfied, waived included, in order.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<super::requirement::Requirement>))]
    pub satisfied_requirements: Vec<Answer>,
    /// One sentence.
    pub summary: String,
    /// What is not satisfied, in order.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<super::requirement::Requirement>))]
    pub unsatisfied_requirements: Vec<Answer>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    informative_requirements: Option<&'d [Answer]>,
    policies_satisfied: bool,
    policy_revision: &'d str,
    results: &'d [R],
    satisfied_requirements: &'d [Answer],
    summary: &'d str,
    unsatisfied_requirements: &'d [Answer],
    waivers: &'d [W],
}

impl Decision {
    /// The decision with the results of `result_ids` and the waivers of `waiver_ids`, which the caller has in full, and the revision of the
    /// policies.
    pub fn verbose<'d, R: Serialize, W: Serialize>(
        &'d self,
        results: &'d [R],
        waivers: &'d [W],
        policy_revision: &'d str,
    ) -> DecisionView<'d, R, W> {
        DecisionView {
            applicable_policies: self.applicable_policies.as_deref(),
            informative_requirements: self.informative_requirements.as_deref(),
            policies_satisfied: self.policies_satisfied,
            policy_revision,
            results,
            satisfied_requirements: &self.satisfied_requirements,
            summary: &self.summary,
            unsatisfied_requirements: &self.unsatisfied_requirements,
            waivers,
        }
    }
}

impl Evaluation<'_> {
    /// Applies waivers and decides. `waivers` may hold all waivers of the filters or just the standing ones, and others, too; those for
    /// another product version, later than `when`, replaced, withdrawn or ignored count for nothing.
    pub fn apply_waivers(self, waivers: &[Waiver]) -> Decision {
        self.settle(waivers).into_decision()
    }
}

impl Settled<'_> {
    /// The decision.
    pub fn into_decision(self) -> Decision {
        let (policies_satisfied, summary) = (self.policies_satisfied(), self.summary());
        let [mut informative, mut satisfied] = [Vec::new(), Vec::new()];
        let [mut unsatisfied, mut waived_faults] = [Vec::new(), Vec::new()];
        let is_informed = self.evaluation.plan.asks_informatively();
        for answer in self.evaluation.answers {
            let list = if answer.informative {
                &mut informative
            } else if answer.waiver_id.is_some() && !answer.kind.is_test_result() {
                &mut waived_faults
            } else if answer.is_satisfied() {
                &mut satisfied
            } else {
                &mut unsatisfied
            };
            list.push(answer);
        }
        Decision {
            applicable_policies: self.evaluation.plan.applicable_policies(),
            informative_requirements: is_informed.then_some(informative),
            policies_satisfied,
            satisfied_requirements: satisfied,
            summary,
            unsatisfied_requirements: unsatisfied,
            waived_faults,
            result_ids: self.evaluation.result_ids,
            waiver_ids: self.waiver_ids,
        }
    }
}

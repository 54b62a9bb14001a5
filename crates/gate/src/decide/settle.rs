//! Applies waivers: the last step of a decision, and of the trace that explains it.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;
use super::evaluate::{Evaluation, without_repetitions};
use super::summary::summarize;
use super::waive::{covers, current_waivers};
use crate::domain::records::Waiver;

/// An evaluation with waivers applied, from which a decision and its explanation are made.
#[derive(Clone, Debug)]
pub struct Settled<'r> {
    /// The evaluation; its answers know their waivers now.
    pub(crate) evaluation: Evaluation<'r>,
    /// All waivers that were handed over and are the latest for what they are about, newest first, then those that are not in force.
    pub(crate) current: Vec<&'r Waiver>,
    /// Ids of the waivers to show, newest first; only if the request is verbose.
    pub(crate) waiver_ids: Option<Vec<i64>>,
}

impl<'r> Evaluation<'r> {
    /// Applies waivers; which may be handed over is said at `apply_waivers`.
    pub fn settle(mut self, waivers: &'r [Waiver]) -> Settled<'r> {
        let request = self.plan.request;
        let mut current = current_waivers(waivers, request.when_us);
        let asked: BTreeSet<(&str, &str)> = self
            .plan
            .subjects()
            .iter()
            .filter(|planned| planned.takes_part())
            .map(|planned| &*planned.subject)
            .map(|subject| (&*subject.identifier, &*subject.subject_type.id))
            .collect();
        // Those the decision's filters find, be it that more were handed over.
        let mut standing = current.clone();
        current.extend(waivers.iter().filter(|waiver| waiver.lapse.is_some()));
        standing.retain(|waiver| {
            waiver.waived
                && asked.contains(&(&waiver.subject_identifier, &waiver.subject_type))
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
        let mut used = BTreeSet::new();
        for answer in &mut self.answers {
            if !answer.closes_gate() {
                continue;
            }
            let target = (answer.subject.identifier.as_str(), answer.kind.testcase());
            let candidates = by_target
                .get(&target)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let covering = candidates.iter().find(|waiver| covers(waiver, answer));
            answer.waiver_id = covering.map(|waiver| waiver.id);
            used.extend(answer.waiver_id);
        }
        // Limits don't show in a verbose answer, so that a limited waiver is shown only where it covers something.
        standing.retain(|waiver| !waiver.is_limited() || used.contains(&waiver.id));
        let waiver_ids = request
            .verbose
            .then(|| without_repetitions(standing.iter().map(|waiver| waiver.id).collect()));
        Settled {
            evaluation: self,
            current,
            waiver_ids,
        }
    }
}

impl Settled<'_> {
    /// The answers that count: not those that are informative, nor faults of remote files that are waived.
    fn counting(&self) -> impl Iterator<Item = &Answer> + Clone {
        let counts = |answer: &&Answer| {
            !answer.informative && (answer.waiver_id.is_none() || answer.kind.is_test_result())
        };
        self.evaluation.answers.iter().filter(counts)
    }

    /// Whether everything required is there or waived.
    pub fn policies_satisfied(&self) -> bool {
        self.counting().all(Answer::is_satisfied)
    }

    /// One sentence.
    pub fn summary(&self) -> String {
        summarize(self.counting())
    }
}

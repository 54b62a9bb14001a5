//! Which of the contexts in a request ask for what a step asks for. What is answered is not known here.

use std::sync::Arc;

use super::plan::SubjectPlan;
use super::step::{Step, StepKind};
use crate::domain::policy::{Policy, Rule};

/// Which of the requested contexts ask for something.
pub(super) struct Asking<'p> {
    requested: &'p [String],
    /// Steps that were taken before, for another policy.
    again: Vec<&'p Step>,
    /// Of policies that were asked about, the contexts of each.
    known: Vec<(&'p Arc<Policy>, Arc<[String]>)>,
}

impl<'p> Asking<'p> {
    /// For the steps of one subject.
    pub fn new(requested: &'p [String], planned: &'p SubjectPlan) -> Self {
        let steps = planned.steps.iter();
        let is_again = |step: &&Step| matches!(step.kind, StepKind::AlreadyChecked { .. });
        Self {
            requested,
            again: steps.filter(is_again).collect(),
            known: Vec::new(),
        }
    }

    /// The requested contexts in which a policy asks for what this step asks for, be it that an equal rule came before.
    pub fn of(&mut self, step: &'p Step) -> Arc<[String]> {
        let again = self.again.iter().filter(|later| asks_again(later, step));
        let mut policies: Vec<&Policy> = again.map(|later| &*later.policy).collect();
        if !policies.is_empty() {
            policies.push(&step.policy);
            return self.among(&policies);
        }
        let mut known = self.known.iter();
        if let Some((_, contexts)) = known.find(|(policy, _)| Arc::ptr_eq(policy, &step.policy)) {
            return contexts.clone();
        }
        let contexts = self.among(&[&step.policy]);
        self.known.push((&step.policy, contexts.clone()));
        contexts
    }

    /// The requested contexts that any of these policies has; a single one is that of each.
    fn among(&self, policies: &[&Policy]) -> Arc<[String]> {
        let is_asking = |context: &&String| {
            let own = policies.iter();
            let mut own = own.flat_map(|policy| policy.all_decision_contexts());
            self.requested.len() < 2 || own.any(|own| own == *context)
        };
        self.requested.iter().filter(is_asking).cloned().collect()
    }
}

/// Whether a step that was taken before asks for what this one asks for.
fn asks_again(later: &Step, step: &Step) -> bool {
    let StepKind::AlreadyChecked { rule, .. } = &later.kind else {
        return false;
    };
    let is_same = match (rule, &step.kind) {
        (Rule::PassingTestCase(rule), StepKind::TestCase(own)) => {
            (&rule.test_case_name, &rule.scenario) == (&own.test_case_name, &own.scenario)
        }
        // What a remote file brought, or that it brought nothing, goes back to remote rules.
        (Rule::Remote(_), kind) => !matches!(kind, StepKind::TestCase(_)),
        (Rule::PassingTestCase(_), _) => false,
    };
    later.informative == step.informative && is_same
}

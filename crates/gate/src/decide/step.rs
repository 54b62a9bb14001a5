//! The steps of a plan: for each subject, what each applicable policy comes down to, in order. Steps that ask for nothing are kept, because
//! they are the reasons.

use std::sync::Arc;

use crate::domain::policy::{Mismatch, PassingTestCaseRule, Policy, PolicyMatch, RemoteRule, Rule};

/// One step: a policy and what it comes down to here.
#[derive(Clone, Debug)]
pub struct Step {
    /// The policy; one from a remote file has its URL as source.
    pub policy: Arc<Policy>,
    /// Index of the rule among the policy's; none for what is about the whole policy.
    pub rule: Option<usize>,
    /// Index, among the subject's steps, of the one that fetched the file the policy is from.
    pub parent: Option<usize>,
    /// Whether it is looked at without closing the gate.
    pub informative: bool,
    /// What it comes down to.
    pub kind: StepKind,
}

/// What a rule, or a whole policy, comes down to for one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The policy excludes the package: one answer, and none of its rules.
    PackageExcluded {
        /// Package name of the subject.
        package: String,
        /// The pattern that excludes it.
        pattern: String,
    },
    /// The policy lists packages, and not this one: none of its rules.
    PackageNotListed {
        /// Package name of the subject.
        package: String,
    },
    /// A test case is required.
    TestCase(Arc<PassingTestCaseRule>),
    /// The build was not created while the rule was valid: nothing is required.
    OutsideValidity {
        /// The rule.
        rule: Arc<PassingTestCaseRule>,
        /// When the build was created, µs since the epoch.
        created_us: i64,
    },
    /// It can't be told when the build was created: informative rules with dates are looked at anyway, and this is said once.
    CreationTimeFailed {
        /// Why not.
        error: String,
    },
    /// An equal rule came before, for the same subject: nothing more is required.
    AlreadyChecked {
        /// This rule.
        rule: Rule,
        /// The policy with the earlier rule.
        earlier: Arc<Policy>,
    },
    /// A remote rule whose file nobody looked for.
    RemoteRuleUnknown(Arc<RemoteRule>),
    /// A remote rule without a file, and none required: nothing is required.
    RemoteRuleAbsent {
        /// The URLs tried.
        sources: Vec<String>,
    },
    /// A remote rule without a file, and one is required.
    RemoteRuleMissing {
        /// The URLs tried.
        sources: Vec<String>,
    },
    /// A remote rule whose file could not be looked for.
    RemoteRuleFailed {
        /// The URLs tried.
        sources: Vec<String>,
        /// Why not.
        error: String,
    },
    /// A remote rule's file was found; what its policies ask for are the next steps.
    RemoteRuleFetched {
        /// URL of the file.
        source: String,
    },
    /// A policy of a remote rule's file applies; what its rules ask for are the next steps.
    RemotePolicyApplies(PolicyMatch),
    /// A policy of a remote rule's file does not apply: none of its rules.
    RemotePolicyRejected(Mismatch),
    /// A remote rule's file is no list of policies.
    RemoteRuleInvalid {
        /// URL of the file.
        source: String,
        /// What is wrong with it.
        details: String,
    },
}

impl Step {
    /// The test case the step needs results of.
    pub fn testcase(&self) -> Option<&str> {
        match &self.kind {
            StepKind::TestCase(rule) => Some(&rule.test_case_name),
            _ => None,
        }
    }
}

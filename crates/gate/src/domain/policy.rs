//! Policies and their rules, and whether a policy is about a subject. What its rules then ask for is `decide`'s business.

use std::sync::Arc;

use super::subject::Subject;
use fnmatch::fnmatch;

/// Where a policy was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a policy file of this service.
    Local {
        /// Path of the file.
        path: String,
        /// Line at which the document starts, from one.
        line: usize,
    },
    /// In a package's `gating.yaml`.
    Remote {
        /// URL of the file, the `source` of its answers.
        source: String,
        /// Line at which the document starts, from one.
        line: usize,
    },
    /// In the decision request.
    OnDemand,
}

/// A policy: which subjects it is about, and what it asks of them. Fields are those of a `!Policy` document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Name; only remote policies may go without.
    pub id: Option<String>,
    /// Shell patterns for product versions.
    pub product_versions: Vec<String>,
    /// The one decision context, if not a list.
    pub decision_context: Option<String>,
    /// The decision contexts, if a list.
    pub decision_contexts: Vec<String>,
    /// The one subject type, if not a list. `*` in a remote policy is every type.
    pub subject_type: Option<String>,
    /// The subject types, if a list.
    pub subject_types: Vec<String>,
    /// What it asks for, in order.
    pub rules: Vec<Rule>,
    /// Shell patterns for packages it is not about.
    pub excluded_packages: Vec<String>,
    /// Shell patterns for the only packages it is about; empty for all.
    pub packages: Vec<String>,
    /// Kept and shown, without effect.
    pub relevance_key: Option<String>,
    /// Kept and shown, without effect.
    pub relevance_value: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// One thing a policy asks for. Plans and answers share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A test case must have passed.
    PassingTestCase(Arc<PassingTestCaseRule>),
    /// Whatever the package's own policies ask for.
    Remote(Arc<RemoteRule>),
}

/// Asks that a test case passed, or that its outcome is waived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassingTestCaseRule {
    /// Name of the test case.
    pub test_case_name: String,
    /// Only results with this scenario count.
    pub scenario: Option<String>,
    /// Only for builds created at this time or later, µs since the epoch.
    pub valid_since_us: Option<i64>,
    /// Only for builds created before this time, µs since the epoch.
    pub valid_until_us: Option<i64>,
    /// When it is looked at without closing the gate.
    pub informative: Informative,
}

/// Asks for what a file beside the package's sources asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteRule {
    /// URL templates to look at instead of the configured ones.
    pub sources: Vec<String>,
    /// Whether it is a fault if there is no such file.
    pub required: bool,
    /// When it is looked at without closing the gate; then so is all that the file asks for.
    pub informative: Informative,
}

/// When a rule is informative: looked at and shown, but never a reason to close the gate. Measured by the time of the decision. Greenwave
/// has no such rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Informative {
    /// The rule closes the gate.
    #[default]
    Never,
    /// It never does.
    Always,
    /// It doesn't from one time to another, and does before and after. At least one of them is given.
    Between {
        /// Informative from this time on, inclusive, µs since the epoch.
        since_us: Option<i64>,
        /// Closing the gate from this time on, µs since the epoch.
        until_us: Option<i64>,
    },
}

impl Informative {
    /// Whether the rule is informative when a decision is made at `time_us`, µs since the epoch. None if that depends on a time that is
    /// not known.
    pub fn at(self, time_us: Option<i64>) -> Option<bool> {
        match self {
            Self::Never => Some(false),
            Self::Always => Some(true),
            Self::Between { since_us, until_us } => time_us.map(|time_us| {
                since_us.is_none_or(|since_us| since_us <= time_us)
                    && until_us.is_none_or(|until_us| time_us < until_us)
            }),
        }
    }
}

impl Rule {
    /// When it is informative.
    pub fn informative(&self) -> Informative {
        match self {
            Self::PassingTestCase(rule) => rule.informative,
            Self::Remote(rule) => rule.informative,
        }
    }
}

/// Why a policy applies to a subject: what of it matched what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyMatch {
    /// The decision context both have; none if none was asked for.
    pub decision_context: Option<String>,
    /// The product version pattern that matched.
    pub product_version: String,
    /// The subject type name that matched; none if the policy takes every subject.
    pub subject_type: Option<String>,
}

/// Why a policy does not apply; the first reason in the order of checking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// No decision context in common.
    DecisionContext,
    /// No pattern matches the product version.
    ProductVersion,
    /// The subject's type is not listed.
    SubjectType,
    /// It is from a remote file, and does not fit the policy with the remote rule: no decision context in common or, for on-demand rules, no
    /// product version.
    RemoteRule,
}

impl Policy {
    /// The list if there is one, else the single context.
    pub fn all_decision_contexts(&self) -> impl Iterator<Item = &str> {
        let one = self
            .decision_context
            .as_deref()
            .filter(|_| self.decision_contexts.is_empty());
        self.decision_contexts.iter().map(String::as_str).chain(one)
    }

    /// The list if there is one, else the single type.
    pub fn all_subject_types(&self) -> impl Iterator<Item = &str> {
        let one = self
            .subject_type
            .as_deref()
            .filter(|_| self.subject_types.is_empty());
        self.subject_types.iter().map(String::as_str).chain(one)
    }

    /// URL of the remote file it is from, the `source` of its answers.
    pub fn source(&self) -> Option<&str> {
        match &self.origin {
            Origin::Remote { source, .. } => Some(source),
            Origin::Local { .. } | Origin::OnDemand => None,
        }
    }

    /// Whether the policy is about this. No contexts asked for means any. Rules are not looked at: a rule for a test case always matches, and
    /// what a remote rule brings shows later.
    pub fn matches(
        &self,
        contexts: &[String],
        product_version: &str,
        subject: &Subject,
    ) -> Result<PolicyMatch, Mismatch> {
        let common = contexts
            .iter()
            .find(|context| self.all_decision_contexts().any(|own| own == *context));
        if common.is_none() && !contexts.is_empty() {
            return Err(Mismatch::DecisionContext);
        }
        let pattern = self
            .product_version_pattern(product_version)
            .ok_or(Mismatch::ProductVersion)?;
        let takes_every_subject = match self.origin {
            Origin::OnDemand => true,
            Origin::Remote { .. } => self.subject_type.as_deref() == Some("*"),
            Origin::Local { .. } => false,
        };
        let subject_type = self
            .all_subject_types()
            .find(|name| subject.subject_type.matches(name));
        if subject_type.is_none() && !takes_every_subject {
            return Err(Mismatch::SubjectType);
        }
        Ok(PolicyMatch {
            decision_context: common.cloned(),
            product_version: pattern.to_owned(),
            subject_type: subject_type
                .filter(|_| !takes_every_subject)
                .map(str::to_owned),
        })
    }

    /// The first product version pattern that matches.
    pub fn product_version_pattern(&self, product_version: &str) -> Option<&str> {
        self.product_versions
            .iter()
            .map(String::as_str)
            .find(|pattern| fnmatch(product_version, pattern))
    }

    /// Whether a policy of a remote file counts for a remote rule of this one.
    pub fn accepts_remote(&self, remote: &Policy) -> bool {
        match self.origin {
            Origin::OnDemand => self
                .product_versions
                .iter()
                .any(|version| remote.product_version_pattern(version).is_some()),
            _ => remote
                .all_decision_contexts()
                .any(|context| self.all_decision_contexts().any(|own| own == context)),
        }
    }

    /// The `excluded_packages` pattern that keeps this package out.
    pub fn excluding_pattern(&self, package: &str) -> Option<&str> {
        self.excluded_packages
            .iter()
            .map(String::as_str)
            .find(|pattern| fnmatch(package, pattern))
    }

    /// Whether the `packages` list, if there is one, has this package.
    pub fn lists_package(&self, package: &str) -> bool {
        self.packages.is_empty()
            || self
                .packages
                .iter()
                .any(|pattern| fnmatch(package, pattern))
    }
}

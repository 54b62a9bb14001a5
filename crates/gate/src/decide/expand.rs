//! From the policies that apply to a subject to the steps they come down to: package lists, repeated rules, validity dates and remote files.
//! Knows nothing of results and waivers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::facts::{Facts, RemoteFetch};
use super::plan::RemoteNeed;
use super::request::DecisionRequest;
use super::step::{Step, StepKind};
use crate::domain::policy::{PassingTestCaseRule, Policy, RemoteRule, Rule};
use crate::domain::subject::Subject;
use crate::load::remote::RemotePolicies;

/// What policies come down to for one subject, and what is not known yet.
#[derive(Default)]
pub(crate) struct Expanded {
    pub steps: Vec<Step>,
    pub remote_needs: Vec<RemoteNeed>,
    pub needs_creation_time: bool,
}

/// Takes the policies through their rules, in order.
pub(crate) fn expand<'p>(
    request: &DecisionRequest,
    subject: &Arc<Subject>,
    policies: impl Iterator<Item = &'p Arc<Policy>>,
    facts: &Facts,
) -> Expanded {
    let mut expansion = Expansion {
        request,
        subject,
        facts,
        seen: BTreeMap::new(),
        expanded: Expanded::default(),
    };
    for policy in policies {
        expansion.add_policy(policy);
    }
    expansion.expanded
}

/// An expansion under way.
struct Expansion<'e> {
    request: &'e DecisionRequest,
    subject: &'e Arc<Subject>,
    facts: &'e Facts,
    /// Rules seen, by what tells them apart, with the policy that had them first.
    seen: BTreeMap<RuleKey, Arc<Policy>>,
    expanded: Expanded,
}

impl Expansion<'_> {
    fn push(&mut self, policy: &Arc<Policy>, kind: StepKind) {
        self.expanded.steps.push(Step {
            policy: policy.clone(),
            kind,
        });
    }

    fn add_policy(&mut self, policy: &Arc<Policy>) {
        if let Some(package) = self.subject.package_name() {
            if let Some(pattern) = policy.excluding_pattern(package) {
                let (package, pattern) = (package.to_owned(), pattern.to_owned());
                return self.push(policy, StepKind::PackageExcluded { package, pattern });
            }
            if !policy.lists_package(package) {
                return self.push(
                    policy,
                    StepKind::PackageNotListed {
                        package: package.to_owned(),
                    },
                );
            }
        }
        for rule in &policy.rules {
            self.add_rule(policy, rule);
        }
    }

    fn add_rule(&mut self, policy: &Arc<Policy>, rule: &Rule) {
        let key = RuleKey::from(rule);
        if let Some(earlier) = self.seen.get(&key) {
            let kind = StepKind::AlreadyChecked {
                rule: rule.clone(),
                earlier: earlier.clone(),
            };
            return self.push(policy, kind);
        }
        self.seen.insert(key, policy.clone());
        match rule {
            Rule::PassingTestCase(rule) => {
                let rule = rule.clone();
                let kind = if self.is_valid(&rule) {
                    StepKind::TestCase(rule)
                } else {
                    StepKind::OutsideValidity(rule)
                };
                self.push(policy, kind);
            }
            Rule::Remote(rule) => self.add_remote(policy, rule),
        }
    }

    fn is_valid(&mut self, rule: &PassingTestCaseRule) -> bool {
        if rule.valid_since_us.is_none() && rule.valid_until_us.is_none() {
            return true;
        }
        let Some(created_us) = self.facts.creation_time_us(self.subject) else {
            self.expanded.needs_creation_time = true;
            return true;
        };
        rule.valid_since_us
            .is_none_or(|since_us| since_us <= created_us)
            && rule
                .valid_until_us
                .is_none_or(|until_us| created_us < until_us)
    }

    fn add_remote(&mut self, policy: &Arc<Policy>, rule: &RemoteRule) {
        let facts = self.facts;
        match facts.remote_rule(self.subject, &rule.sources) {
            None => {
                self.expanded.remote_needs.push(RemoteNeed {
                    subject: self.subject.clone(),
                    sources: rule.sources.clone(),
                });
                self.push(policy, StepKind::RemoteRuleUnknown(rule.clone()));
            }
            Some(RemoteFetch::NotConfigured) => {
                self.push(policy, StepKind::RemoteRuleUnknown(rule.clone()))
            }
            Some(RemoteFetch::NotFound { sources }) => {
                let sources = sources.clone();
                let missing = rule.required;
                let kind = if missing {
                    StepKind::RemoteRuleMissing { sources }
                } else {
                    StepKind::RemoteRuleAbsent { sources }
                };
                self.push(policy, kind);
            }
            Some(RemoteFetch::Failed { sources, error }) => {
                self.push(
                    policy,
                    StepKind::RemoteRuleFailed {
                        sources: sources.clone(),
                        error: error.clone(),
                    },
                );
            }
            Some(RemoteFetch::Found { source, text }) => {
                self.push(
                    policy,
                    StepKind::RemoteRuleFetched {
                        source: source.clone(),
                    },
                );
                self.add_remote_policies(policy, source, text);
            }
        }
    }

    fn add_remote_policies(&mut self, policy: &Arc<Policy>, source: &str, text: &str) {
        let loaded = match RemotePolicies::load(text, source) {
            Ok(loaded) => loaded,
            Err(details) => {
                return self.push(
                    policy,
                    StepKind::RemoteRuleInvalid {
                        source: source.to_owned(),
                        details,
                    },
                );
            }
        };
        let request = self.request;
        for remote in loaded.policies {
            let matches = remote
                .matches(
                    &request.decision_contexts,
                    &request.product_version,
                    self.subject,
                )
                .is_ok();
            if matches && policy.accepts_remote(&remote) {
                self.add_policy(&Arc::new(remote));
            }
        }
    }
}

/// What tells rules apart as far as Greenwave can: their JSON, in which validity dates do not show.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum RuleKey {
    PassingTestCase(String, Option<String>),
    Remote(bool, Vec<String>),
}

impl From<&Rule> for RuleKey {
    fn from(rule: &Rule) -> Self {
        match rule {
            Rule::PassingTestCase(rule) => {
                Self::PassingTestCase(rule.test_case_name.clone(), rule.scenario.clone())
            }
            Rule::Remote(rule) => Self::Remote(rule.required, rule.sources.clone()),
        }
    }
}

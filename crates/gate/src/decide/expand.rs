//! From the policies that apply to a subject to the steps they come down to: package lists, repeated rules, validity dates and remote files.
//! Knows nothing of results and waivers.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use foldhash::HashMap;

use super::facts::{Facts, RemoteFetch};
use super::plan::RemoteNeed;
use super::request::DecisionRequest;
use super::step::{Step, StepKind};
use crate::domain::policy::{Mismatch, PassingTestCaseRule, Policy, RemoteRule, Rule};
use crate::domain::subject::Subject;
use crate::load::remote::RemotePolicies;

/// Why the file of an informative rule could not be looked for without URL templates. Without them other rules fail the decision.
const NOT_CONFIGURED: &str = "no URL template is configured for this type of subject";

/// What policies come down to for one subject, and what is not known yet.
#[derive(Default)]
pub(crate) struct Expanded {
    pub steps: Vec<Step>,
    pub remote_needs: Vec<RemoteNeed>,
    /// For a rule that may close the gate.
    pub needs_creation_time: bool,
    /// For an informative rule.
    pub informs_by_creation_time: bool,
    pub needs_now: bool,
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
        seen: HashMap::default(),
        file: None,
        has_told_failure: false,
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
    seen: HashMap<RuleKey, Arc<Policy>>,
    /// The remote file whose policies are being taken through.
    file: Option<File>,
    /// Whether it has been said that the creation time can't be told.
    has_told_failure: bool,
    expanded: Expanded,
}

/// A remote file: the step that fetched it, and whether all it asks for is informative.
#[derive(Clone, Copy)]
struct File {
    step: usize,
    informative: bool,
}

/// Where a rule is: its policy, its index there, and whether it is informative.
#[derive(Clone, Copy)]
struct At<'p> {
    policy: &'p Arc<Policy>,
    index: usize,
    informative: bool,
}

impl Expansion<'_> {
    /// Adds a step about a whole policy.
    fn push(&mut self, policy: &Arc<Policy>, kind: StepKind) {
        self.expanded.steps.push(Step {
            policy: policy.clone(),
            rule: None,
            parent: self.file.map(|file| file.step),
            informative: self.file.is_some_and(|file| file.informative),
            kind,
        });
    }

    /// Adds a step about a rule.
    fn push_rule(&mut self, at: At<'_>, kind: StepKind) {
        self.expanded.steps.push(Step {
            policy: at.policy.clone(),
            rule: Some(at.index),
            parent: self.file.map(|file| file.step),
            informative: at.informative,
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
                let package = package.to_owned();
                return self.push(policy, StepKind::PackageNotListed { package });
            }
        }
        for (index, rule) in policy.rules.iter().enumerate() {
            let at = At {
                policy,
                index,
                informative: self.is_informative(rule),
            };
            self.add_rule(at, rule);
        }
    }

    /// Whether a rule is informative, by itself or as part of a file that is.
    fn is_informative(&mut self, rule: &Rule) -> bool {
        let decided_at_us = self.request.when_us.or(self.facts.now_us());
        let own = rule.informative().at(decided_at_us);
        self.expanded.needs_now |= own.is_none();
        own.unwrap_or_default() || self.file.is_some_and(|file| file.informative)
    }

    fn add_rule(&mut self, at: At<'_>, rule: &Rule) {
        // A rule that closes the gate and one that doesn't are never equal: neither takes the place of the other.
        let key = RuleKey {
            rule: rule.clone(),
            informative: at.informative,
        };
        if let Some(earlier) = self.seen.get(&key) {
            let kind = StepKind::AlreadyChecked {
                rule: rule.clone(),
                earlier: earlier.clone(),
            };
            return self.push_rule(at, kind);
        }
        self.seen.insert(key, at.policy.clone());
        match rule {
            Rule::PassingTestCase(rule) => {
                let rule = rule.clone();
                let kind = match self.outside_validity(at, &rule) {
                    Some(created_us) => StepKind::OutsideValidity { rule, created_us },
                    None => StepKind::TestCase(rule),
                };
                self.push_rule(at, kind);
            }
            Rule::Remote(rule) => self.add_remote(at, rule),
        }
    }

    /// When the build was created, if that is outside the rule's dates.
    fn outside_validity(&mut self, at: At<'_>, rule: &PassingTestCaseRule) -> Option<i64> {
        if rule.valid_since_us.is_none() && rule.valid_until_us.is_none() {
            return None;
        }
        let Some(created_us) = self.facts.creation_time_us(self.subject) else {
            self.miss_creation_time(at);
            return None;
        };
        let is_valid = rule
            .valid_since_us
            .is_none_or(|since_us| since_us <= created_us)
            && rule
                .valid_until_us
                .is_none_or(|until_us| created_us < until_us);
        (!is_valid).then_some(created_us)
    }

    /// Notes that the creation time should be looked up, or says why that failed. For a rule that closes the gate it must not fail.
    fn miss_creation_time(&mut self, at: At<'_>) {
        if !at.informative {
            self.expanded.needs_creation_time = true;
            return;
        }
        match self.facts.creation_time_failure(self.subject) {
            None => self.expanded.informs_by_creation_time = true,
            Some(_) if self.has_told_failure => {}
            Some(error) => {
                self.has_told_failure = true;
                let error = error.clone();
                self.push_rule(at, StepKind::CreationTimeFailed { error });
            }
        }
    }

    fn add_remote(&mut self, at: At<'_>, rule: &Arc<RemoteRule>) {
        let facts = self.facts;
        let kind = match facts.remote_rule(self.subject, &rule.sources) {
            None => {
                self.need_file(&rule.sources, at.informative);
                StepKind::RemoteRuleUnknown(rule.clone())
            }
            Some(RemoteFetch::NotConfigured) if at.informative => StepKind::RemoteRuleFailed {
                sources: Vec::new(),
                error: NOT_CONFIGURED.to_owned(),
            },
            Some(RemoteFetch::NotConfigured) => StepKind::RemoteRuleUnknown(rule.clone()),
            Some(RemoteFetch::NotFound { sources }) if rule.required => {
                StepKind::RemoteRuleMissing {
                    sources: sources.clone(),
                }
            }
            Some(RemoteFetch::NotFound { sources }) => StepKind::RemoteRuleAbsent {
                sources: sources.clone(),
            },
            Some(RemoteFetch::Failed { sources, error }) => StepKind::RemoteRuleFailed {
                sources: sources.clone(),
                error: error.clone(),
            },
            Some(RemoteFetch::Found { source, text }) => {
                let step = self.expanded.steps.len();
                let source = source.clone();
                self.push_rule(at, StepKind::RemoteRuleFetched { source });
                return self.add_file(at, step, text);
            }
            Some(RemoteFetch::NoText { source }) => {
                let source = source.clone();
                let fetched = StepKind::RemoteRuleFetched {
                    source: source.clone(),
                };
                self.push_rule(at, fetched);
                let details = "YAML Parser Error: the file is not UTF-8".to_owned();
                StepKind::RemoteRuleInvalid { source, details }
            }
        };
        self.push_rule(at, kind);
    }

    /// Notes that a file should be looked for. Looking once is enough, and for a rule that closes the gate it must succeed.
    fn need_file(&mut self, sources: &[String], informative: bool) {
        let needs = &mut self.expanded.remote_needs;
        match needs.iter_mut().find(|need| need.sources == sources) {
            Some(need) => need.informative &= informative,
            None => needs.push(RemoteNeed {
                subject: self.subject.clone(),
                sources: sources.to_vec(),
                informative,
            }),
        }
    }

    /// Takes the policies of a file through their rules. They have no remote rules, so that files don't nest.
    fn add_file(&mut self, at: At<'_>, step: usize, text: &str) {
        let source = match self.expanded.steps.get(step).map(|step| &step.kind) {
            Some(StepKind::RemoteRuleFetched { source }) => source.clone(),
            _ => String::new(),
        };
        let loaded = match RemotePolicies::load(text, &source) {
            Ok(loaded) => loaded,
            Err(details) => {
                return self.push_rule(at, StepKind::RemoteRuleInvalid { source, details });
            }
        };
        self.file = Some(File {
            step,
            informative: at.informative,
        });
        let request = self.request;
        for remote in loaded.policies {
            let matched = remote.matches(
                &request.decision_contexts,
                &request.product_version,
                self.subject,
            );
            let matched = matched.and_then(|reason| {
                let is_accepted = at.policy.accepts_remote(&remote);
                is_accepted.then_some(reason).ok_or(Mismatch::RemoteRule)
            });
            let remote = Arc::new(remote);
            match matched {
                Ok(reason) => {
                    self.push(&remote, StepKind::RemotePolicyApplies(reason));
                    self.add_policy(&remote);
                }
                Err(mismatch) => self.push(&remote, StepKind::RemotePolicyRejected(mismatch)),
            }
        }
        self.file = None;
    }
}

/// What tells rules apart as far as Greenwave can: their JSON, in which validity dates do not show; and whether they are informative.
struct RuleKey {
    rule: Rule,
    informative: bool,
}

impl RuleKey {
    fn parts(&self) -> (bool, RuleParts<'_>) {
        let parts = match &self.rule {
            Rule::PassingTestCase(rule) => {
                RuleParts::PassingTestCase(&rule.test_case_name, rule.scenario.as_deref())
            }
            Rule::Remote(rule) => RuleParts::Remote(rule.required, &rule.sources),
        };
        (self.informative, parts)
    }
}

impl PartialEq for RuleKey {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for RuleKey {}

impl Hash for RuleKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// What of a rule tells it apart.
#[derive(PartialEq, Eq, Hash)]
enum RuleParts<'r> {
    PassingTestCase(&'r str, Option<&'r str>),
    Remote(bool, &'r [String]),
}

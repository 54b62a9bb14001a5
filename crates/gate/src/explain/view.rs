//! The shape of an explanation. Serialized, it is the JSON answer; its keys are stable. What to do next has a file of its own, `action`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::action::Action;
use crate::decide::answer::Answer;

/// Why a decision came out as it did, and what would open the gate.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// Whether everything required is there or waived, as in the decision.
    pub policies_satisfied: bool,
    /// One sentence, as in the decision.
    pub summary: String,
    /// Why there is no decision; absent if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub refusal: Option<Refusal>,
    /// The policies that were used, by a hash of their content; absent if nobody knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub policy_revision: Option<String>,
    /// The decision contexts that were asked for; none for rules of the request.
    pub decision_contexts: Vec<String>,
    /// The product version that was asked for.
    pub product_version: String,
    /// The time as of which it was decided; null for now.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub when: Option<String>,
    /// The smallest set of actions that opens the gate: each is needed, and together they are enough. Empty if it is open.
    pub actions: Vec<Action>,
    /// The subjects, in the order of the request.
    pub subjects: Vec<SubjectExplanation>,
}

/// The answer that a decision request gets in place of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The message.
    pub message: String,
}

/// One subject.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectExplanation {
    /// Id of its type.
    pub subject_type: String,
    /// What it is called.
    pub subject_identifier: String,
    /// Its package, by which policies list or exclude it; null if it has none.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub package: Option<String>,
    /// How its results were looked for: each is a query, of which all keys had to have one of the values.
    pub result_queries: Vec<BTreeMap<String, Vec<String>>>,
    /// Every policy, in order.
    pub policies: Vec<PolicyExplanation>,
}

/// One policy and one subject.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyExplanation {
    /// Its id; null if it has none.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub policy: Option<String>,
    /// Where it is written.
    pub origin: OriginView,
    /// Whether its rules count for the subject.
    pub applied: bool,
    /// What of it matched what was asked; null if it did not match.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub matched: Option<MatchView>,
    /// Why it did not apply; null if it did.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub mismatch: Option<MismatchView>,
    /// Its rules, in order; none if it did not apply.
    pub rules: Vec<RuleExplanation>,
}

/// Where a policy is written: in a `file` of the service, in a remote file (`url`), or, if neither is there, in the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OriginView {
    /// Path of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub file: Option<String>,
    /// URL of the remote file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub url: Option<String>,
    /// Line at which the document starts, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub line: Option<usize>,
}

/// What of a policy matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatchView {
    /// The decision context; null if none was asked for.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub decision_context: Option<String>,
    /// The pattern of product versions.
    pub product_version: String,
    /// The name of the subject's type; null if the policy takes every subject.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub subject_type: Option<String>,
}

/// Why a policy did not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MismatchView {
    /// What did not match.
    pub what: MismatchKind,
    /// What was asked for; of a subject's type all names.
    pub asked: Vec<String>,
    /// What the policy has instead.
    pub policy_has: Vec<String>,
}

/// What of a policy did not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MismatchKind {
    /// No decision context in common.
    DecisionContext,
    /// No pattern matches the product version.
    ProductVersion,
    /// The subject's type is not listed.
    SubjectType,
    /// The policy is from a remote file and has nothing in common with the policy whose rule fetched the file: no decision context or, for
    /// rules of the request, no product version.
    RemoteRule,
    /// The package is excluded.
    PackageExcluded,
    /// The policy lists packages, and not this one.
    PackageNotListed,
}

/// One rule and one subject.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleExplanation {
    /// The rule.
    #[serde(flatten)]
    pub rule: RuleShown,
    /// Whether it was looked at without closing the gate.
    pub informative: bool,
    /// What came of it.
    pub outcome: RuleOutcome,
    /// Why it asked for nothing; absent if it did ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub skipped: Option<Skipped>,
    /// The results of the test case that were considered, newest first.
    pub results: Vec<ResultExplanation>,
    /// What it came to, each as in the decision.
    pub requirements: Vec<RequirementExplanation>,
    /// What became of the remote file; only of a `RemoteRule`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub remote_file: Option<RemoteFileExplanation>,
}

/// A rule as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "rule")]
pub enum RuleShown {
    /// A test case must have passed.
    PassingTestCaseRule {
        /// Name of the test case.
        test_case_name: String,
        /// Only results with this scenario count.
        #[cfg_attr(feature = "openapi", schema(required = true))]
        scenario: Option<String>,
    },
    /// Whatever a file beside the package's sources asks for.
    RemoteRule {
        /// The rule's own URL templates; empty for the configured ones.
        sources: Vec<String>,
        /// Whether it is a fault if there is no such file.
        required: bool,
    },
}

/// What came of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RuleOutcome {
    /// What it asks for is there.
    Satisfied,
    /// What it asks for is there, or waived.
    Waived,
    /// Something it asks for is not there.
    Unsatisfied,
    /// It asked for nothing.
    Skipped,
}

/// Why a rule asked for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Skipped {
    /// An equal rule came before for the same subject.
    AlreadyChecked {
        /// The policy with the earlier rule; null if it has no id.
        #[cfg_attr(feature = "openapi", schema(required = true))]
        policy: Option<String>,
        /// Where that policy is written.
        origin: OriginView,
    },
    /// The build was not created while the rule is valid.
    OutsideValidity {
        /// When it was created.
        created: String,
        /// Valid from this time on.
        #[cfg_attr(feature = "openapi", schema(required = true))]
        valid_since: Option<String>,
        /// Valid before this time.
        #[cfg_attr(feature = "openapi", schema(required = true))]
        valid_until: Option<String>,
    },
    /// There is no remote file, and the rule requires none.
    NoRemoteFile,
}

/// One result of a rule's test case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultExplanation {
    /// Its id.
    pub result_id: i64,
    /// Its outcome.
    pub outcome: String,
    /// What the outcome means to a rule.
    pub class: ClassView,
    /// When it was submitted.
    pub submit_time: String,
    /// Its values of the keys that tell results of one test case apart.
    pub data: BTreeMap<String, Vec<String>>,
    /// Whether it is one of those that decided.
    pub decided: bool,
    /// Why it counted for nothing; absent if it decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub left_out: Option<LeftOut>,
}

/// What an outcome means to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClassView {
    /// The test case passed.
    Passed,
    /// It has not finished yet.
    Incomplete,
    /// It could not be carried out.
    Errored,
    /// Everything else.
    Failed,
}

/// Why a result counted for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// It does not have the rule's scenario.
    OtherScenario,
    /// The request says to ignore it.
    Ignored,
    /// It came after the time as of which was decided.
    Later,
    /// A newer one took its place. Such results show only if somebody happened to read them.
    Replaced,
}

/// One thing that a rule came to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequirementExplanation {
    /// Whether nothing is left to be done, by itself or by a waiver.
    pub satisfied: bool,
    /// As the decision shows it. Waived faults of remote files show here, and not in the decision.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::decide::requirement::Requirement))]
    pub requirement: Answer,
    /// The waivers that nearly cover it; those that differ least first.
    pub near_waivers: Vec<NearWaiver>,
}

/// A waiver that nearly covers something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearWaiver {
    /// Its id.
    pub waiver_id: i64,
    /// All that keeps it from covering it.
    pub differences: Vec<Difference>,
}

/// What keeps a waiver from covering something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// What is different.
    pub what: DifferenceKind,
    /// What the waiver has; of a list one text.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub waived: Option<String>,
    /// What it would need to have; null for what is not there, such as the scenario of a missing result.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub asked: Option<String>,
    /// The same in words.
    pub text: String,
}

/// What of a waiver is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are those of the waiver's fields")]
pub enum DifferenceKind {
    SubjectType,
    SubjectIdentifier,
    Testcase,
    Scenario,
    ProductVersion,
    DecisionContext,
    Architecture,
    Variant,
    /// It is not in force: `requested`, `denied`, `withdrawn` or `expired`.
    State,
    /// It takes an earlier waiver back.
    Withdrawn,
    /// The request says to ignore it.
    Ignored,
}

/// What became of a remote file.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RemoteFileExplanation {
    /// Whether it was found.
    pub state: RemoteFileState,
    /// Its URL, or those that were tried.
    pub sources: Vec<String>,
    /// What is wrong with it, or with looking for it; absent if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub error: Option<String>,
    /// Its policies.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub policies: Vec<PolicyExplanation>,
}

/// What became of looking for a remote file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RemoteFileState {
    /// It was found, and its policies count.
    Fetched,
    /// It was found, and is no list of policies.
    Invalid,
    /// There is none, although one is required.
    Missing,
    /// There is none, and none is required.
    Absent,
    /// It could not be looked for.
    Failed,
}

//! The body of a decision request as the OpenAPI document shows it. The parsers, [`request`](super::request) beside this file and
//! `load::on_demand`, read JSON by hand; `crates/openapi` compares them with it.

use serde::Serialize;
use utoipa::ToSchema;

/// What is to be decided: by the policies of a decision context, or by rules that come along; about one subject (`subject_type` and
/// `subject_identifier`) or a list (`subject`).
#[derive(Serialize, ToSchema)]
#[schema(as = DecisionRequest)]
pub struct DecisionRequestBody {
    /// The product version.
    pub product_version: String,
    /// The decision context, or several, any of which a policy must have.
    #[schema(nullable = false)]
    pub decision_context: Option<DecisionContext>,
    /// Type of the one subject.
    #[schema(nullable = false)]
    pub subject_type: Option<String>,
    /// The one subject.
    #[schema(nullable = false)]
    pub subject_identifier: Option<String>,
    /// The subjects, several at once.
    #[schema(nullable = false)]
    pub subject: Option<Vec<SubjectEntry>>,
    /// Whether to show the results and waivers that were looked at.
    #[schema(nullable = false)]
    pub verbose: Option<bool>,
    /// Ids of results to leave out.
    pub ignore_result: Option<Vec<i64>>,
    /// Ids of waivers to leave out.
    pub ignore_waiver: Option<Vec<i64>>,
    /// Decide as of this time: `YYYY-MM-DDTHH:MM:SS.ffffff` in UTC.
    pub when: Option<String>,
    /// Decide by the policies that were active at this time, ISO 8601.
    pub policies_as_of: Option<String>,
    /// Rules to decide by instead of the policies.
    pub rules: Option<Vec<OnDemandRule>>,
    /// Without effect; only with `rules`.
    pub decision_contexts: Option<Vec<String>>,
    /// Without effect; only with `rules`.
    pub subject_types: Option<Vec<String>>,
    /// What the policy made of `rules` is called; only with `rules`.
    #[schema(nullable = false)]
    pub id: Option<String>,
    /// Shell patterns for product versions instead of the request's own; only with `rules`.
    #[schema(nullable = false)]
    pub product_versions: Option<Vec<String>>,
    /// Shell patterns for the only packages that are looked at; only with `rules`.
    pub packages: Option<Vec<String>>,
    /// Shell patterns for packages that are left out; only with `rules`.
    pub excluded_packages: Option<Vec<String>>,
    /// Kept without effect; only with `rules`.
    pub relevance_key: Option<String>,
    /// Kept without effect; only with `rules`.
    pub relevance_value: Option<String>,
}

/// A subject: `type` and `item`, or the key that its subject type is configured to have for the identifier (`item_key` in the answer of
/// `/subject_types`), of which two forms are shown here.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SubjectEntry {
    /// Anything.
    Item {
        /// Its type.
        #[serde(rename = "type")]
        kind: String,
        /// Its identifier.
        item: String,
    },
    /// A build, by name, version and release.
    Build {
        /// Its name, version and release.
        original_spec_nvr: String,
    },
    /// A compose.
    Compose {
        /// Its identifier.
        #[serde(rename = "productmd.compose.id")]
        id: String,
    },
}

/// A decision context, or several.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum DecisionContext {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// A rule that comes along with a request.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type")]
pub enum OnDemandRule {
    /// A test case must have passed.
    PassingTestCaseRule {
        /// Name of the test case.
        test_case_name: String,
        /// Only results with this scenario count.
        scenario: Option<String>,
        /// Only for builds created at this time or later, ISO 8601.
        valid_since: Option<String>,
        /// Only for builds created before this time, ISO 8601.
        valid_until: Option<String>,
        /// When it is looked at without closing the gate.
        informative: Option<InformativeBody>,
    },
    /// Whatever the package's own policies ask for.
    RemoteRule {
        /// URL templates to look at instead of the configured ones.
        sources: Option<Vec<String>>,
        /// Whether it is a fault if there is no such file.
        required: Option<bool>,
        /// When it is looked at without closing the gate, and with it all that the file asks for.
        informative: Option<InformativeBody>,
    },
}

/// When a rule is informative: always (`true`), never (`false`), or from one time to another, of which one may be left out.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum InformativeBody {
    /// Always or never.
    Always(bool),
    /// From one time to another.
    Between {
        /// Informative from this time on, ISO 8601.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        since: Option<String>,
        /// Closing the gate from this time on, ISO 8601.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        until: Option<String>,
    },
}

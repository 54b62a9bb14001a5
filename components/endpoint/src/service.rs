//! What the service says about itself.

use serde::Serialize;
use std::collections::BTreeMap;

/// The entry: where everything is, and how outcomes count. It has all that Greenwave says there. Keys
/// in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Index))]
pub struct Index {
    /// What the paths of gates begin with.
    pub api_v1: String,
    /// Where gates are asked.
    pub decision: String,
    /// Where the wire of results is documented.
    pub documentation: &'static str,
    /// Where Koji is asked about builds; none if it is not.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub koji_api: Option<String>,
    /// Outcomes of tests that could not be carried out.
    pub outcomes_error: Vec<String>,
    /// Outcomes of tests that have not finished.
    pub outcomes_incomplete: Vec<String>,
    /// Outcomes that satisfy a rule.
    pub outcomes_passed: Vec<String>,
    /// Where policies are.
    pub policies: String,
    /// URL templates of the files of remote rules, by type of subject, as they are set.
    pub remote_rule_policies: BTreeMap<String, UrlTemplates>,
    /// Where results are.
    pub results: String,
    /// What the paths of results begin with.
    pub resultsdb_api: String,
    /// What the paths of waivers begin with.
    pub waiverdb_api: String,
    /// Where waivers are.
    pub waivers: String,
}

/// Where a type of subject has its files of remote rules.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UrlTemplates {
    /// There.
    One(String),
    /// In the first of these places that has one.
    Several(Vec<String>),
}

/// ResultsDB's landing page. Keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = LandingPage))]
pub struct LandingPage<'a> {
    /// Where the wire of results is documented.
    pub documentation: &'static str,
    /// Where groups are.
    pub groups: String,
    /// A greeting.
    pub message: &'static str,
    /// The outcomes that a result may have.
    pub outcomes: &'a [String],
    /// Where results are.
    pub results: String,
    /// Where test cases are.
    pub testcases: String,
}

/// What WaiverDB and Greenwave say of themselves. Keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = About))]
pub struct About {
    /// How those who waive say who they are: the first method of `auth_waivers`.
    pub auth_method: String,
    /// The version of this service.
    pub version: &'static str,
}

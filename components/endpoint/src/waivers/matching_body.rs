//! The body of `POST /waivers/+by-subjects-and-testcases` as the OpenAPI document shows it. The parser
//! beside this file, [`matching`](super::matching), reads JSON by hand; `crates/openapi` compares the
//! two.

use crate::waivers::creation_body::Truth;
use serde::Serialize;
use utoipa::ToSchema;

/// Which waivers to list: those for any of the results, if there are some, that also meet the
/// conditions beside them. Empty text is no condition.
#[derive(Serialize, ToSchema)]
#[schema(as = WaiverMatches)]
pub struct MatchingBody {
    /// The results.
    pub results: Option<Vec<MatchedResult>>,
    /// The product version.
    pub product_version: Option<String>,
    /// Who waived.
    pub username: Option<String>,
    /// Who asked for it on behalf of somebody.
    pub proxied_by: Option<String>,
    /// When: `start`, `start,end`, `start,` or `,end`, each a time in ISO 8601, inclusive.
    pub since: Option<String>,
    /// Whether to list waivers, too, that newer ones of the same user have taken the place of.
    #[schema(nullable = false)]
    pub include_obsolete: Option<Truth>,
    /// No condition here; it is among `results`.
    pub subject_type: Option<String>,
    /// No condition here; it is among `results`.
    pub subject_identifier: Option<String>,
    /// No condition here; it is among `results`.
    pub testcase: Option<String>,
    /// No condition here.
    pub scenario: Option<String>,
}

/// A result that waivers may be for.
#[derive(Serialize, ToSchema)]
pub struct MatchedResult {
    /// Its subject.
    pub subject: MatchedSubject,
    /// Name of the test case; empty text stands for all.
    pub testcase: String,
}

/// A subject in its old form. One that is not whole matches nothing.
#[derive(Serialize, ToSchema)]
pub struct MatchedSubject {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Its identifier.
    pub item: Option<String>,
    /// Name, version and release of a build.
    pub original_spec_nvr: Option<String>,
    /// The identifier of a compose.
    #[serde(rename = "productmd.compose.id")]
    pub compose: Option<String>,
}

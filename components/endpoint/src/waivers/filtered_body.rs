//! The body of `POST /waivers/+filtered` as the OpenAPI document shows it. The parser beside this
//! file, [`filtered`](super::filtered), reads JSON by hand; `crates/openapi` compares the two.

use crate::waivers::creation_body::Truth;
use serde::Serialize;
use utoipa::ToSchema;

/// Which waivers to list: those that match any of the filters.
#[derive(Serialize, ToSchema)]
#[schema(as = WaiverFilters)]
pub struct FilteredBody {
    /// The filters. One without a condition is left out, unless none has any: then every waiver
    /// in force matches.
    pub filters: Vec<FilterBody>,
    /// Whether to list waivers, too, that newer ones have taken the place of.
    #[schema(nullable = false)]
    pub include_obsolete: Option<Truth>,
}

/// Conditions, all of which a waiver must match. Empty text is no condition.
#[derive(Serialize, ToSchema)]
#[schema(as = WaiverFilter)]
pub struct FilterBody {
    /// Type of the subject.
    pub subject_type: Option<String>,
    /// The subject.
    pub subject_identifier: Option<String>,
    /// Name of the test case.
    pub testcase: Option<String>,
    /// The scenario.
    pub scenario: Option<String>,
    /// The product version.
    pub product_version: Option<String>,
    /// Who waived.
    pub username: Option<String>,
    /// Who asked for it on behalf of somebody.
    pub proxied_by: Option<String>,
    /// When: `start`, `start,end`, `start,` or `,end`, each a time in ISO 8601, inclusive.
    pub since: Option<String>,
}

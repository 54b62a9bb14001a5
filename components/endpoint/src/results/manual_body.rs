//! The body of `POST /api/v1/manual-results` as the OpenAPI document shows it. [`manual`](super::manual)
//! reads JSON by hand; `crates/openapi` compares the two.

use serde::Serialize;
use utoipa::ToSchema;

/// What a person found out by hand. A field that is not listed here is a mistake, also `username` and
/// `timestamp`, which the result's data has from the request itself. No text may contain the character
/// U+0000.
#[derive(Serialize, ToSchema)]
#[schema(as = ManualResult)]
pub struct ManualResultBody {
    /// Type of the item.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was tested.
    pub item: String,
    /// Name of the test case.
    pub testcase: String,
    /// The scenario, if the test case has several.
    pub scenario: Option<String>,
    /// The architecture on which it was tested.
    pub system_architecture: Option<String>,
    /// The variant of the product that was tested.
    pub system_variant: Option<String>,
    /// What came out, in letters of either case.
    pub outcome: String,
    /// What was seen; the result's note.
    pub comment: String,
    /// Links to logs, pictures and so on.
    pub attachments: Option<Vec<String>>,
}

//! The bodies of `POST /api/v1/waivers` and of steps in the life of a waiver as the OpenAPI document
//! shows them. [`body`](super::body) and [`step`](super::step) read JSON by hand; `crates/openapi`
//! compares the two.

use serde::Serialize;
use utoipa::ToSchema;

/// A waiver to make or to ask for. It must meet all of its limits; a field that is not listed here is
/// a mistake. No text may contain the character U+0000.
#[derive(Serialize, ToSchema)]
#[schema(as = WantedWaiver)]
pub struct WantedBody {
    /// Type of the subject. `brew-build` is stored as `koji_build`.
    pub subject_type: String,
    /// The subject.
    pub subject_identifier: String,
    /// Name of the test case.
    pub testcase: String,
    /// The product version that it is for.
    pub product_version: String,
    /// Shell patterns of more product versions that it is for.
    pub product_versions: Option<Vec<String>>,
    /// The scenario, if only one is waived.
    pub scenario: Option<String>,
    /// The only decision contexts that it holds for.
    pub contexts: Option<Vec<String>>,
    /// The only architecture whose results it covers.
    pub architecture: Option<String>,
    /// The only variant whose results it covers.
    pub variant: Option<String>,
    /// Class of the reason.
    pub reason: String,
    /// Where the reason is described; a known issue needs one.
    pub link: Option<String>,
    /// Why.
    pub comment: String,
    /// From this time on it is not in force: RFC 3339, in the future.
    pub expires_at: Option<String>,
    /// On whose behalf. The caller must be among the superusers.
    pub username: Option<String>,
    /// Whether to ask for an approval even if the caller needs none.
    pub request: Option<bool>,
    /// True. To take a waiver back there is `/withdrawal`.
    pub waived: Option<bool>,
}

/// A decision about a request.
#[derive(Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalBody {
    /// Whether it is granted.
    pub approved: bool,
    /// Why.
    pub comment: String,
    /// On whose behalf. The caller must be among the superusers.
    pub username: Option<String>,
}

/// A withdrawal.
#[derive(Serialize, ToSchema)]
#[schema(as = Withdrawal)]
pub struct WithdrawalBody {
    /// Why.
    pub comment: String,
    /// On whose behalf. The caller must be among the superusers.
    pub username: Option<String>,
}

//! What the service says about itself.

use serde::Serialize;

/// The entry: where everything is. Keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Index))]
pub struct Index {
    /// Where gates are asked.
    pub decision: String,
    /// Where the wire of results is documented.
    pub documentation: &'static str,
    /// Where policies are.
    pub policies: String,
    /// Where results are.
    pub results: String,
    /// Where waivers are.
    pub waivers: String,
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

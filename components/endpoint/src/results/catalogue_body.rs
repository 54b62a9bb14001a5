//! The bodies of `POST /groups` and `POST /testcases` as the OpenAPI document shows them. The parsers
//! beside this file, in [`catalogue`](super::catalogue), read JSON by hand; `crates/openapi` compares
//! the two.

use serde::Serialize;
use utoipa::ToSchema;

/// A group to create or update. Only what is there and not empty is updated. No text may contain the
/// character U+0000.
#[derive(Serialize, ToSchema)]
#[schema(as = NewGroup)]
pub struct NewGroupBody {
    /// Its identifier; without one the group is a new one.
    pub uuid: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Where to read more about it.
    pub ref_url: Option<String>,
}

/// A test case to create or update. No text may contain the character U+0000.
#[derive(Serialize, ToSchema)]
#[schema(as = NewTestCase)]
pub struct NewTestCaseBody {
    /// Its name, which may have slashes.
    pub name: String,
    /// Where to read more about it; what is stored stays if this is absent or null.
    pub ref_url: Option<String>,
}

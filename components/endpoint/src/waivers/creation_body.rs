//! The body of `POST /waivers/` as the OpenAPI document shows it. The parser beside this file,
//! [`creation`](super::creation), reads JSON by hand; `crates/openapi` compares the two.

use serde::Serialize;
use utoipa::ToSchema;

/// One waiver, answered by one, or a list, answered by a list; of a list all are stored or none.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum NewWaivers {
    /// One.
    One(NewWaiverBody),
    /// Several.
    Several(Vec<NewWaiverBody>),
}

/// A waiver to make, for a subject or, in forms of earlier times, for a subject in its old form or
/// for a result. No text may contain the character U+0000.
#[derive(Serialize, ToSchema)]
#[schema(as = NewWaiver)]
#[serde(untagged)]
pub enum NewWaiverBody {
    /// For a subject.
    OfSubject(WaiverOfSubject),
    /// For a subject in its old form.
    OfOldSubject(WaiverOfOldSubject),
    /// For a result.
    OfResult(WaiverOfResult),
}

/// A waiver for a subject and a test case.
#[derive(Serialize, ToSchema)]
pub struct WaiverOfSubject {
    /// Type of the subject. `brew-build` is stored as `koji_build`.
    pub subject_type: String,
    /// The subject.
    pub subject_identifier: String,
    /// Name of the test case.
    pub testcase: String,
    /// The scenario, if only one is waived.
    pub scenario: Option<String>,
    /// The product version that it is for.
    pub product_version: String,
    /// Why.
    pub comment: String,
    /// True to waive, false to withdraw an earlier waiver.
    #[schema(nullable = false)]
    pub waived: Option<Truth>,
    /// On whose behalf. The caller must be among the superusers.
    pub username: Option<String>,
}

/// A waiver for a subject in its old form and a test case.
#[derive(Serialize, ToSchema)]
pub struct WaiverOfOldSubject {
    /// The subject.
    pub subject: OldSubjectBody,
    /// Name of the test case.
    pub testcase: String,
    /// The scenario, if only one is waived.
    pub scenario: Option<String>,
    /// The product version that it is for.
    pub product_version: String,
    /// Why.
    pub comment: String,
    /// True to waive, false to withdraw an earlier waiver.
    #[schema(nullable = false)]
    pub waived: Option<Truth>,
    /// On whose behalf. The caller must be among the superusers.
    pub username: Option<String>,
}

/// A waiver for what a result was about: its subject, test case and scenario.
#[derive(Serialize, ToSchema)]
pub struct WaiverOfResult {
    /// The result, which must have `original_spec_nvr`, or `type` and `item`, in its extra data.
    pub result_id: ResultId,
    /// The product version that it is for.
    pub product_version: String,
    /// Why.
    pub comment: String,
    /// True to waive, false to withdraw an earlier waiver.
    #[schema(nullable = false)]
    pub waived: Option<Truth>,
    /// On whose behalf. The caller must be among the superusers.
    pub username: Option<String>,
}

/// The number of a result, also as text.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ResultId {
    /// The number.
    Number(i64),
    /// The number as text.
    Text(String),
}

/// A truth value, also as a number or a word.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Truth {
    /// True or false.
    Truth(bool),
    /// 1 or 0.
    Number(i64),
    /// A word, in letters of either case.
    Word(String),
}

/// A subject in its old form, of which one must be whole.
#[derive(Serialize, ToSchema)]
#[schema(as = NewOldSubject)]
#[serde(untagged)]
pub enum OldSubjectBody {
    /// Anything, by type and identifier.
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

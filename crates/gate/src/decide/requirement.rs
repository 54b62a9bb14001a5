//! A requirement of a decision as the OpenAPI document shows it. [`answer`](super::answer) beside this file writes it key by key;
//! `crates/openapi` compares the two.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::ToSchema;

/// What one requirement came to. Which fields there are depends on `type`; each key that tells results apart is a field, too.
#[derive(ToSchema)]
pub struct Requirement {
    /// What came of it.
    #[schema(rename = "type")]
    pub kind: RequirementType,
    /// The subject.
    pub subject_identifier: String,
    /// Type of the subject; absent if excluded.
    #[schema(nullable = false)]
    pub subject_type: Option<String>,
    /// Name of the test case, or the type of an answer that is about a file; absent if excluded.
    #[schema(nullable = false)]
    pub testcase: Option<String>,
    /// The result that was looked at.
    #[schema(nullable = false)]
    pub result_id: Option<i64>,
    /// The scenario of the result, or of the rule that has none.
    pub scenario: Option<String>,
    /// The architecture of the result.
    pub system_architecture: Option<String>,
    /// The variant of the result.
    pub system_variant: Option<String>,
    /// Why the test could not be done.
    pub error_reason: Option<String>,
    /// The waiver that covers it.
    #[schema(nullable = false)]
    pub waiver_id: Option<i64>,
    /// The subject as it is written in results; only of what is not satisfied.
    #[schema(nullable = false)]
    pub item: Option<BTreeMap<String, Value>>,
    /// The policy that leaves the package out.
    pub policy: Option<String>,
    /// The remote file that asked; null for the policies of the service.
    pub source: Option<String>,
    /// The remote files that were looked for.
    #[schema(nullable = false)]
    pub sources: Option<Vec<String>>,
    /// What is wrong with a remote file.
    #[schema(nullable = false)]
    pub details: Option<String>,
    /// Why remote files could not be read, or the creation time of a build could not be told.
    #[schema(nullable = false)]
    pub error: Option<String>,
}

/// What came of a requirement. `-waived` is at the end if a waiver covers it.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are those of the wire")]
pub enum RequirementType {
    TestResultPassed,
    TestResultMissing,
    TestResultMissingWaived,
    TestResultFailed,
    TestResultFailedWaived,
    TestResultErrored,
    TestResultErroredWaived,
    Excluded,
    FetchedGatingYaml,
    InvalidGatingYaml,
    MissingGatingYaml,
    FailedFetchGatingYaml,
}

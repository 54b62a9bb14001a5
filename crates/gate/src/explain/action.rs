//! The shape of an action: what to do so that the gate opens. Which actions there are is found in `open`.

use std::collections::BTreeMap;

use serde::Serialize;

/// One thing to do. It is done when everything in `run`, `wait_for`, `fix` and `files` has come to a passing result or a good file, or, in
/// place of all that, when the waivers of `or_waive` are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Action {
    /// The test case, or the name under which a fault of a remote file is waived.
    pub testcase: String,
    /// In words.
    pub text: String,
    /// Tests without a result.
    pub run: Vec<RunTest>,
    /// Results of tests that have not finished.
    pub wait_for: Vec<ResultRef>,
    /// Results of tests that failed or could not be carried out: a newer result for the same must pass.
    pub fix: Vec<ResultRef>,
    /// Remote files to write or repair; what they ask for then counts.
    pub files: Vec<FileRef>,
    /// Waivers that do the same: each is the body of a `POST` to the waivers, but for the comment.
    pub or_waive: Vec<WaiverBody>,
}

/// A test to run, and what its result must say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunTest {
    /// Type of the subject.
    pub subject_type: String,
    /// The subject.
    pub subject_identifier: String,
    /// The scenario; null for any.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub scenario: Option<String>,
    /// Extra data by which the result will be found.
    pub data: BTreeMap<String, Vec<String>>,
}

/// A result that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultRef {
    /// Its id.
    pub result_id: i64,
    /// Its outcome.
    pub outcome: String,
    /// Type of the subject.
    pub subject_type: String,
    /// The subject.
    pub subject_identifier: String,
    /// Its values of the keys that tell results of one test case apart.
    pub data: BTreeMap<String, Vec<String>>,
}

/// A remote file that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileRef {
    /// Type of the subject.
    pub subject_type: String,
    /// The subject.
    pub subject_identifier: String,
    /// Its URL, or those that were tried.
    pub sources: Vec<String>,
    /// What is wrong.
    pub problem: String,
}

/// A waiver to submit; the comment is its author's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "the fields are those of a waiver")]
pub struct WaiverBody {
    pub subject_type: String,
    pub subject_identifier: String,
    pub testcase: String,
    pub product_version: String,
    /// Absent if the waiver must hold for all scenarios.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub scenario: Option<String>,
}

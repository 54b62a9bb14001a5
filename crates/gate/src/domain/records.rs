//! Results and waivers as far as a gate looks at them. Notes, links, groups and names stay with the store; a caller that shows whole
//! records joins them by id.

use std::collections::BTreeMap;

use super::subject::ResultQuery;
use fnmatch::fnmatch;

/// The data key with the scenario of a result, which a rule may ask for.
pub(crate) const SCENARIO: &str = "scenario";
/// The data key that says why a test could not be done.
pub(crate) const ERROR_REASON: &str = "error_reason";

/// One test result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestResult {
    /// Id in the results store; of two results with one time the higher id is the later.
    pub id: i64,
    /// Name of the test case.
    pub testcase: String,
    /// Outcome as stored, such as `PASSED`.
    pub outcome: String,
    /// When it was submitted, µs since the epoch.
    pub submit_time_us: i64,
    /// Extra data: each key with its values in the order in which they were given.
    pub data: BTreeMap<String, Vec<String>>,
}

impl TestResult {
    /// First value of a data key.
    pub(crate) fn first(&self, key: &str) -> Option<&str> {
        self.data.get(key)?.first().map(String::as_str)
    }
}

/// What was found by one query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryResults {
    /// The query.
    pub query: ResultQuery,
    /// The results, in any order, others of the same test cases among them or not.
    pub results: Vec<TestResult>,
}

/// Why a waiver is not in force. It covers nothing then, and an explanation names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// It is a request that nobody has decided about.
    Requested,
    /// It is a request that was denied.
    Denied,
    /// It was taken back.
    Withdrawn,
    /// Its time is over.
    Expired,
}

/// One waiver, standing or withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiver {
    /// Id in the waivers store; a higher id is later and takes the place of a lower one for the same thing.
    pub id: i64,
    /// Id or alias of the subject type.
    pub subject_type: String,
    /// What is waived.
    pub subject_identifier: String,
    /// Name of the test case whose outcome is waived.
    pub testcase: String,
    /// The product version it is waived for, exactly as in the decision request.
    pub product_version: String,
    /// Patterns of more product versions that it is waived for.
    pub product_version_globs: Vec<String>,
    /// The decision contexts it is limited to; empty for all.
    pub contexts: Vec<String>,
    /// The one architecture whose results it is limited to.
    pub architecture: Option<String>,
    /// The one variant whose results it is limited to.
    pub variant: Option<String>,
    /// The one scenario it is waived for; none or empty for all.
    pub scenario: Option<String>,
    /// False for a waiver that withdraws an earlier one.
    pub waived: bool,
    /// When it was made, µs since the epoch.
    pub timestamp_us: i64,
    /// Why it is not in force; none if it is. Only explanations need to be given those that are not.
    pub lapse: Option<Lapse>,
}

impl Waiver {
    /// Whether it is for this product version, by name or by pattern.
    pub(crate) fn is_for(&self, product_version: &str) -> bool {
        let mut globs = self.product_version_globs.iter();
        self.product_version == product_version || globs.any(|glob| fnmatch(product_version, glob))
    }

    /// Whether it is limited to anything beside its subject, test case, scenario and product version.
    pub(crate) fn is_limited(&self) -> bool {
        !self.contexts.is_empty()
            || !self.product_version_globs.is_empty()
            || self.architecture.is_some()
            || self.variant.is_some()
    }
}

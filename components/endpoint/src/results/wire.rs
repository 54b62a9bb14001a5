//! A result as ResultsDB's clients know it.

use crate::records::{TestCase, TestResult};
use http_edge::request::encode_path;
use http_edge::time::format_us;
use serde::Serialize;
use serde_json::value::RawValue;

/// Where the endpoints of ResultsDB are.
pub const PREFIX: &str = "/api/v2.0";

/// A result; keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Result))]
pub struct ResultJson<'a> {
    /// Extra data: lists of texts by key.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = std::collections::BTreeMap<String, Vec<String>>)
    )]
    data: &'a RawValue,
    /// Identifiers of its groups, the last named one first.
    groups: &'a [String],
    /// Where it is.
    href: String,
    /// Its number, larger than that of every earlier result.
    id: u64,
    /// A remark.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    note: Option<&'a str>,
    /// What came out, in upper case.
    outcome: &'a str,
    /// Where to read more about this run.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    ref_url: Option<&'a str>,
    /// When it was submitted: UTC without a zone, six digits of fraction unless they are zero.
    submit_time: String,
    /// What was tested.
    testcase: TestCaseJson<'a>,
}

/// A test case; keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = TestCase))]
pub struct TestCaseJson<'a> {
    /// Where it is.
    href: String,
    /// Its name, which may have slashes.
    name: &'a str,
    /// Where to read more about it.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    ref_url: Option<&'a str>,
}

impl<'a> TestCaseJson<'a> {
    /// The JSON of `test_case`, with links that begin with `base`.
    #[must_use]
    pub fn new(test_case: &'a TestCase, base: &str) -> Self {
        Self {
            href: format!("{base}{PREFIX}/testcases/{}", encode_path(&test_case.name)),
            name: &test_case.name,
            ref_url: test_case.ref_url.as_deref(),
        }
    }
}

impl<'a> ResultJson<'a> {
    /// The JSON of `result`, with links that begin with `base`.
    ///
    /// # Errors
    /// When the stored data is no JSON.
    pub fn new(result: &'a TestResult, base: &str) -> Result<Self, serde_json::Error> {
        Ok(Self {
            data: serde_json::from_str(&result.data)?,
            groups: &result.groups,
            href: format!("{base}{PREFIX}/results/{}", result.id),
            id: result.id,
            note: result.note.as_deref(),
            outcome: &result.outcome,
            ref_url: result.ref_url.as_deref(),
            submit_time: format_us(result.submit_time_us),
            testcase: TestCaseJson::new(&result.test_case, base),
        })
    }

    /// The JSON of several results.
    ///
    /// # Errors
    /// When the stored data is no JSON.
    pub fn list(results: &'a [TestResult], base: &str) -> Result<Vec<Self>, serde_json::Error> {
        results
            .iter()
            .map(|result| Self::new(result, base))
            .collect()
    }
}

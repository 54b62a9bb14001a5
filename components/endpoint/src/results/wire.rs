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
pub struct ResultJson<'a> {
    data: &'a RawValue,
    groups: &'a [String],
    href: String,
    id: u64,
    note: Option<&'a str>,
    outcome: &'a str,
    ref_url: Option<&'a str>,
    submit_time: String,
    testcase: TestCaseJson<'a>,
}

/// A test case; keys in alphabetical order.
#[derive(Serialize)]
pub struct TestCaseJson<'a> {
    href: String,
    name: &'a str,
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

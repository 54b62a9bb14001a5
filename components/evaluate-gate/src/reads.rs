//! Between the gate's words and the store's.

use endpoint::records::{DataFilter, ResultFilter, TestResult, Waiver, WaiverFilter};
use gate::ResultRead;
use http_edge::{Error, Result};

/// A filter for each query of each read, in order.
pub fn result_filters(reads: &[ResultRead], until_us: Option<i64>) -> Vec<ResultFilter> {
    let mut filters = Vec::new();
    for read in reads {
        for query in &read.queries {
            let data = query.iter().map(|(key, values)| DataFilter {
                key: key.clone(),
                values: values.clone(),
                wildcard: false,
            });
            filters.push(ResultFilter {
                since_us: None,
                until_us,
                outcomes: Vec::new(),
                groups: Vec::new(),
                test_cases: read.testcases.iter().flatten().cloned().collect(),
                test_cases_like: Vec::new(),
                data: data.collect(),
            });
        }
    }
    filters
}

/// Results as far as the gate looks at them.
pub fn for_gate(results: &[Vec<TestResult>]) -> Result<Vec<Vec<gate::TestResult>>> {
    results
        .iter()
        .map(|list| list.iter().map(result_for_gate).collect())
        .collect()
}

fn result_for_gate(result: &TestResult) -> Result<gate::TestResult> {
    let data = serde_json::from_str(&result.data)
        .map_err(|error| Error::Internal(format!("data of result {}: {error}", result.id)))?;
    Ok(gate::TestResult {
        id: signed(result.id),
        testcase: result.test_case.name.clone(),
        outcome: result.outcome.clone(),
        submit_time_us: result.submit_time_us,
        data,
    })
}

/// The gate's filters for the store.
pub fn waiver_filters(filters: &[gate::WaiverFilter], until_us: Option<i64>) -> Vec<WaiverFilter> {
    let filter = |filter: &gate::WaiverFilter| WaiverFilter {
        subject_type: Some(filter.subject_type.clone()),
        subject_identifier: Some(filter.subject_identifier.clone()),
        testcase: filter.testcase.clone(),
        scenario: None,
        product_version: Some(filter.product_version.clone()),
        username: None,
        proxied_by: None,
        since_us: None,
        until_us,
        reason: None,
        state: None,
        unlimited: false,
        or_by_pattern: true,
    };
    filters.iter().map(filter).collect()
}

/// Waivers as far as the gate looks at them.
pub fn waivers_for_gate(waivers: &[Waiver]) -> Vec<gate::Waiver> {
    let waiver = |waiver: &Waiver| {
        let terms = waiver.terms.as_ref();
        gate::Waiver {
            id: signed(waiver.id),
            subject_type: waiver.subject_type.clone(),
            subject_identifier: waiver.subject_identifier.clone(),
            testcase: waiver.testcase.clone(),
            product_version: waiver.product_version.clone(),
            product_version_globs: terms
                .map(|terms| terms.product_versions.clone())
                .unwrap_or_default(),
            contexts: terms
                .map(|terms| terms.contexts.clone())
                .unwrap_or_default(),
            architecture: terms.and_then(|terms| terms.architecture.clone()),
            variant: terms.and_then(|terms| terms.variant.clone()),
            scenario: waiver.scenario.clone(),
            waived: waiver.waived,
            timestamp_us: waiver.timestamp_us,
        }
    };
    waivers.iter().map(waiver).collect()
}

/// Ids are SQLite's, which are below 2^63.
fn signed(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

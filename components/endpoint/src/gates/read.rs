//! What a decision reads: one list of results for each subject, then waivers; in the store's words and
//! in the gate's.

use crate::now_us;
use crate::records::{
    self, DataFilter, Page, ResultFilter, Selection, TestResult, Waiver, WaiverFilter, WaiverList,
    WaiverState,
};
use gate::{Evaluation, Lapse, Plan, ResultRead};
use http_edge::{Error, Result};

/// The most waivers that one decision looks at.
const MAX_WAIVERS: u32 = 100_000;

/// What the store's functions return.
type Answer<T> = std::result::Result<T, records::Error>;

/// A list of results for each filter, or for each subject.
type Lists = Vec<Vec<TestResult>>;

/// How the store is read, by the functions of a component's own world.
pub struct Reads {
    /// `result-reads.latest-distinct`.
    pub results: fn(&[ResultFilter], &[String]) -> Answer<Lists>,
    /// `waiver-reads.find`.
    pub waivers: fn(&[WaiverFilter], Selection, i64, Page) -> Answer<WaiverList>,
}

/// Records and what the gate sees of them.
#[derive(Debug)]
pub struct Both<R, G> {
    /// As stored.
    pub stored: Vec<R>,
    /// As the gate sees them, in the same order.
    pub for_gate: Vec<G>,
}

impl Reads {
    /// The results that a plan needs, for each of its subjects: one call, or none.
    ///
    /// # Errors
    /// What the store returns.
    pub fn results(&self, plan: &Plan<'_>) -> Result<Both<Vec<TestResult>, Vec<gate::TestResult>>> {
        let (count, until_us) = (plan.subjects().len(), plan.when_us());
        self.results_of(count, &plan.reads(), plan.distinct_on(), until_us)
    }

    /// The results that `wanted` names, for each of `count` subjects: one call, or none.
    ///
    /// # Errors
    /// What the store returns.
    pub fn results_of(
        &self,
        count: usize,
        wanted: &[ResultRead],
        distinct_on: &[String],
        until_us: Option<i64>,
    ) -> Result<Both<Vec<TestResult>, Vec<gate::TestResult>>> {
        let mut stored = vec![Vec::new(); count];
        let filters = result_filters(wanted, until_us);
        if !filters.is_empty() {
            let mut found = (self.results)(&filters, distinct_on)?.into_iter();
            for read in wanted {
                for list in found.by_ref().take(read.queries.len()) {
                    if let Some(of_subject) = stored.get_mut(read.subject) {
                        of_subject.extend(list);
                    }
                }
            }
        }
        let for_gate = for_gate(&stored)?;
        Ok(Both { stored, for_gate })
    }

    /// The waivers that a decision needs, in force at its time: one call, or none.
    ///
    /// # Errors
    /// What the store returns.
    pub fn waivers(&self, evaluation: &Evaluation<'_>) -> Result<Both<Waiver, gate::Waiver>> {
        self.waivers_of(&evaluation.waiver_filters(), evaluation.plan().when_us())
    }

    /// The waivers of these filters, in force at a time or now: one call, or none.
    ///
    /// # Errors
    /// What the store returns.
    pub fn waivers_of(
        &self,
        filters: &[gate::WaiverFilter],
        until_us: Option<i64>,
    ) -> Result<Both<Waiver, gate::Waiver>> {
        self.find_waivers(&waiver_filters(filters, until_us), Selection::InForce)
    }

    /// As [`Self::waivers`], for an explanation, which names those that nearly match, too, and those that
    /// are not in force.
    ///
    /// # Errors
    /// What the store returns.
    pub fn waivers_to_explain(
        &self,
        evaluation: &Evaluation<'_>,
    ) -> Result<Both<Waiver, gate::Waiver>> {
        let until_us = evaluation.plan().when_us();
        let queries = evaluation.explanation_waiver_filters();
        let filters = queries.into_iter().map(|query| WaiverFilter {
            subject_identifier: Some(query.subject_identifier),
            ..any_waiver(until_us)
        });
        let mut found = self.find_waivers(&filters.collect::<Vec<_>>(), Selection::Every)?;
        let is_told = |waiver: &Waiver| waiver.state != WaiverState::Superseded;
        found.stored.retain(is_told);
        found.for_gate = waivers_for_gate(&found.stored);
        Ok(found)
    }

    fn find_waivers(
        &self,
        filters: &[WaiverFilter],
        selection: Selection,
    ) -> Result<Both<Waiver, gate::Waiver>> {
        let all = Page {
            offset: 0,
            limit: MAX_WAIVERS,
        };
        let stored = match filters.is_empty() {
            true => Vec::new(),
            false => (self.waivers)(filters, selection, now_us(), all)?.waivers,
        };
        let for_gate = waivers_for_gate(&stored);
        Ok(Both { stored, for_gate })
    }
}

/// A filter for each query of each read, in order.
fn result_filters(reads: &[ResultRead], until_us: Option<i64>) -> Vec<ResultFilter> {
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
fn for_gate(results: &[Vec<TestResult>]) -> Result<Vec<Vec<gate::TestResult>>> {
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
fn waiver_filters(filters: &[gate::WaiverFilter], until_us: Option<i64>) -> Vec<WaiverFilter> {
    let filter = |filter: &gate::WaiverFilter| WaiverFilter {
        subject_type: Some(filter.subject_type.clone()),
        subject_identifier: Some(filter.subject_identifier.clone()),
        testcase: filter.testcase.clone(),
        product_version: Some(filter.product_version.clone()),
        or_by_pattern: true,
        ..any_waiver(until_us)
    };
    filters.iter().map(filter).collect()
}

/// No condition but the time.
fn any_waiver(until_us: Option<i64>) -> WaiverFilter {
    WaiverFilter {
        until_us,
        unlimited: false,
        ..crate::waivers::filter::everything()
    }
}

/// Waivers as far as the gate looks at them.
fn waivers_for_gate(waivers: &[Waiver]) -> Vec<gate::Waiver> {
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
            lapse: lapse(waiver.state),
        }
    };
    waivers.iter().map(waiver).collect()
}

fn lapse(state: WaiverState) -> Option<Lapse> {
    match state {
        WaiverState::Requested => Some(Lapse::Requested),
        WaiverState::Denied => Some(Lapse::Denied),
        WaiverState::Withdrawn => Some(Lapse::Withdrawn),
        WaiverState::Expired => Some(Lapse::Expired),
        WaiverState::Granted | WaiverState::Superseded => None,
    }
}

/// Ids are SQLite's, which are below 2^63.
fn signed(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

//! What a decision reads: one list of results for each subject, then waivers; in the store's words and
//! in the gate's.

use super::data;
use crate::now_us;
use crate::records::{
    self, DataFilter, Detail, Page, ResultFilter, Selection, TestResult, Waiver, WaiverFilter,
    WaiverList, WaiverState,
};
use gate::{Evaluation, Lapse, Plan, QueryResults, ResultQuery, ResultRead};
use http_edge::{Error, Result};
use std::collections::BTreeMap;

/// The most waivers that one decision looks at.
const MAX_WAIVERS: u32 = 100_000;

/// What the store's functions return.
type Answer<T> = std::result::Result<T, records::Error>;

/// A list of results for each filter.
type Lists = Vec<Vec<TestResult>>;

/// For each subject what each of its queries found, as the gate sees it.
type Found = Vec<Vec<QueryResults>>;

/// How the store is read, by the functions of a component's own world.
pub struct Reads {
    /// `result-reads.latest-distinct`.
    pub results: fn(&[ResultFilter], &[String], Detail) -> Answer<Lists>,
    /// `waiver-reads.find`.
    pub waivers: fn(&[WaiverFilter], Selection, i64, Page) -> Answer<WaiverList>,
}

/// Records and what the gate sees of them.
#[derive(Debug)]
pub struct Both<R, G> {
    /// As stored.
    pub stored: R,
    /// As the gate sees them, in the same order.
    pub for_gate: G,
}

impl Reads {
    /// The results that a plan needs, for each of its subjects: one call, or none.
    ///
    /// # Errors
    /// What the store returns.
    pub fn results(&self, plan: &Plan<'_>) -> Result<Found> {
        let (count, until_us) = (plan.subjects().len(), plan.when_us());
        self.results_of(count, &plan.reads(), plan.distinct_on(), until_us)
    }

    /// The results that `wanted` names, for each of `count` subjects: one call, or none. Of their data
    /// there is what decisions look at.
    ///
    /// # Errors
    /// What the store returns.
    pub fn results_of(
        &self,
        count: usize,
        wanted: &[ResultRead],
        distinct_on: &[String],
        until_us: Option<i64>,
    ) -> Result<Found> {
        let keys = gate::data_keys(distinct_on);
        let lists = self.lists(wanted, distinct_on, until_us, Detail::Core)?;
        found(count, lists, |result| {
            let data = data::of_keys(&result.data, &keys);
            result_for_gate(result, data)
        })
    }

    /// As [`Self::results`], with all data, for an explanation.
    ///
    /// # Errors
    /// What the store returns.
    pub fn results_to_explain(&self, plan: &Plan<'_>) -> Result<Found> {
        let (count, reads) = (plan.subjects().len(), plan.reads());
        let lists = self.lists(&reads, plan.distinct_on(), plan.when_us(), Detail::Whole)?;
        found(count, lists, whole_for_gate)
    }

    /// As [`Self::results_to_explain`], for an answer that shows the results.
    ///
    /// # Errors
    /// What the store returns.
    pub fn results_to_show(&self, plan: &Plan<'_>) -> Result<Both<Vec<TestResult>, Found>> {
        let (count, reads) = (plan.subjects().len(), plan.reads());
        let lists = self.lists(&reads, plan.distinct_on(), plan.when_us(), Detail::Whole)?;
        let mut stored = Vec::new();
        let for_gate = found(count, lists, |result| {
            stored.push(result.clone());
            whole_for_gate(result)
        })?;
        Ok(Both { stored, for_gate })
    }

    /// What the store has for each query of each read, with the subject of the read.
    fn lists<'w>(
        &self,
        wanted: &'w [ResultRead],
        distinct_on: &[String],
        until_us: Option<i64>,
        detail: Detail,
    ) -> Result<impl Iterator<Item = (usize, &'w ResultQuery, Vec<TestResult>)>> {
        let filters = result_filters(wanted, until_us);
        let found = match filters.is_empty() {
            true => Vec::new(),
            false => (self.results)(&filters, distinct_on, detail)?,
        };
        let queries = wanted.iter().flat_map(|read| {
            let queries = read.queries.iter();
            queries.map(move |query| (read.subject, query))
        });
        let lists = queries.zip(found);
        Ok(lists.map(|((subject, query), list)| (subject, query, list)))
    }

    /// The waivers that a decision needs, in force at its time: one call, or none.
    ///
    /// # Errors
    /// What the store returns.
    pub fn waivers(
        &self,
        evaluation: &Evaluation<'_>,
    ) -> Result<Both<Vec<Waiver>, Vec<gate::Waiver>>> {
        let until_us = evaluation.plan().when_us();
        let filters = waiver_filters(&evaluation.waiver_filters(), until_us);
        let stored = self.find_waivers(&filters, Selection::InForce)?;
        let for_gate = stored.iter().map(waiver_for_gate).collect();
        Ok(Both { stored, for_gate })
    }

    /// The waivers of these filters, in force at a time or now: one call, or none.
    ///
    /// # Errors
    /// What the store returns.
    pub fn waivers_of(
        &self,
        filters: &[gate::WaiverFilter],
        until_us: Option<i64>,
    ) -> Result<Vec<gate::Waiver>> {
        let found = self.find_waivers(&waiver_filters(filters, until_us), Selection::InForce)?;
        Ok(found.iter().map(waiver_for_gate).collect())
    }

    /// As [`Self::waivers`], for an explanation, which names those that nearly match, too, and those that
    /// are not in force.
    ///
    /// # Errors
    /// What the store returns.
    pub fn waivers_to_explain(&self, evaluation: &Evaluation<'_>) -> Result<Vec<gate::Waiver>> {
        let until_us = evaluation.plan().when_us();
        let queries = evaluation.explanation_waiver_filters();
        let filters = queries.into_iter().map(|query| WaiverFilter {
            subject_identifier: Some(query.subject_identifier),
            ..any_waiver(until_us)
        });
        let filters: Vec<_> = filters.collect();
        let found = self.find_waivers(&filters, Selection::Every)?;
        let is_told = |waiver: &&Waiver| waiver.state != WaiverState::Superseded;
        Ok(found.iter().filter(is_told).map(waiver_for_gate).collect())
    }

    fn find_waivers(&self, filters: &[WaiverFilter], selection: Selection) -> Result<Vec<Waiver>> {
        let all = Page {
            offset: 0,
            limit: MAX_WAIVERS,
        };
        match filters.is_empty() {
            true => Ok(Vec::new()),
            false => Ok((self.waivers)(filters, selection, now_us(), all)?.waivers),
        }
    }
}

/// Judges the results that were read.
///
/// # Errors
/// As the gate says: 502 for a remote rule that nobody could look for.
pub fn evaluate<'r>(plan: Plan<'r>, found: &'r [Vec<QueryResults>]) -> Result<Evaluation<'r>> {
    let evaluation = plan.evaluate(found);
    evaluation.map_err(|error| Error::message(error.status(), &error.to_string()))
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

/// What each query found, for each of `count` subjects.
fn found<'w>(
    count: usize,
    lists: impl Iterator<Item = (usize, &'w ResultQuery, Vec<TestResult>)>,
    mut for_gate: impl FnMut(TestResult) -> Result<gate::TestResult>,
) -> Result<Found> {
    let mut found = vec![Vec::new(); count];
    for (subject, query, list) in lists {
        let results = list.into_iter().map(&mut for_gate);
        let results = results.collect::<Result<_>>()?;
        if let Some(of_subject) = found.get_mut(subject) {
            of_subject.push(QueryResults {
                query: query.clone(),
                results,
            });
        }
    }
    Ok(found)
}

fn whole_for_gate(result: TestResult) -> Result<gate::TestResult> {
    let data = serde_json::from_str(&result.data);
    result_for_gate(result, data)
}

/// A result as far as the gate looks at it, with what came of reading its data.
fn result_for_gate(
    result: TestResult,
    data: serde_json::Result<BTreeMap<String, Vec<String>>>,
) -> Result<gate::TestResult> {
    let data =
        data.map_err(|error| Error::Internal(format!("data of result {}: {error}", result.id)))?;
    Ok(gate::TestResult {
        id: signed(result.id),
        testcase: result.test_case.name,
        outcome: result.outcome,
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

/// A waiver as far as the gate looks at it.
fn waiver_for_gate(waiver: &Waiver) -> gate::Waiver {
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

//! The latest result of each (test case, value of some keys): what gates ask for.
//!
//! A gate asks for many subjects at once, and each of its questions names a subject by a key with
//! one value. Such questions are answered by one statement, however many they are; others one by
//! one.

use crate::candidates;
use crate::database::{Database, Failure, Row};
use crate::filter;
use crate::patterns;
use crate::results::read;
use crate::row::{self, RESULT_COLUMNS};
use crate::search;
use crate::shapes::Known;
use crate::statement::Parameters;
use endpoint::records::{DataFilter, Order, ResultFilter, TestResult};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashSet};

/// For each filter the latest matching results, newest first.
///
/// # Errors
/// When the database fails.
pub fn latest_distinct(
    database: &impl Database,
    filters: &[ResultFilter],
    keys: &[String],
) -> Result<Vec<Vec<TestResult>>, Failure> {
    // A single question may name something that very many results have.
    let questions = match filters {
        [filter] if !filter.data.iter().any(|data| data.key == "item") => None,
        filters => Questions::of(filters),
    };
    let lists = match questions {
        Some(questions) => questions.ask(database)?,
        None => filters
            .iter()
            .map(|filter| ask_one(database, filter, keys))
            .collect::<Result<_, _>>()?,
    };
    lists
        .into_iter()
        .map(|list| latest_of(list, keys))
        .collect()
}

/// The results that match one filter, newest first, at least those that can be the latest.
fn ask_one(
    database: &impl Database,
    filter: &ResultFilter,
    keys: &[String],
) -> Result<Vec<TestResult>, Failure> {
    let filter = ResultFilter {
        outcomes: Vec::new(),
        ..filter.clone()
    };
    let Some(filter) = patterns::resolve(database, &filter)? else {
        return Ok(Vec::new());
    };
    let plan = filter::plan(database, &filter, true)?;
    let mut parameters = Parameters::default();
    let keys = match plan.is_small {
        true => search::keys(&plan, &filter, None, &mut parameters),
        false => {
            let known = Known::of(database, &filter)?;
            match known.is_all() {
                true => candidates::of(&filter, &known, keys, &mut parameters),
                false => search::keys(&plan, &filter, None, &mut parameters),
            }
        }
    };
    read(database, &keys, &parameters, Order::NewestFirst)
}

/// Filters that differ in their data alone and each name a subject.
struct Questions<'a> {
    /// For each filter the data filter that names the subject, and the others.
    subjects: Vec<(&'a DataFilter, Vec<&'a DataFilter>)>,
    /// What they have in common.
    common: &'a ResultFilter,
}

impl<'a> Questions<'a> {
    fn of(filters: &'a [ResultFilter]) -> Option<Self> {
        let common = filters.first()?;
        let mut subjects = Vec::with_capacity(filters.len());
        for filter in filters {
            let alike = filter.since_us == common.since_us
                && filter.until_us == common.until_us
                && filter.test_cases == common.test_cases
                && filter.test_cases_like.is_empty()
                && filter.groups.is_empty()
                && !filter.data.iter().any(|data| data.wildcard);
            let names_subject = |data: &&DataFilter| data.values.len() == 1 && data.key != "type";
            let subject = filter.data.iter().find(names_subject).filter(|_| alike)?;
            let others = filter.data.iter().filter(|data| *data != subject).collect();
            subjects.push((subject, others));
        }
        Some(Self { subjects, common })
    }

    fn ask(&self, database: &impl Database) -> Result<Vec<Vec<TestResult>>, Failure> {
        let (statement, parameters) = self.statement();
        let mut lists = vec![Vec::new(); self.subjects.len()];
        for row in database.run(&statement, parameters.values())? {
            let (index, result) = indexed_result(row)?;
            if let Some(list) = lists.get_mut(index) {
                list.push(result);
            }
        }
        Ok(lists)
    }

    fn statement(&self) -> (String, Parameters) {
        let mut parameters = Parameters::default();
        let questions: Vec<Json> = self.subjects.iter().map(question).collect();
        let questions = parameters.bind(Json::Array(questions).to_string());
        let mut conditions = String::new();
        if !self.common.test_cases.is_empty() {
            let any = parameters.any_of("r.test_case", &self.common.test_cases);
            conditions.push_str(&format!(" AND {any}"));
        }
        for (operator, time) in [(">=", self.common.since_us), ("<=", self.common.until_us)] {
            if let Some(time) = time {
                let time = parameters.bind(time);
                conditions.push_str(&format!(" AND h.submit_time_us {operator} {time}"));
            }
        }
        if self.subjects.iter().any(|(_, others)| !others.is_empty()) {
            conditions.push_str(
                " AND NOT EXISTS (SELECT 1 FROM json_each(f.value, '$[2]') AS c WHERE NOT EXISTS \
                 (SELECT 1 FROM json_each(c.value, '$[1]') AS v CROSS JOIN result_data AS d \
                 ON d.key = c.value ->> 0 AND d.value = v.value \
                 AND d.submit_time_us = h.submit_time_us AND d.result_id = h.result_id))",
            );
        }
        let statement = format!(
            "SELECT {RESULT_COLUMNS}, f.key FROM json_each({questions}) AS f \
             CROSS JOIN result_data AS h CROSS JOIN results AS r ON r.id = h.result_id \
             LEFT JOIN test_cases AS t ON t.name = r.test_case \
             WHERE h.key = f.value ->> 0 AND h.value = f.value ->> 1{conditions} \
             ORDER BY h.submit_time_us DESC, h.result_id DESC"
        );
        (statement, parameters)
    }
}

/// `[key, value, [[key, [value, …]], …]]`: the subject, and what else must hold.
fn question((subject, others): &(&DataFilter, Vec<&DataFilter>)) -> Json {
    let others: Vec<Json> = others
        .iter()
        .map(|data| json!([data.key, data.values]))
        .collect();
    json!([subject.key, subject.values.first(), others])
}

/// A row whose last column is the index of the question that it answers.
fn indexed_result(mut row: Row) -> Result<(usize, TestResult), Failure> {
    let index = row::Columns::of(row.split_off(row.len().saturating_sub(1))).id()?;
    Ok((
        usize::try_from(index).unwrap_or(usize::MAX),
        row::result(row)?,
    ))
}

/// Of results, newest first, those that are the first of a (test case, value of each key).
fn latest_of(results: Vec<TestResult>, keys: &[String]) -> Result<Vec<TestResult>, Failure> {
    // Most results have none of the keys, which a look for the key's text tells without parsing.
    let texts: Vec<String> = keys
        .iter()
        .map(|key| format!("{}:", Json::from(key.as_str())))
        .collect();
    let mut seen = HashSet::new();
    let mut is_latest = Vec::with_capacity(results.len());
    for result in &results {
        let has_key = texts.iter().any(|text| result.data.contains(text));
        let tuples = match has_key {
            true => tuples(result, keys)?,
            false => vec![vec![None; keys.len()]],
        };
        let mut first = false;
        for tuple in tuples {
            first |= seen.insert((result.test_case.name.as_str(), tuple));
        }
        is_latest.push(first);
    }
    let latest = results.into_iter().zip(is_latest);
    Ok(latest
        .filter(|(_, is_latest)| *is_latest)
        .map(|(result, _)| result)
        .collect())
}

/// Every combination of the result's values of these keys; a missing key has the value `None`.
fn tuples(result: &TestResult, keys: &[String]) -> Result<Vec<Vec<Option<String>>>, Failure> {
    let mut data: BTreeMap<String, Vec<String>> = serde_json::from_str(&result.data)
        .map_err(|error| Failure::Database(format!("data of result {}: {error}", result.id)))?;
    let mut tuples = vec![Vec::with_capacity(keys.len())];
    for key in keys {
        let values: Vec<Option<String>> = match data.remove(key) {
            Some(values) if !values.is_empty() => values.into_iter().map(Some).collect(),
            _ => vec![None],
        };
        let mut longer = Vec::with_capacity(tuples.len() * values.len());
        for tuple in tuples {
            for value in &values {
                let mut tuple: Vec<Option<String>> = tuple.clone();
                tuple.push(value.clone());
                longer.push(tuple);
            }
        }
        tuples = longer;
    }
    Ok(tuples)
}

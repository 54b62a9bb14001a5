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
use crate::row::{self, CORE_COLUMNS, RESULT_COLUMNS};
use crate::search;
use crate::shapes::Known;
use crate::statement::Parameters;
use endpoint::records::{DataFilter, Detail, Order, ResultFilter, TestResult};
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::collections::HashSet;

/// Lists that are no longer are cheaper to hand over than to shorten.
const SHORT: usize = 500;

/// For each filter the latest matching results, newest first. For decisions, which choose the latest
/// anyway, a short list may have others.
///
/// # Errors
/// When the database fails.
pub fn latest_distinct(
    database: &impl Database,
    filters: &[ResultFilter],
    keys: &[String],
    detail: Detail,
) -> Result<Vec<Vec<TestResult>>, Failure> {
    // A single question may name something that very many results have.
    let questions = match filters {
        [filter] if !filter.data.iter().any(|data| data.key == "item") => None,
        filters => Questions::of(filters),
    };
    let lists = match questions {
        Some(questions) => questions.ask(database, detail)?,
        None => filters
            .iter()
            .map(|filter| ask_one(database, filter, keys))
            .collect::<Result<_, _>>()?,
    };
    let is_short = |list: &[TestResult]| detail == Detail::Core && list.len() <= SHORT;
    lists
        .into_iter()
        .map(|list| match is_short(&list) {
            true => Ok(list),
            false => latest_of(list, keys),
        })
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

    fn ask(
        &self,
        database: &impl Database,
        detail: Detail,
    ) -> Result<Vec<Vec<TestResult>>, Failure> {
        let (statement, parameters) = self.statement(detail);
        let mut lists = vec![Vec::new(); self.subjects.len()];
        for row in database.run(&statement, parameters.values())? {
            let (index, result) = indexed_result(row, detail)?;
            if let Some(list) = lists.get_mut(index) {
                list.push(result);
            }
        }
        Ok(lists)
    }

    fn statement(&self, detail: Detail) -> (String, Parameters) {
        let mut parameters = Parameters::default();
        let (index, subject, from) = self.named(&mut parameters);
        let mut conditions = Vec::from([subject]);
        if !self.common.test_cases.is_empty() {
            conditions.push(parameters.any_of("r.test_case", &self.common.test_cases));
        }
        for (operator, time) in [(">=", self.common.since_us), ("<=", self.common.until_us)] {
            if let Some(time) = time {
                let time = parameters.bind(time);
                conditions.push(format!("h.submit_time_us {operator} {time}"));
            }
        }
        conditions.extend(self.others(&mut parameters));
        let (columns, test_cases) = match detail {
            Detail::Core => (CORE_COLUMNS, ""),
            Detail::Whole => (
                RESULT_COLUMNS,
                "LEFT JOIN test_cases AS t ON t.name = r.test_case",
            ),
        };
        let statement = format!(
            "SELECT {columns}, {index} FROM {from} CROSS JOIN results AS r ON r.id = h.result_id \
             {test_cases} WHERE {} ORDER BY h.submit_time_us DESC, h.result_id DESC",
            conditions.join(" AND ")
        );
        (statement, parameters)
    }

    /// The index of the question, the condition that its subject is named, and what both are about. A
    /// single question is asked plainly, as its results then come in order.
    fn named(&self, parameters: &mut Parameters) -> (&'static str, String, String) {
        if let [(subject, _)] = self.subjects.as_slice() {
            let key = parameters.bind(subject.key.as_str());
            let value = parameters.any_of("h.value", &subject.values);
            let condition = format!("h.key = {key} AND {value}");
            return ("0", condition, "result_data AS h".to_owned());
        }
        let questions: Vec<Json> = self.subjects.iter().map(question).collect();
        let questions = parameters.bind(Json::Array(questions).to_string());
        let condition = "h.key = f.value ->> 0 AND h.value = f.value ->> 1".to_owned();
        let from = format!("json_each({questions}) AS f CROSS JOIN result_data AS h");
        ("f.key", condition, from)
    }

    /// What else must hold: plain conditions if it is the same for all subjects.
    fn others(&self, parameters: &mut Parameters) -> Vec<String> {
        let mut all = self.subjects.iter().map(|(_, others)| others);
        let first = all.next().map(Vec::as_slice).unwrap_or_default();
        if all.all(|others| others == first) {
            let has = |other: &&DataFilter| {
                let key = parameters.bind(other.key.as_str());
                let value = parameters.any_of("d.value", &other.values);
                format!(
                    "EXISTS (SELECT 1 FROM result_data AS d WHERE d.key = {key} AND {value}{SAME_RESULT})"
                )
            };
            return first.iter().map(has).collect();
        }
        vec![format!(
            "NOT EXISTS (SELECT 1 FROM json_each(f.value, '$[2]') AS c WHERE NOT EXISTS \
             (SELECT 1 FROM json_each(c.value, '$[1]') AS v CROSS JOIN result_data AS d \
             ON d.key = c.value ->> 0 AND d.value = v.value{SAME_RESULT}))"
        )]
    }
}

/// That `result_data AS d` is about the result of `result_data AS h`.
const SAME_RESULT: &str = " AND d.submit_time_us = h.submit_time_us AND d.result_id = h.result_id";

/// `[key, value, [[key, [value, …]], …]]`: the subject, and what else must hold.
fn question((subject, others): &(&DataFilter, Vec<&DataFilter>)) -> Json {
    let others: Vec<Json> = others
        .iter()
        .map(|data| json!([data.key, data.values]))
        .collect();
    json!([subject.key, subject.values.first(), others])
}

/// A row whose last column is the index of the question that it answers.
fn indexed_result(mut row: Row, detail: Detail) -> Result<(usize, TestResult), Failure> {
    let index = row::Columns::of(row.pop().into_iter().collect()).id()?;
    let result = match detail {
        Detail::Whole => row::result(row)?,
        Detail::Core => row::core_result(row)?,
    };
    Ok((usize::try_from(index).unwrap_or(usize::MAX), result))
}

/// A value of each key; a missing key has the value `None`.
type Combination<'a> = Vec<Option<Cow<'a, str>>>;

/// Of results, newest first, those that are the first of a (test case, value of each key).
fn latest_of(results: Vec<TestResult>, keys: &[String]) -> Result<Vec<TestResult>, Failure> {
    // Data is stored without spaces, and quotes inside of strings are escaped in it: behind a comma
    // this is found nowhere but where the key's values begin.
    let beginnings: Vec<String> = keys
        .iter()
        .map(|key| format!(",{}:", Json::from(key.as_str())))
        .collect();
    let mut seen = HashSet::with_capacity(results.len());
    let mut is_latest = Vec::with_capacity(results.len());
    for result in &results {
        let mut first = false;
        for combination in combinations(result, &beginnings)? {
            first |= seen.insert((result.test_case.name.as_str(), combination));
        }
        is_latest.push(first);
    }
    let latest = results.into_iter().zip(is_latest);
    Ok(latest
        .filter(|(_, is_latest)| *is_latest)
        .map(|(result, _)| result)
        .collect())
}

/// Every combination of the result's values of the keys whose values begin behind these texts.
fn combinations<'a>(
    result: &'a TestResult,
    beginnings: &[String],
) -> Result<Vec<Combination<'a>>, Failure> {
    let mut combinations = vec![Vec::with_capacity(beginnings.len())];
    for beginning in beginnings {
        let mut values = values(result, beginning)?;
        let last = values.pop();
        let before = match values.is_empty() {
            true => Vec::new(),
            false => combinations.clone(),
        };
        for combination in &mut combinations {
            combination.push(last.clone());
        }
        for value in values {
            combinations.extend(before.iter().map(|combination| {
                let mut longer = combination.clone();
                longer.push(Some(value.clone()));
                longer
            }));
        }
    }
    Ok(combinations)
}

/// The result's values of the key whose values begin behind this text.
fn values<'a>(result: &'a TestResult, beginning: &str) -> Result<Vec<Cow<'a, str>>, Failure> {
    let is_first = || {
        result
            .data
            .strip_prefix('{')?
            .strip_prefix(beginning.get(1..)?)
    };
    let list = match result.data.split_once(beginning) {
        Some((_, list)) => list,
        None => match is_first() {
            Some(list) => list,
            None => return Ok(Vec::new()),
        },
    };
    let mut lists = serde_json::Deserializer::from_str(list).into_iter::<Vec<Cow<'a, str>>>();
    let list = lists.next().unwrap_or_else(|| Ok(Vec::new()));
    list.map_err(|error| Failure::Database(format!("data of result {}: {error}", result.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use endpoint::records::TestCase;

    fn result(id: u64, data: Json) -> TestResult {
        TestResult {
            id,
            submit_time_us: 0,
            outcome: String::new(),
            test_case: TestCase {
                name: String::new(),
                ref_url: None,
            },
            groups: Vec::new(),
            data: data.to_string(),
            note: None,
            ref_url: None,
        }
    }

    #[test]
    fn values_are_found_whatever_keys_and_values_look_like() {
        let odd = json!({"b": ["1", "\u{e9}\"\\"], "c,\"b": ["2"], "d": ["{\"b\":[3]", ",\"b\":[\"4\"]"]});
        let results = vec![
            result(6, odd),
            result(5, json!({"a": ["x"], "b": ["1"]})),
            result(4, json!({"b": ["\u{e9}\"\\", "new"]})),
            result(3, json!({"a": ["x"], "c,\"b": ["1"]})),
            result(2, json!({"b": []})),
            result(1, json!({"a": ["\"b\":"]})),
        ];
        let latest = latest_of(results, &["b".to_owned()]).unwrap();
        let ids: Vec<u64> = latest.iter().map(|result| result.id).collect();
        assert_eq!(ids, [6, 4, 3]);
    }
}

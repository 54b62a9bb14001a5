//! Conditions on results as SQL, and which of them a search starts from.
//!
//! A search walks one index (the driver) and checks the other conditions row by row. It should
//! start from the condition that the fewest results meet, which SQLite's planner can't know: it
//! would have to compare `item = x` with `type = y` in the same index. So the candidates are
//! counted, up to a small bound that rises only when every one of them is above it.

use crate::database::{Database, Failure};
use crate::row::Columns;
use crate::statement::Parameters;
use endpoint::records::{DataFilter, ResultFilter};

/// How far candidates are counted, step by step.
const COUNT_BOUNDS: [i64; 3] = [50, 1_000, 20_000];

/// The condition that a search starts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Driver<'a> {
    /// A key of the extra data with one of these values.
    Data(&'a DataFilter),
    /// Membership in a group.
    Groups(&'a [String]),
    /// The test case.
    TestCases(&'a [String]),
    /// The outcome.
    Outcomes(&'a [String]),
    /// None: all results, by time.
    Time,
}

impl Driver<'_> {
    /// The table, as `h` with columns `submit_time_us` and `result_id`, and the driver's own
    /// condition.
    fn table(self, parameters: &mut Parameters) -> (String, Option<String>) {
        match self {
            Driver::Data(filter) => {
                let key = parameters.bind(filter.key.as_str());
                let value = parameters.any_of("value", &filter.values);
                rows_once(
                    "result_data",
                    &format!("key = {key} AND {value}"),
                    filter.values.len(),
                )
            }
            Driver::Groups(uuids) => {
                let condition = parameters.any_of("group_uuid", uuids);
                rows_once("result_groups", &condition, uuids.len())
            }
            Driver::TestCases(names) => (
                "results AS r INDEXED BY results_by_test_case".to_owned(),
                Some(parameters.any_of("r.test_case", names)),
            ),
            Driver::Outcomes(outcomes) => (
                "results AS r INDEXED BY results_by_outcome".to_owned(),
                Some(parameters.any_of("r.outcome", outcomes)),
            ),
            Driver::Time => ("results AS r INDEXED BY results_by_time".to_owned(), None),
        }
    }

    /// Whether the driver walks an index beside `results`.
    fn is_beside(self) -> bool {
        matches!(self, Driver::Data(_) | Driver::Groups(_))
    }

    /// Counts the driver's rows, at most `bound`.
    fn count(self, database: &impl Database, bound: i64) -> Result<i64, Failure> {
        let mut parameters = Parameters::default();
        let (table, condition) = self.table(&mut parameters);
        let condition = condition.map_or(String::new(), |text| format!("WHERE {text}"));
        let limit = parameters.bind(bound);
        let statement =
            format!("SELECT count(*) FROM (SELECT 1 FROM {table} {condition} LIMIT {limit})");
        match database
            .run(&statement, parameters.values())?
            .into_iter()
            .next()
        {
            Some(row) => Columns::of(row).integer(),
            None => Ok(0),
        }
    }
}

/// Rows of an index table as `h`. With several values a result may be met more than once, so it is
/// made unique.
fn rows_once(table: &str, condition: &str, values: usize) -> (String, Option<String>) {
    match values {
        1 => (format!("{table} AS h"), Some(condition.to_owned())),
        _ => (
            format!(
                "(SELECT DISTINCT submit_time_us, result_id FROM {table} WHERE {condition}) AS h"
            ),
            None,
        ),
    }
}

/// The conditions that have an index, those that are usually met by few results first.
fn candidates(filter: &ResultFilter) -> Vec<Driver<'_>> {
    let is_item = |data: &&DataFilter| data.key == "item";
    let equal = || filter.data.iter().filter(|data| !data.wildcard);
    let mut candidates: Vec<Driver<'_>> = equal().filter(is_item).map(Driver::Data).collect();
    candidates.extend(equal().filter(|data| !is_item(data)).map(Driver::Data));
    if !filter.groups.is_empty() {
        candidates.push(Driver::Groups(&filter.groups));
    }
    if !filter.test_cases.is_empty() && filter.test_cases_like.is_empty() {
        candidates.push(Driver::TestCases(&filter.test_cases));
    }
    if !filter.outcomes.is_empty() {
        candidates.push(Driver::Outcomes(&filter.outcomes));
    }
    candidates
}

/// The driver for this filter.
///
/// # Errors
/// When counting fails.
pub fn choose<'a>(
    database: &impl Database,
    filter: &'a ResultFilter,
) -> Result<Driver<'a>, Failure> {
    let candidates = candidates(filter);
    if let [] | [_] = candidates.as_slice() {
        return Ok(candidates.first().copied().unwrap_or(Driver::Time));
    }
    let mut best = None;
    for bound in COUNT_BOUNDS {
        for driver in &candidates {
            let count = driver.count(database, bound)?;
            if count < bound {
                return Ok(*driver);
            }
            best = best.or(Some(*driver));
        }
    }
    Ok(best.unwrap_or(Driver::Time))
}

/// The `FROM … WHERE …` of a search: `results AS r` and its test case `AS t`, each result once.
pub struct Search {
    /// `FROM … WHERE …`.
    pub from: String,
    /// The column with the submit time that the driver's index is ordered by.
    pub time: &'static str,
    /// The column with the id that the driver's index is ordered by.
    pub id: &'static str,
}

/// Puts a search together.
#[must_use]
pub fn search(filter: &ResultFilter, driver: Driver<'_>, parameters: &mut Parameters) -> Search {
    let (table, own) = driver.table(parameters);
    let (mut from, time, id) = match driver.is_beside() {
        // CROSS JOIN keeps SQLite from starting at the other end.
        true => (
            format!("FROM {table} CROSS JOIN results AS r ON r.id = h.result_id"),
            "h.submit_time_us",
            "h.result_id",
        ),
        false => (format!("FROM {table}"), "r.submit_time_us", "r.id"),
    };
    from.push_str(" LEFT JOIN test_cases AS t ON t.name = r.test_case");
    let mut conditions: Vec<String> = own.into_iter().collect();
    if let Some(since) = filter.since_us {
        conditions.push(format!("{time} >= {}", parameters.bind(since)));
    }
    if let Some(until) = filter.until_us {
        conditions.push(format!("{time} <= {}", parameters.bind(until)));
    }
    conditions.extend(row_conditions(filter, driver, parameters));
    if !conditions.is_empty() {
        from.push_str(" WHERE ");
        from.push_str(&conditions.join(" AND "));
    }
    Search { from, time, id }
}

/// The conditions that are checked row by row, which are all but the driver's.
fn row_conditions(
    filter: &ResultFilter,
    driver: Driver<'_>,
    parameters: &mut Parameters,
) -> Vec<String> {
    let mut conditions = Vec::new();
    for data in &filter.data {
        if driver != Driver::Data(data) {
            conditions.push(data_condition(data, parameters));
        }
    }
    if !filter.groups.is_empty() && !matches!(driver, Driver::Groups(_)) {
        let any = parameters.any_of("g.group_uuid", &filter.groups);
        conditions.push(format!(
            "EXISTS (SELECT 1 FROM result_groups AS g WHERE {any} \
             AND g.submit_time_us = r.submit_time_us AND g.result_id = r.id)"
        ));
    }
    if !matches!(driver, Driver::TestCases(_)) {
        conditions.extend(test_case_condition(filter, parameters));
    }
    if !filter.outcomes.is_empty() && !matches!(driver, Driver::Outcomes(_)) {
        conditions.push(parameters.any_of("r.outcome", &filter.outcomes));
    }
    conditions
}

fn data_condition(data: &DataFilter, parameters: &mut Parameters) -> String {
    let key = parameters.bind(data.key.as_str());
    if data.wildcard {
        let any = parameters.any_like("v.value", &data.values);
        return format!(
            "EXISTS (SELECT 1 FROM json_each(r.data) AS k, json_each(k.value) AS v \
             WHERE k.key = {key} AND {any})"
        );
    }
    let any = parameters.any_of("d.value", &data.values);
    format!(
        "EXISTS (SELECT 1 FROM result_data AS d WHERE d.key = {key} AND {any} \
         AND d.submit_time_us = r.submit_time_us AND d.result_id = r.id)"
    )
}

/// By name or by pattern, if there is either.
fn test_case_condition(filter: &ResultFilter, parameters: &mut Parameters) -> Option<String> {
    let mut alternatives = Vec::new();
    if !filter.test_cases.is_empty() {
        alternatives.push(parameters.any_of("r.test_case", &filter.test_cases));
    }
    if !filter.test_cases_like.is_empty() {
        alternatives.push(parameters.any_like("r.test_case", &filter.test_cases_like));
    }
    (!alternatives.is_empty()).then(|| format!("({})", alternatives.join(" OR ")))
}

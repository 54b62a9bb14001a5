//! The latest results of each test case.
//!
//! What meets a filter is ranked if it is little. Else the results of each test case are walked from
//! the newest to the first that meets the filter, which comes soon if many do. Where shapes know all
//! conditions, the walk ends after some results, and the test case's shapes are asked for their newest.

use crate::condition::{self, OF_RESULTS, and};
use crate::database::{Database, Failure};
use crate::filter::{self, Plan};
use crate::patterns;
use crate::row::{self, RESULT_COLUMNS};
use crate::search;
use crate::shapes::Known;
use crate::statement::Parameters;
use endpoint::records::{Order, ResultFilter, TestResult};

/// For each test case every matching result of its latest submit time, newest first.
///
/// # Errors
/// When the database fails.
pub fn latest(database: &impl Database, filter: &ResultFilter) -> Result<Vec<TestResult>, Failure> {
    // Which outcomes there were is no condition here: the latest result counts, whatever it is.
    let filter = ResultFilter {
        outcomes: Vec::new(),
        ..filter.clone()
    };
    let Some(filter) = patterns::resolve(database, &filter)? else {
        return Ok(Vec::new());
    };
    let mut parameters = Parameters::default();
    let statement = statement(database, &filter, &mut parameters)?;
    let rows = database.run(&statement, parameters.values())?;
    let mut results: Vec<TestResult> = rows
        .into_iter()
        .map(row::result)
        .collect::<Result<_, _>>()?;
    search::sort(&mut results, Order::NewestFirst);
    Ok(results)
}

fn statement(
    database: &impl Database,
    filter: &ResultFilter,
    parameters: &mut Parameters,
) -> Result<String, Failure> {
    if filter.data.is_empty() && filter.groups.is_empty() {
        return Ok(walk(filter, None, parameters));
    }
    let plan = filter::plan(database, filter, true)?;
    if plan.is_small {
        return Ok(rank(&plan, filter, parameters));
    }
    let known = Known::of(database, filter)?;
    let shapes = Some((known, database.bounds().walked)).filter(|(known, _)| known.is_all());
    Ok(walk(filter, shapes, parameters))
}

/// Everything that is found, ranked by time within each test case.
fn rank(plan: &Plan, filter: &ResultFilter, parameters: &mut Parameters) -> String {
    let keys = search::keys(plan, filter, None, parameters);
    format!(
        "SELECT {RESULT_COLUMNS} FROM (SELECT r.id AS latest_id, \
         rank() OVER (PARTITION BY r.test_case ORDER BY r.submit_time_us DESC) AS place \
         FROM ({keys}) AS found CROSS JOIN results AS r ON r.id = found.i) \
         CROSS JOIN results AS r ON r.id = latest_id LEFT JOIN test_cases AS t ON t.name = r.test_case \
         WHERE place = 1"
    )
}

/// The results of each test case from the newest on.
fn walk(
    filter: &ResultFilter,
    shapes: Option<(Known, i64)>,
    parameters: &mut Parameters,
) -> String {
    let of_one = ResultFilter {
        test_cases: Vec::new(),
        test_cases_like: Vec::new(),
        ..filter.clone()
    };
    let rest = and(condition::all(&of_one, OF_RESULTS, parameters));
    let names = condition::test_cases(filter, "t.name", parameters);
    let names = names.map_or(String::new(), |names| format!("WHERE {names}"));
    let newest = |until: &str| {
        format!(
            "(SELECT r.submit_time_us FROM results AS r INDEXED BY results_by_test_case \
             WHERE r.test_case = t.name{until}{rest} ORDER BY r.submit_time_us DESC LIMIT 1)"
        )
    };
    let (with, time) = match shapes {
        None => (String::new(), newest("")),
        Some((known, walked)) => {
            let (until, with, of_shapes) = by_shapes(filter, &known, walked, parameters);
            (with, format!("coalesce({}, {of_shapes})", newest(&until)))
        }
    };
    format!(
        "{with}SELECT {RESULT_COLUMNS} FROM (SELECT t.name AS name, {time} AS time FROM test_cases AS t {names}) AS n \
         CROSS JOIN results AS r INDEXED BY results_by_test_case \
         ON r.test_case = n.name AND r.submit_time_us = n.time{rest} \
         LEFT JOIN test_cases AS t ON t.name = r.test_case"
    )
}

/// How far a test case's results are walked, results that are in no shape yet, and the newest time
/// of the test case's shapes and of those results.
fn by_shapes(
    filter: &ResultFilter,
    known: &Known,
    walked: i64,
    parameters: &mut Parameters,
) -> (String, String, String) {
    let span = and(condition::times(filter, "c.submit_time_us", parameters));
    let (steps, none) = (parameters.bind(walked), parameters.bind(i64::MIN));
    let until = format!(
        " AND r.submit_time_us >= coalesce((SELECT c.submit_time_us FROM results AS c \
         INDEXED BY results_by_test_case WHERE c.test_case = t.name{span} \
         ORDER BY c.submit_time_us DESC LIMIT 1 OFFSET {steps}), {none})"
    );
    let unsummarised = search::unsummarised(known.upto, filter, parameters);
    let with = format!(
        "WITH unsummarised (name, time) AS MATERIALIZED (SELECT u.test_case, f.t \
         FROM ({unsummarised}) AS f CROSS JOIN results AS u ON u.id = f.i) "
    );
    let times = and(condition::times(filter, "h.submit_time_us", parameters));
    let from = known.of_test_case("t.name", parameters);
    let of_shapes = format!(
        "(SELECT max(time) FROM (SELECT (SELECT max(h.submit_time_us) FROM result_shapes AS h \
         WHERE h.shape = s.id{times}) AS time {from} \
         UNION ALL SELECT f.time FROM unsummarised AS f WHERE f.name = t.name))"
    );
    (until, with, of_shapes)
}

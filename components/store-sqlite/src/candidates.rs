//! Results among which the latest of each (test case, value of some keys) are, by way of shapes.
//!
//! If all values that a result has of these keys are frequent, its profile tells them, and of all
//! results of a test case with the same ones only the newest can be the latest. Of profiles with a
//! value that isn't frequent every result is a candidate. Which candidates are the latest is not
//! decided here.

use crate::condition::{self, OF_RESULTS};
use crate::database::{Database, Failure};
use crate::row::Columns;
use crate::search;
use crate::shapes::Known;
use crate::statement::{Parameters, json_list};
use endpoint::records::ResultFilter;
use serde_json::{Value as Json, json};
use spin_sdk::sqlite::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The statement, with a column `i` of ids. Shapes must know all conditions of the filter.
///
/// # Errors
/// When the database fails.
pub fn of(
    database: &impl Database,
    filter: &ResultFilter,
    known: &Known,
    keys: &[String],
    parameters: &mut Parameters,
) -> Result<String, Failure> {
    let profiles = parameters.bind(Json::Array(places(database, known, keys)?).to_string());
    let times = condition::times(&known.names, "h.submit_time_us", parameters);
    let times: String = times.iter().map(|time| format!(" AND {time}")).collect();
    let names = match known.names.test_cases.is_empty() {
        true => String::new(),
        false => format!(
            " AND {}",
            parameters.any_of("s.test_case", &known.names.test_cases)
        ),
    };
    let unsummarised = search::unsummarised(known.upto, filter, parameters);
    let all = condition::all(filter, OF_RESULTS, parameters);
    let all: String = all.iter().map(|one| format!(" AND {one}")).collect();
    // The newest time tells the newest results, and others of the same time, which do no harm.
    Ok(format!(
        "WITH asked (profile, place) AS MATERIALIZED \
         (SELECT value ->> 0, value ->> 1 FROM json_each({profiles})), \
         newest (name, time) AS (SELECT DISTINCT name, max(time) FROM (\
         SELECT s.test_case AS name, f.place AS place, (SELECT max(h.submit_time_us) \
         FROM result_shapes AS h WHERE h.shape = s.id{times}) AS time \
         FROM asked AS f CROSS JOIN shapes AS s ON s.profile = f.profile{names} WHERE f.place >= 0) \
         GROUP BY name, place) \
         SELECT r.id AS i FROM newest AS f CROSS JOIN results AS r INDEXED BY results_by_test_case \
         ON r.test_case = f.name AND r.submit_time_us = f.time{all} \
         UNION SELECT h.result_id FROM asked AS f CROSS JOIN shapes AS s ON s.profile = f.profile{names} \
         CROSS JOIN result_shapes AS h ON h.shape = s.id{times} WHERE f.place < 0 \
         UNION SELECT i FROM ({unsummarised})"
    ))
}

/// `[profile, place]` of each profile that meets the filter: those with the same place have the same
/// values of these keys. -1 if a profile does not tell them.
fn places(database: &impl Database, known: &Known, keys: &[String]) -> Result<Vec<Json>, Failure> {
    let key_of = frequent_values(database, keys)?;
    let mut parameters = Parameters::default();
    let from = known.from_profiles(&mut parameters);
    let statement = format!("SELECT p.id, p.frequent, p.open_keys {from}");
    let mut numbers: BTreeMap<BTreeSet<i64>, usize> = BTreeMap::new();
    let mut places = Vec::new();
    for row in database.run(&statement, parameters.values())? {
        let mut columns = Columns::of(row);
        let profile = columns.integer()?;
        let frequent: Vec<i64> = list(&columns.text()?)?;
        let open_keys: Vec<String> = list(&columns.text()?)?;
        if open_keys.iter().any(|key| keys.contains(key)) {
            places.push(json!([profile, -1]));
            continue;
        }
        let asked = frequent.into_iter().filter(|id| key_of.contains(id));
        let next = numbers.len();
        let number = *numbers.entry(asked.collect()).or_insert(next);
        places.push(json!([profile, number]));
    }
    Ok(places)
}

/// The ids of the frequent values of these keys.
fn frequent_values(database: &impl Database, keys: &[String]) -> Result<BTreeSet<i64>, Failure> {
    let rows = database.run(
        "SELECT id FROM frequent_values WHERE key IN (SELECT value FROM json_each(?1))",
        &[Value::Text(json_list(keys))],
    )?;
    rows.into_iter()
        .map(|row| Columns::of(row).integer())
        .collect()
}

fn list<T: serde::de::DeserializeOwned>(json: &str) -> Result<Vec<T>, Failure> {
    serde_json::from_str(json).map_err(|error| Failure::Database(format!("stored list: {error}")))
}

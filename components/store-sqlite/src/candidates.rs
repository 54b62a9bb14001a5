//! Results among which the latest of each (test case, value of some keys) are, by way of shapes.
//!
//! If all values that a result has of these keys are frequent, its profile tells them, and of all
//! results of a test case with the same ones only the newest can be the latest. Of profiles with a
//! value that isn't frequent every result is a candidate. Which candidates are the latest is not
//! decided here.

use crate::condition::{self, OF_RESULTS, and};
use crate::search;
use crate::shapes::Known;
use crate::statement::{Parameters, json_list};
use endpoint::records::ResultFilter;

/// The statement, with a column `i` of ids. Shapes must know all conditions of the filter.
pub fn of(
    filter: &ResultFilter,
    known: &Known,
    keys: &[String],
    parameters: &mut Parameters,
) -> String {
    let keys = parameters.bind(json_list(keys));
    let profiles = known.profiles(parameters);
    let times = and(condition::times(
        &known.names,
        "h.submit_time_us",
        parameters,
    ));
    let names = match known.names.test_cases.is_empty() {
        true => String::new(),
        false => format!(
            " AND {}",
            parameters.any_of("s.test_case", &known.names.test_cases)
        ),
    };
    let unsummarised = search::unsummarised(known.upto, filter, parameters);
    let all = and(condition::all(filter, OF_RESULTS, parameters));
    // Profiles with the same place have the same values of the keys; without a place they don't
    // tell. The newest time names the newest results, and others of that time, which do no harm.
    format!(
        "WITH keys (key) AS MATERIALIZED (SELECT value FROM json_each({keys})), \
         asked_values (id) AS MATERIALIZED (SELECT id FROM frequent_values WHERE key IN keys), \
         asked (profile, place) AS MATERIALIZED (SELECT profile, iif(is_open, NULL, \
         dense_rank() OVER (ORDER BY told)) FROM (SELECT p.id AS profile, \
         (SELECT json_group_array(v.value) FROM json_each(p.frequent) AS v \
         WHERE v.value IN asked_values) AS told, \
         EXISTS (SELECT 1 FROM json_each(p.open_keys) AS v WHERE v.value IN keys) AS is_open {profiles})), \
         newest (name, time) AS (SELECT DISTINCT name, max(time) FROM (\
         SELECT s.test_case AS name, f.place AS place, (SELECT max(h.submit_time_us) \
         FROM result_shapes AS h WHERE h.shape = s.id{times}) AS time \
         FROM asked AS f CROSS JOIN shapes AS s ON s.profile = f.profile{names} \
         WHERE f.place IS NOT NULL) GROUP BY name, place) \
         SELECT r.id AS i FROM newest AS f CROSS JOIN results AS r INDEXED BY results_by_test_case \
         ON r.test_case = f.name AND r.submit_time_us = f.time{all} \
         UNION SELECT h.result_id FROM asked AS f CROSS JOIN shapes AS s ON s.profile = f.profile{names} \
         CROSS JOIN result_shapes AS h ON h.shape = s.id{times} WHERE f.place IS NULL \
         UNION SELECT i FROM ({unsummarised})"
    )
}

//! Conditions on results as SQL that is checked row by row. What a search starts from is not known
//! here.

use crate::statement::Parameters;
use endpoint::records::{DataFilter, ResultFilter};

/// Up to so many values are looked up in an index for each row; more are compared with the row's.
const LOOKED_UP_VALUES: usize = 8;

/// Where a row's time and id are, and whether `results AS r` is at hand.
#[derive(Clone, Copy)]
pub struct Columns {
    /// The expression of the submit time.
    pub time: &'static str,
    /// The expression of the id.
    pub id: &'static str,
}

/// Of a row of `results AS r`.
pub const OF_RESULTS: Columns = Columns {
    time: "r.submit_time_us",
    id: "r.id",
};

/// Of a row of an index table, as `h`.
pub const OF_INDEX: Columns = Columns {
    time: "h.submit_time_us",
    id: "h.result_id",
};

/// Whether the conditions of `filter` need more of a result than its time and id.
#[must_use]
pub fn need_results(filter: &ResultFilter) -> bool {
    !filter.outcomes.is_empty()
        || names_test_cases(filter)
        || filter.groups.len() > LOOKED_UP_VALUES
        || filter.data.iter().any(is_compared)
}

/// Whether there is a condition on the test case.
#[must_use]
pub fn names_test_cases(filter: &ResultFilter) -> bool {
    !filter.test_cases.is_empty() || !filter.test_cases_like.is_empty()
}

fn is_compared(data: &DataFilter) -> bool {
    data.wildcard || data.values.len() > LOOKED_UP_VALUES
}

/// The conditions on the submit time.
#[must_use]
pub fn times(filter: &ResultFilter, time: &str, parameters: &mut Parameters) -> Vec<String> {
    let ends = [(">=", filter.since_us), ("<=", filter.until_us)];
    ends.into_iter()
        .filter_map(|(operator, end)| Some(format!("{time} {operator} {}", parameters.bind(end?))))
        .collect()
}

/// Conditions to be put behind another.
#[must_use]
pub fn and(conditions: Vec<String>) -> String {
    let mut text = String::new();
    for condition in conditions {
        text.push_str(" AND ");
        text.push_str(&condition);
    }
    text
}

/// All conditions of `filter`.
#[must_use]
pub fn all(filter: &ResultFilter, columns: Columns, parameters: &mut Parameters) -> Vec<String> {
    let mut conditions = times(filter, columns.time, parameters);
    if !filter.outcomes.is_empty() {
        conditions.push(parameters.any_of("r.outcome", &filter.outcomes));
    }
    conditions.extend(test_cases(filter, "r.test_case", parameters));
    for condition in &filter.data {
        conditions.push(data(condition, columns, parameters));
    }
    if !filter.groups.is_empty() {
        conditions.push(groups(&filter.groups, columns, parameters));
    }
    conditions
}

/// The test case, by name or by pattern, if there is a condition on either.
#[must_use]
pub fn test_cases(
    filter: &ResultFilter,
    name: &str,
    parameters: &mut Parameters,
) -> Option<String> {
    let mut alternatives = Vec::new();
    if !filter.test_cases.is_empty() {
        alternatives.push(parameters.any_of(name, &filter.test_cases));
    }
    if !filter.test_cases_like.is_empty() {
        alternatives.push(parameters.any_like(name, &filter.test_cases_like));
    }
    (!alternatives.is_empty()).then(|| format!("({})", alternatives.join(" OR ")))
}

fn data(data: &DataFilter, columns: Columns, parameters: &mut Parameters) -> String {
    let key = parameters.bind(data.key.as_str());
    if is_compared(data) {
        let any = match data.wildcard {
            true => parameters.any_like("v.value", &data.values),
            false => parameters.any_of("v.value", &data.values),
        };
        let hint = hint(data, parameters);
        return format!(
            "{hint}EXISTS (SELECT 1 FROM json_each(r.data) AS k, json_each(k.value) AS v \
             WHERE k.key = {key} AND {any})"
        );
    }
    let any = parameters.any_of("d.value", &data.values);
    let Columns { time, id } = columns;
    format!(
        "EXISTS (SELECT 1 FROM result_data AS d WHERE d.key = {key} AND {any} \
         AND d.submit_time_us = {time} AND d.result_id = {id})"
    )
}

/// What the data's text must have in it for a pattern to match: much cheaper than taking it apart.
fn hint(data: &DataFilter, parameters: &mut Parameters) -> String {
    // In JSON these would be written in another way.
    let is_verbatim = |c: char| !c.is_control() && c != '"' && c != '\\';
    let longest = |pattern: &String| {
        let parts = pattern
            .split('*')
            .filter(|part| part.chars().all(is_verbatim));
        parts.max_by_key(|part| part.len()).map(str::to_owned)
    };
    let parts: Option<Vec<String>> = data.values.iter().map(longest).collect();
    let parts = parts.filter(|parts| data.wildcard && !parts.iter().any(String::is_empty));
    let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
        return String::new();
    };
    let any: Vec<String> = parts
        .into_iter()
        .map(|part| format!("instr(r.data, {}) > 0", parameters.bind(part)))
        .collect();
    format!("({}) AND ", any.join(" OR "))
}

fn groups(uuids: &[String], columns: Columns, parameters: &mut Parameters) -> String {
    if uuids.len() > LOOKED_UP_VALUES {
        let any = parameters.any_of("g.value", uuids);
        return format!("EXISTS (SELECT 1 FROM json_each(r.groups) AS g WHERE {any})");
    }
    let any = parameters.any_of("g.group_uuid", uuids);
    let Columns { time, id } = columns;
    format!(
        "EXISTS (SELECT 1 FROM result_groups AS g WHERE {any} \
         AND g.submit_time_us = {time} AND g.result_id = {id})"
    )
}

//! From filters to conditions on columns of `waivers AS w`, and which filters one statement can answer
//! together. What is in force is not known here.

use super::scope::PRODUCT_VERSIONS;
use crate::statement::Parameters;
use endpoint::records::{WaiverFilter, WaiverState};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What filters must have in common to be answered together, beside the columns they compare.
pub type Common<'a> = (
    Option<i64>,
    Option<WaiverState>,
    bool,
    Option<Option<&'a str>>,
);

fn common(filter: &WaiverFilter) -> Common<'_> {
    (
        filter.until_us,
        filter.state,
        filter.unlimited,
        filter
            .or_by_pattern
            .then_some(filter.product_version.as_deref()),
    )
}

/// The filters without those that are part of another one: of filters that differ in their earliest
/// time alone, the earliest covers all. What is in force depends on the latest time only.
pub fn merged(filters: &[WaiverFilter]) -> Vec<WaiverFilter> {
    let mut earliest: BTreeMap<_, &WaiverFilter> = BTreeMap::new();
    for filter in filters {
        let conditions = texts(filter).map(|(_, value)| value);
        let kept = earliest
            .entry((conditions, common(filter)))
            .or_insert(filter);
        if filter.since_us < kept.since_us {
            *kept = filter;
        }
    }
    earliest.into_values().cloned().collect()
}

/// Filters with conditions on the same columns and the same times, which one statement answers
/// together.
pub fn by_kind(filters: &[WaiverFilter]) -> Vec<Vec<&WaiverFilter>> {
    let mut kinds: BTreeMap<_, Vec<&WaiverFilter>> = BTreeMap::new();
    for filter in filters {
        let shape = texts(filter).map(|(_, value)| value.is_some());
        let kind = (shape, filter.since_us, common(filter));
        kinds.entry(kind).or_default().push(filter);
    }
    kinds.into_values().collect()
}

/// The conditions of filters of one kind. What the filters have in common is compared once; what
/// they differ in is looked up in a list, so that the work is that of one filter even where there is
/// no index.
pub fn of_kind(filters: &[&WaiverFilter], parameters: &mut Parameters) -> Vec<String> {
    let Some(first) = filters.first() else {
        return Vec::new();
    };
    let mut conditions = Vec::new();
    let mut differing: Vec<(usize, &str)> = Vec::new();
    for (index, (column, value)) in texts(first).into_iter().enumerate() {
        let Some(value) = value else { continue };
        if filters
            .iter()
            .any(|filter| text(filter, index) != Some(value))
        {
            differing.push((index, column));
            continue;
        }
        let is = format!("w.{column} = {}", parameters.bind(value));
        conditions.push(match first.or_by_pattern && column == "product_version" {
            true => format!("({is} OR w.scope -> '$.{PRODUCT_VERSIONS}' IS NOT NULL)"),
            false => is,
        });
    }
    conditions.extend(any_of_lists(filters, &differing, parameters));
    conditions.extend(times(first, parameters));
    if first.unlimited {
        conditions.push("w.scope IS NULL".to_owned());
    }
    conditions
}

/// The condition that these columns have the values of any of the filters.
fn any_of_lists(
    filters: &[&WaiverFilter],
    differing: &[(usize, &str)],
    parameters: &mut Parameters,
) -> Option<String> {
    let values = |index: usize| filters.iter().filter_map(move |filter| text(filter, index));
    match differing {
        [] => None,
        [(index, column)] => {
            let values: Vec<String> = values(*index).map(str::to_owned).collect();
            Some(parameters.any_of(&format!("w.{column}"), &values))
        }
        several => {
            let columns: Vec<String> = several
                .iter()
                .map(|(_, name)| format!("w.{name}"))
                .collect();
            let parts: Vec<String> = (0..several.len())
                .map(|n| format!("value ->> {n}"))
                .collect();
            let lists = filters.iter().map(|filter| {
                let values = several.iter().map(|(index, _)| text(filter, *index));
                Json::from_iter(values)
            });
            let lists = Json::from_iter(lists).to_string();
            Some(format!(
                "({}) IN (SELECT {} FROM json_each({}))",
                columns.join(", "),
                parts.join(", "),
                parameters.bind(lists)
            ))
        }
    }
}

fn times(filter: &WaiverFilter, parameters: &mut Parameters) -> Vec<String> {
    let mut conditions = Vec::new();
    for (operator, time) in [(">=", filter.since_us), ("<=", filter.until_us)] {
        if let Some(time) = time {
            conditions.push(format!(
                "w.timestamp_us {operator} {}",
                parameters.bind(time)
            ));
        }
    }
    conditions
}

/// All of these conditions.
pub fn all_of(conditions: &[String]) -> String {
    match conditions.is_empty() {
        true => String::new(),
        false => format!("WHERE {}", conditions.join(" AND ")),
    }
}

fn texts(filter: &WaiverFilter) -> [(&'static str, Option<&str>); 8] {
    [
        ("subject_type", filter.subject_type.as_deref()),
        ("subject_identifier", filter.subject_identifier.as_deref()),
        ("testcase", filter.testcase.as_deref()),
        ("scenario", filter.scenario.as_deref()),
        ("product_version", filter.product_version.as_deref()),
        ("username", filter.username.as_deref()),
        ("proxied_by", filter.proxied_by.as_deref()),
        ("reason", filter.reason.as_deref()),
    ]
}

/// The value of the column at this place in [`texts`].
fn text(filter: &WaiverFilter, index: usize) -> Option<&str> {
    texts(filter).get(index).and_then(|(_, value)| *value)
}

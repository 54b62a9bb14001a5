//! Waivers: one statement per write, and which of them are in force.
//!
//! A waiver is obsolete when a newer one of its own group was stored up to the asked time, so that
//! a question about the past gets the answer of the past.

use crate::database::{Database, Failure};
use crate::row::{self, Columns, WAIVER_COLUMNS};
use crate::statement::Parameters;
use endpoint::records::{NewWaiver, Obsolescence, Page, Waiver, WaiverFilter, WaiverList};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const COLUMNS: &str = "subject_type, subject_identifier, testcase, username, scenario, proxied_by, \
     product_version, waived, comment, timestamp_us";

/// Stores all of these or none.
///
/// # Errors
/// When the database fails.
pub fn submit(database: &impl Database, waivers: Vec<NewWaiver>) -> Result<Vec<Waiver>, Failure> {
    let list: Vec<Json> = waivers.iter().map(fields).collect();
    let statement = format!(
        "INSERT INTO waivers ({COLUMNS}) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, \
         value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9 \
         FROM json_each(?1) WHERE true ORDER BY key RETURNING id"
    );
    let mut ids = Vec::with_capacity(waivers.len());
    for row in database.run(&statement, &[Json::Array(list).to_string().into()])? {
        ids.push(Columns::of(row).id()?);
    }
    if ids.len() != waivers.len() {
        return Err(Failure::Database(format!(
            "stored {} waivers of {}",
            ids.len(),
            waivers.len()
        )));
    }
    ids.sort_unstable();
    Ok(waivers
        .into_iter()
        .zip(ids)
        .map(|(waiver, id)| stored(waiver, id))
        .collect())
}

/// The values of [`COLUMNS`].
fn fields(waiver: &NewWaiver) -> Json {
    json!([
        waiver.subject_type,
        waiver.subject_identifier,
        waiver.testcase,
        waiver.username,
        waiver.scenario,
        waiver.proxied_by,
        waiver.product_version,
        i32::from(waiver.waived),
        waiver.comment,
        waiver.timestamp_us,
    ])
}

fn stored(waiver: NewWaiver, id: u64) -> Waiver {
    Waiver {
        id,
        subject_type: waiver.subject_type,
        subject_identifier: waiver.subject_identifier,
        testcase: waiver.testcase,
        username: waiver.username,
        scenario: waiver.scenario,
        proxied_by: waiver.proxied_by,
        product_version: waiver.product_version,
        waived: waiver.waived,
        comment: waiver.comment,
        timestamp_us: waiver.timestamp_us,
    }
}

/// The waiver with this id.
///
/// # Errors
/// When the database fails.
pub fn get(database: &impl Database, id: u64) -> Result<Option<Waiver>, Failure> {
    let Ok(id) = i64::try_from(id) else {
        return Ok(None);
    };
    let statement = format!("SELECT {WAIVER_COLUMNS} FROM waivers AS w WHERE w.id = ?1");
    database
        .run(&statement, &[id.into()])?
        .into_iter()
        .next()
        .map(row::waiver)
        .transpose()
}

/// The waivers that match any of the filters, newest first.
///
/// # Errors
/// When the database fails.
pub fn find(
    database: &impl Database,
    filters: &[WaiverFilter],
    obsolete: Obsolescence,
    page: Page,
) -> Result<WaiverList, Failure> {
    let filters = merged(filters);
    if let [filter] = filters.as_slice() {
        return find_page(database, filter, obsolete, page);
    }
    let newest = page.offset.saturating_add(page.limit.into());
    let mut found = BTreeMap::new();
    for kind in by_kind(&filters) {
        for waiver in find_newest(database, &kind, obsolete, newest)? {
            found.insert((waiver.timestamp_us, waiver.id), waiver);
        }
    }
    let total = found.len() as u64;
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let waivers = found.into_values().rev().skip(offset).take(limit).collect();
    Ok(WaiverList { waivers, total })
}

/// The filters without those that are part of another one: of filters that differ in their earliest
/// time alone, the earliest covers all. What is obsolete depends on the latest time only.
fn merged(filters: &[WaiverFilter]) -> Vec<WaiverFilter> {
    let mut earliest: BTreeMap<_, &WaiverFilter> = BTreeMap::new();
    for filter in filters {
        let conditions = texts(filter).map(|(_, value)| value);
        let kept = earliest
            .entry((conditions, filter.until_us))
            .or_insert(filter);
        if filter.since_us < kept.since_us {
            *kept = filter;
        }
    }
    earliest.into_values().cloned().collect()
}

/// One filter: the page and the count are SQL's work.
fn find_page(
    database: &impl Database,
    filter: &WaiverFilter,
    obsolete: Obsolescence,
    page: Page,
) -> Result<WaiverList, Failure> {
    let mut parameters = Parameters::default();
    let mut conditions: Vec<String> = Vec::new();
    for (column, value) in texts(filter) {
        if let Some(value) = value {
            conditions.push(format!("w.{column} = {}", parameters.bind(value)));
        }
    }
    conditions.extend(times(filter, &mut parameters));
    let until = || filter.until_us.map(|time| parameters.bind(time));
    conditions.extend(in_force(obsolete, until));
    let from = format!("FROM waivers AS w {}", all_of(&conditions));
    let total = match database
        .run(&format!("SELECT count(*) {from}"), parameters.values())?
        .into_iter()
        .next()
    {
        Some(row) => Columns::of(row).id()?,
        None => 0,
    };
    let limit = parameters.bind(page.limit);
    let offset = parameters.bind(i64::try_from(page.offset).unwrap_or(i64::MAX));
    let statement = format!(
        "SELECT {WAIVER_COLUMNS} {from} ORDER BY w.timestamp_us DESC, w.id DESC LIMIT {limit} OFFSET {offset}"
    );
    let rows = database.run(&statement, parameters.values())?;
    let waivers = rows
        .into_iter()
        .map(row::waiver)
        .collect::<Result<_, _>>()?;
    Ok(WaiverList { waivers, total })
}

/// Filters with conditions on the same columns and the same times, which one statement answers
/// together.
fn by_kind(filters: &[WaiverFilter]) -> Vec<Vec<&WaiverFilter>> {
    let mut kinds: BTreeMap<_, Vec<&WaiverFilter>> = BTreeMap::new();
    for filter in filters {
        let shape = texts(filter).map(|(_, value)| value.is_some());
        let kind = (shape, filter.since_us, filter.until_us);
        kinds.entry(kind).or_default().push(filter);
    }
    kinds.into_values().collect()
}

/// The newest waivers that match any of these filters of one kind. What the filters have in common
/// is compared once; what they differ in is looked up in a list, so that the work is that of one
/// filter even where there is no index.
fn find_newest(
    database: &impl Database,
    filters: &[&WaiverFilter],
    obsolete: Obsolescence,
    newest: u64,
) -> Result<Vec<Waiver>, Failure> {
    let Some(first) = filters.first() else {
        return Ok(Vec::new());
    };
    let mut parameters = Parameters::default();
    let mut conditions: Vec<String> = Vec::new();
    let mut differing: Vec<(usize, &str)> = Vec::new();
    for (index, (column, value)) in texts(first).into_iter().enumerate() {
        match value {
            None => {}
            Some(_) if filters.iter().any(|filter| text(filter, index) != value) => {
                differing.push((index, column));
            }
            Some(value) => conditions.push(format!("w.{column} = {}", parameters.bind(value))),
        }
    }
    conditions.extend(any_of_lists(filters, &differing, &mut parameters));
    conditions.extend(times(first, &mut parameters));
    let until = || first.until_us.map(|time| parameters.bind(time));
    conditions.extend(in_force(obsolete, until));
    let limit = parameters.bind(i64::try_from(newest).unwrap_or(i64::MAX));
    // The plus keeps SQLite from walking all waivers by time.
    let statement = format!(
        "SELECT {WAIVER_COLUMNS} FROM waivers AS w {} ORDER BY +w.timestamp_us DESC, w.id DESC LIMIT {limit}",
        all_of(&conditions)
    );
    database
        .run(&statement, parameters.values())?
        .into_iter()
        .map(row::waiver)
        .collect()
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

fn all_of(conditions: &[String]) -> String {
    match conditions.is_empty() {
        true => String::new(),
        false => format!("WHERE {}", conditions.join(" AND ")),
    }
}

/// The condition that no newer waiver of the same group was stored up to `until`.
fn in_force(obsolete: Obsolescence, until: impl FnOnce() -> Option<String>) -> Option<String> {
    let user = match obsolete {
        Obsolescence::Keep => return None,
        Obsolescence::PerUser => " AND n.username = w.username",
        Obsolescence::AnyUser => "",
    };
    let until = until().map_or(String::new(), |time| {
        format!(" AND n.timestamp_us <= {time}")
    });
    Some(format!(
        "NOT EXISTS (SELECT 1 FROM waivers AS n WHERE n.subject_identifier = w.subject_identifier \
         AND n.testcase = w.testcase AND n.subject_type = w.subject_type \
         AND n.product_version = w.product_version AND n.scenario IS w.scenario \
         AND n.id > w.id{user}{until})"
    ))
}

fn texts(filter: &WaiverFilter) -> [(&'static str, Option<&str>); 7] {
    [
        ("subject_type", filter.subject_type.as_deref()),
        ("subject_identifier", filter.subject_identifier.as_deref()),
        ("testcase", filter.testcase.as_deref()),
        ("scenario", filter.scenario.as_deref()),
        ("product_version", filter.product_version.as_deref()),
        ("username", filter.username.as_deref()),
        ("proxied_by", filter.proxied_by.as_deref()),
    ]
}

/// The value of the column at this place in [`texts`].
fn text(filter: &WaiverFilter, index: usize) -> Option<&str> {
    texts(filter).get(index).and_then(|(_, value)| *value)
}

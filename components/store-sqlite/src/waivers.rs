//! Waivers: one statement per write, and which of them are in force.
//!
//! A waiver is obsolete when a newer one of its own group was stored up to the asked time, so that
//! a question about the past gets the answer of the past.

use crate::database::{Database, Failure};
use crate::row::{self, Columns, WAIVER_COLUMNS};
use crate::statement::Parameters;
use endpoint::records::{NewWaiver, Obsolescence, Page, Waiver, WaiverFilter, WaiverList};
use serde_json::{Value as Json, json};
use spin_sdk::sqlite::Value;
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
    if let [filter] = filters {
        return find_page(database, filter, obsolete, page);
    }
    let mut found = BTreeMap::new();
    for same_shape in by_shape(filters) {
        for waiver in find_all(database, &same_shape, obsolete)? {
            found.insert((waiver.timestamp_us, waiver.id), waiver);
        }
    }
    let total = found.len() as u64;
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let waivers = found.into_values().rev().skip(offset).take(limit).collect();
    Ok(WaiverList { waivers, total })
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

/// Filters with conditions on the same columns, which one statement answers together.
fn by_shape(filters: &[WaiverFilter]) -> Vec<Vec<&WaiverFilter>> {
    let mut shapes: BTreeMap<Vec<bool>, Vec<&WaiverFilter>> = BTreeMap::new();
    for filter in filters {
        let mut shape: Vec<bool> = texts(filter)
            .iter()
            .map(|(_, value)| value.is_some())
            .collect();
        shape.push(filter.since_us.is_some());
        shape.push(filter.until_us.is_some());
        shapes.entry(shape).or_default().push(filter);
    }
    shapes.into_values().collect()
}

/// Filters of one shape. What they all have in common is compared once; what they differ in is
/// looked up in a list.
fn find_all(
    database: &impl Database,
    filters: &[&WaiverFilter],
    obsolete: Obsolescence,
) -> Result<Vec<Waiver>, Failure> {
    let Some(first) = filters.first() else {
        return Ok(Vec::new());
    };
    let same_times = filters
        .iter()
        .all(|filter| filter.since_us == first.since_us && filter.until_us == first.until_us);
    let differing: Vec<usize> = (0..texts(first).len())
        .filter(|index| {
            filters
                .iter()
                .any(|filter| texts(filter).get(*index) != texts(first).get(*index))
        })
        .collect();
    match differing.as_slice() {
        [] | [_] if same_times => {
            find_one_differing(database, filters, first, differing.first(), obsolete)
        }
        _ => find_all_differing(database, filters, first, obsolete),
    }
}

/// Filters that differ in one column at the most.
fn find_one_differing(
    database: &impl Database,
    filters: &[&WaiverFilter],
    first: &WaiverFilter,
    differing: Option<&usize>,
    obsolete: Obsolescence,
) -> Result<Vec<Waiver>, Failure> {
    let mut parameters = Parameters::default();
    let mut conditions: Vec<String> = Vec::new();
    for (index, (column, value)) in texts(first).into_iter().enumerate() {
        if differing == Some(&index) {
            let values = filters
                .iter()
                .filter_map(|filter| texts(filter).get(index)?.1);
            let values: Vec<String> = values.map(str::to_owned).collect();
            conditions.push(parameters.any_of(&format!("w.{column}"), &values));
        } else if let Some(value) = value {
            conditions.push(format!("w.{column} = {}", parameters.bind(value)));
        }
    }
    conditions.extend(times(first, &mut parameters));
    let until = || first.until_us.map(|time| parameters.bind(time));
    conditions.extend(in_force(obsolete, until));
    let statement = format!(
        "SELECT {WAIVER_COLUMNS} FROM waivers AS w {}",
        all_of(&conditions)
    );
    database
        .run(&statement, parameters.values())?
        .into_iter()
        .map(row::waiver)
        .collect()
}

/// Filters that differ in several columns: a list of them is joined.
fn find_all_differing(
    database: &impl Database,
    filters: &[&WaiverFilter],
    first: &WaiverFilter,
    obsolete: Obsolescence,
) -> Result<Vec<Waiver>, Failure> {
    let mut conditions: Vec<String> = Vec::new();
    for (column, value) in texts(first) {
        if value.is_some() {
            conditions.push(format!("w.{column} = f.value ->> '{column}'"));
        }
    }
    if first.since_us.is_some() {
        conditions.push("w.timestamp_us >= f.value ->> 'since_us'".into());
    }
    let until = first.until_us.map(|_| "f.value ->> 'until_us'");
    if let Some(until) = until {
        conditions.push(format!("w.timestamp_us <= {until}"));
    }
    conditions.extend(in_force(obsolete, || until.map(str::to_owned)));
    let condition = all_of(&conditions);
    let statement = format!(
        "SELECT {WAIVER_COLUMNS} FROM json_each(?1) AS f CROSS JOIN waivers AS w {condition}"
    );
    let list: Vec<Json> = filters.iter().map(|filter| filter_json(filter)).collect();
    let rows = database.run(&statement, &[Value::Text(Json::Array(list).to_string())])?;
    rows.into_iter().map(row::waiver).collect()
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

fn filter_json(filter: &WaiverFilter) -> Json {
    let mut object: serde_json::Map<String, Json> = texts(filter)
        .into_iter()
        .map(|(column, value)| (column.to_owned(), value.into()))
        .collect();
    object.insert("since_us".into(), filter.since_us.into());
    object.insert("until_us".into(), filter.until_us.into());
    Json::Object(object)
}

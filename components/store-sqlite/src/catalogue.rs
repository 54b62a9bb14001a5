//! Test cases and groups.

use crate::database::{Database, Failure};
use crate::patterns;
use crate::row;
use crate::statement::Parameters;
use endpoint::records::{Group, GroupFilter, GroupMention, Page, TestCase, Update};
use spin_sdk::sqlite::Value;

const GROUP_COLUMNS: &str = "g.uuid, g.description, g.ref_url, \
     coalesce((SELECT m.results FROM group_sizes AS m WHERE m.group_uuid = g.uuid), 0)";

/// The test case of this name.
///
/// # Errors
/// When the database fails.
pub fn get_test_case(database: &impl Database, name: &str) -> Result<Option<TestCase>, Failure> {
    let rows = database.run(
        "SELECT name, ref_url FROM test_cases WHERE name = ?1",
        &[name.into()],
    )?;
    rows.into_iter().next().map(row::test_case).transpose()
}

/// Test cases by name.
///
/// # Errors
/// When the database fails.
pub fn find_test_cases(
    database: &impl Database,
    names: &[String],
    like: &[String],
    page: Page,
) -> Result<Vec<TestCase>, Failure> {
    let mut parameters = Parameters::default();
    let mut conditions = Vec::new();
    if !names.is_empty() {
        conditions.push(parameters.any_of("name", names));
    }
    if !like.is_empty() {
        conditions.push(parameters.any_like("name", like));
    }
    let condition = match conditions.is_empty() {
        true => String::new(),
        false => format!("WHERE {}", conditions.join(" OR ")),
    };
    let page = paged(page, &mut parameters);
    let statement =
        format!("SELECT name, ref_url FROM test_cases {condition} ORDER BY name {page}");
    database
        .run(&statement, parameters.values())?
        .into_iter()
        .map(row::test_case)
        .collect()
}

/// Creates the test case or updates its reference.
///
/// # Errors
/// When the database fails.
pub fn put_test_case(
    database: &impl Database,
    name: &str,
    ref_url: Update,
) -> Result<TestCase, Failure> {
    let (is_set, ref_url) = update(ref_url);
    let rows = database.run(
        "INSERT INTO test_cases (name, ref_url) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE \
         SET ref_url = iif(?3, excluded.ref_url, ref_url) RETURNING name, ref_url",
        &[name.into(), ref_url, is_set],
    )?;
    one(rows).and_then(row::test_case)
}

/// The group with this identifier.
///
/// # Errors
/// When the database fails.
pub fn get_group(database: &impl Database, uuid: &str) -> Result<Option<Group>, Failure> {
    let statement = format!("SELECT {GROUP_COLUMNS} FROM groups AS g WHERE g.uuid = ?1");
    database
        .run(&statement, &[uuid.into()])?
        .into_iter()
        .next()
        .map(row::group)
        .transpose()
}

/// Groups, the newest first.
///
/// # Errors
/// When the database fails.
pub fn find_groups(
    database: &impl Database,
    filter: &GroupFilter,
    page: Page,
) -> Result<Vec<Group>, Failure> {
    let mut parameters = Parameters::default();
    let mut conditions = Vec::new();
    if !filter.uuids.is_empty() {
        conditions.push(parameters.any_of("g.uuid", &filter.uuids));
    }
    if !filter.descriptions.is_empty() {
        if filter.wildcard {
            if let Some(groups) = patterns::groups(database, &filter.descriptions)? {
                let groups = parameters.bind(serde_json::Value::from(groups).to_string());
                conditions.push(format!(
                    "g.id IN (SELECT value FROM json_each({groups}) UNION SELECT id FROM groups_to_index)"
                ));
            }
            // Without the `+` SQLite would sort what begins alike, and most often that is much.
            conditions.push(parameters.any_like("+g.description", &filter.descriptions));
        } else {
            conditions.push(parameters.any_of("g.description", &filter.descriptions));
        }
    }
    let condition = match conditions.is_empty() {
        true => String::new(),
        false => format!("WHERE {}", conditions.join(" AND ")),
    };
    let page = paged(page, &mut parameters);
    let statement =
        format!("SELECT {GROUP_COLUMNS} FROM groups AS g {condition} ORDER BY g.id DESC {page}");
    database
        .run(&statement, parameters.values())?
        .into_iter()
        .map(row::group)
        .collect()
}

/// Creates the group or updates what is set.
///
/// # Errors
/// When the database fails.
pub fn put_group(database: &impl Database, group: GroupMention) -> Result<Group, Failure> {
    let (sets_description, description) = update(group.description);
    let (sets_ref_url, ref_url) = update(group.ref_url);
    let rows = database.run(
        "INSERT INTO groups (uuid, description, ref_url) VALUES (?1, ?2, ?3) ON CONFLICT (uuid) DO UPDATE \
         SET description = iif(?4, excluded.description, description), \
             ref_url = iif(?5, excluded.ref_url, ref_url) \
         RETURNING uuid, description, ref_url, \
             coalesce((SELECT m.results FROM group_sizes AS m WHERE m.group_uuid = uuid), 0)",
        &[group.uuid.into(), description, ref_url, sets_description, sets_ref_url],
    )?;
    one(rows).and_then(row::group)
}

fn update(update: Update) -> (Value, Value) {
    match update {
        Update::Keep => (Value::Integer(0), Value::Null),
        Update::Set(text) => (Value::Integer(1), text.into()),
    }
}

fn one(rows: Vec<crate::database::Row>) -> Result<crate::database::Row, Failure> {
    rows.into_iter()
        .next()
        .ok_or_else(|| Failure::Database("the write returned nothing".into()))
}

fn paged(page: Page, parameters: &mut Parameters) -> String {
    let limit = parameters.bind(page.limit);
    let offset = parameters.bind(i64::try_from(page.offset).unwrap_or(i64::MAX));
    format!("LIMIT {limit} OFFSET {offset}")
}

//! Test results: one statement per write, and the reads of single results and of pages.

use crate::database::{Database, Failure};
use crate::filter;
use crate::patterns;
use crate::row::{self, RESULT_COLUMNS};
use crate::search::{self, Part};
use crate::statement::{Parameters, json_list};
use endpoint::records::{GroupMention, NewResult, Order, Page, ResultFilter, TestResult, Update};
use serde_json::{Map, Value as Json};
use spin_sdk::sqlite::Value;
use std::collections::HashMap;

const COLUMNS: &str = "submit_time_us, outcome, test_case, data, groups, note, ref_url, mentions";
const RETURNING: &str =
    "RETURNING id, (SELECT t.ref_url FROM test_cases AS t WHERE t.name = test_case)";

/// Stores all of these or none.
///
/// # Errors
/// When the database fails.
pub fn submit(
    database: &impl Database,
    results: Vec<NewResult>,
) -> Result<Vec<TestResult>, Failure> {
    let mut each = submit_each(database, vec![results])?;
    Ok(each.pop().unwrap_or_default())
}

/// Stores all results of all these submissions or none.
///
/// # Errors
/// When the database fails.
pub fn submit_each(
    database: &impl Database,
    submissions: Vec<Vec<NewResult>>,
) -> Result<Vec<Vec<TestResult>>, Failure> {
    let lengths: Vec<usize> = submissions.iter().map(Vec::len).collect();
    let results: Vec<NewResult> = submissions.into_iter().flatten().collect();
    let ids = insert(database, &results)?;
    let stored = results.into_iter().zip(ids);
    let mut stored = stored.map(|(result, (id, ref_url))| stored_as(result, id, ref_url));
    let each = lengths.into_iter().map(|length| {
        let mut own: Vec<TestResult> = stored.by_ref().take(length).collect();
        if length > 1 {
            agree_on_test_cases(&mut own);
        }
        own
    });
    Ok(each.collect())
}

/// What the store adds to a result: its id, and the reference of its test case at that moment.
type Added = (u64, Option<String>);

/// Inserts results by one statement, and returns what it adds to each.
fn insert(database: &impl Database, results: &[NewResult]) -> Result<Vec<Added>, Failure> {
    let rows = match results {
        [] => return Ok(Vec::new()),
        [one] => {
            let statement = format!(
                "INSERT INTO results ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) {RETURNING}"
            );
            database.run(&statement, &fields(one))?
        }
        many => {
            let statement = format!(
                "INSERT INTO results ({COLUMNS}) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, \
                 value ->> 4, value ->> 5, value ->> 6, value ->> 7 FROM json_each(?1) WHERE true ORDER BY key {RETURNING}"
            );
            database.run(&statement, &[as_json(many).into()])?
        }
    };
    if rows.len() != results.len() {
        return Err(Failure::Database(format!(
            "stored {} results of {}",
            rows.len(),
            results.len()
        )));
    }
    let mut added = Vec::with_capacity(rows.len());
    for row in rows {
        let mut columns = row::Columns::of(row);
        added.push((columns.id()?, columns.optional_text()?));
    }
    added.sort_unstable();
    Ok(added)
}

/// Each test case as it is after the last of these results, whichever of them gave it a reference.
fn agree_on_test_cases(results: &mut [TestResult]) {
    let mut last: HashMap<String, Option<String>> = HashMap::new();
    for result in results.iter_mut().rev() {
        let test_case = &mut result.test_case;
        match last.get(&test_case.name) {
            Some(ref_url) => test_case.ref_url.clone_from(ref_url),
            None => {
                last.insert(test_case.name.clone(), test_case.ref_url.clone());
            }
        }
    }
}

/// Results for a statement that stores several: a JSON list of lists of the values of [`COLUMNS`].
#[must_use]
pub fn as_json(results: &[NewResult]) -> String {
    let list = results
        .iter()
        .map(|result| Json::Array(fields(result).into_iter().map(to_json).collect()));
    Json::Array(list.collect()).to_string()
}

/// The values of [`COLUMNS`].
fn fields(result: &NewResult) -> Vec<Value> {
    let groups: Vec<String> = result
        .groups
        .iter()
        .map(|group| group.uuid.clone())
        .collect();
    vec![
        Value::Integer(result.submit_time_us),
        Value::Text(result.outcome.clone()),
        Value::Text(result.test_case.clone()),
        Value::Text(result.data.clone()),
        Value::Text(json_list(&groups)),
        result.note.clone().into(),
        result.ref_url.clone().into(),
        mentions(result).into(),
    ]
}

fn to_json(value: Value) -> Json {
    match value {
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
        _ => Json::Null,
    }
}

/// What is said of the test case and groups beyond their names, for the triggers.
fn mentions(result: &NewResult) -> Option<String> {
    mentions_of(&result.test_case_ref_url, &result.groups)
}

/// The same of a test case's reference and of groups.
#[must_use]
pub fn mentions_of(test_case_ref_url: &Update, named: &[GroupMention]) -> Option<String> {
    let mut mentions = Map::new();
    if let Update::Set(ref_url) = test_case_ref_url {
        mentions.insert(
            "test_case".into(),
            serde_json::json!({ "ref_url": ref_url }),
        );
    }
    let mut groups = Map::new();
    for group in named {
        let mut said = Map::new();
        for (name, update) in [
            ("description", &group.description),
            ("ref_url", &group.ref_url),
        ] {
            if let Update::Set(text) = update {
                said.insert(name.into(), text.clone().into());
            }
        }
        if !said.is_empty() {
            groups.insert(group.uuid.clone(), said.into());
        }
    }
    if !groups.is_empty() {
        mentions.insert("groups".into(), groups.into());
    }
    (!mentions.is_empty()).then(|| Json::Object(mentions).to_string())
}

fn stored_as(result: NewResult, id: u64, ref_url: Option<String>) -> TestResult {
    TestResult {
        id,
        submit_time_us: result.submit_time_us,
        outcome: result.outcome,
        test_case: endpoint::records::TestCase {
            name: result.test_case,
            ref_url,
        },
        groups: result.groups.into_iter().map(|group| group.uuid).collect(),
        data: result.data,
        note: result.note,
        ref_url: result.ref_url,
    }
}

/// The result with this id.
///
/// # Errors
/// When the database fails.
pub fn get(database: &impl Database, id: u64) -> Result<Option<TestResult>, Failure> {
    let Ok(id) = i64::try_from(id) else {
        return Ok(None);
    };
    let statement = format!(
        "SELECT {RESULT_COLUMNS} FROM results AS r LEFT JOIN test_cases AS t ON t.name = r.test_case WHERE r.id = ?1"
    );
    database
        .run(&statement, &[Value::Integer(id)])?
        .into_iter()
        .next()
        .map(row::result)
        .transpose()
}

/// The results that match, in this order.
///
/// # Errors
/// When the database fails.
pub fn find(
    database: &impl Database,
    filter: &ResultFilter,
    order: Order,
    page: Page,
) -> Result<Vec<TestResult>, Failure> {
    let Ok(offset) = i64::try_from(page.offset) else {
        return Ok(Vec::new());
    };
    let Some(filter) = patterns::resolve(database, filter)? else {
        return Ok(Vec::new());
    };
    let plan = filter::plan(database, &filter, order == Order::ById)?;
    let part = Part {
        order,
        offset,
        limit: page.limit.into(),
    };
    let mut parameters = Parameters::default();
    let keys = search::keys(&plan, &filter, Some(part), &mut parameters);
    read(database, &keys, &parameters, search::order(&plan, order))
}

/// The results with these keys, in this order.
///
/// # Errors
/// When the database fails.
pub fn read(
    database: &impl Database,
    keys: &str,
    parameters: &Parameters,
    order: Order,
) -> Result<Vec<TestResult>, Failure> {
    let statement = format!(
        "SELECT {RESULT_COLUMNS} FROM ({keys}) AS found CROSS JOIN results AS r ON r.id = found.i \
         LEFT JOIN test_cases AS t ON t.name = r.test_case"
    );
    let rows = database.run(&statement, parameters.values())?;
    let mut results: Vec<TestResult> = rows
        .into_iter()
        .map(row::result)
        .collect::<Result<_, _>>()?;
    search::sort(&mut results, order);
    Ok(results)
}

//! Policy sets, and when each was active. What a policy is, is not known here.

use crate::database::{Database, Failure};
use crate::row::Columns;
use endpoint::records::{Page, PolicyActivation, PolicyDocument, PolicySet};
use serde_json::Value as Json;

/// The set of this revision, with its documents.
///
/// # Errors
/// When the database fails.
pub fn get(database: &impl Database, revision: &str) -> Result<Option<PolicySet>, Failure> {
    let statement = "SELECT revision, documents FROM policy_sets WHERE revision = ?1";
    one(database.run(statement, &[revision.into()])?)
}

/// The set that was active at a time: of those activated by then the last.
///
/// # Errors
/// When the database fails.
pub fn active_at(database: &impl Database, time_us: i64) -> Result<Option<PolicySet>, Failure> {
    let statement = "SELECT s.revision, s.documents FROM policy_sets AS s WHERE s.revision = \
         (SELECT a.revision FROM policy_activations AS a WHERE a.since_us <= ?1 \
          ORDER BY a.since_us DESC, a.id DESC LIMIT 1)";
    one(database.run(statement, &[time_us.into()])?)
}

fn one(rows: Vec<crate::database::Row>) -> Result<Option<PolicySet>, Failure> {
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let mut columns = Columns::of(row);
    Ok(Some(PolicySet {
        revision: columns.text()?,
        documents: documents(&columns.text()?)?,
    }))
}

/// Which sets were active from when on, the newest activation first.
///
/// # Errors
/// When the database fails.
pub fn activations(database: &impl Database, page: Page) -> Result<Vec<PolicyActivation>, Failure> {
    let statement = "SELECT since_us, revision FROM policy_activations \
         ORDER BY id DESC LIMIT ?1 OFFSET ?2";
    let offset = i64::try_from(page.offset).unwrap_or(i64::MAX);
    let rows = database.run(statement, &[i64::from(page.limit).into(), offset.into()])?;
    rows.into_iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(PolicyActivation {
                since_us: columns.integer()?,
                revision: columns.text()?,
            })
        })
        .collect()
}

/// Notes that a set is active from now on, unless it is the one that is.
///
/// # Errors
/// When the database fails.
pub fn activate(database: &impl Database, set: &PolicySet, now_us: i64) -> Result<(), Failure> {
    let active = activations(
        database,
        Page {
            offset: 0,
            limit: 1,
        },
    )?;
    if active
        .first()
        .is_some_and(|last| last.revision == set.revision)
    {
        return Ok(());
    }
    let documents: Json = set
        .documents
        .iter()
        .map(|document| Json::from_iter([document.path.as_str(), document.text.as_str()]))
        .collect();
    let statement =
        "INSERT INTO new_policy_activations (since_us, revision, documents) VALUES (?1, ?2, ?3)";
    let parameters = [
        now_us.into(),
        set.revision.as_str().into(),
        documents.to_string().into(),
    ];
    database.run(statement, &parameters)?;
    Ok(())
}

fn documents(text: &str) -> Result<Vec<PolicyDocument>, Failure> {
    let stored: Json = serde_json::from_str(text)
        .map_err(|error| Failure::Database(format!("stored policies: {error}")))?;
    let part = |document: &Json, index: usize| {
        let text = document.get(index).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    let documents = stored.as_array().into_iter().flatten();
    Ok(documents
        .map(|document| PolicyDocument {
            path: part(document, 0),
            text: part(document, 1),
        })
        .collect())
}

//! Policy sets, and when each was active. What a policy is, is not known here.

use crate::database::{Database, Failure};
use crate::row::Columns;
use endpoint::records::{PolicyDocument, PolicySet};
use serde_json::Value as Json;

/// The set of this revision, with its documents.
///
/// # Errors
/// When the database fails.
pub fn get(database: &impl Database, revision: &str) -> Result<Option<PolicySet>, Failure> {
    let statement = "SELECT documents FROM policy_sets WHERE revision = ?1";
    let rows = database.run(statement, &[revision.into()])?;
    let set = |row| {
        Ok(PolicySet {
            revision: revision.to_owned(),
            documents: documents(&Columns::of(row).text()?)?,
        })
    };
    rows.into_iter().next().map(set).transpose()
}

/// The revision of the set that was active at a time: of those activated by then the last.
///
/// # Errors
/// When the database fails.
pub fn active_at(database: &impl Database, time_us: i64) -> Result<Option<String>, Failure> {
    // The last in the order of the store: clocks may go back.
    let statement = "SELECT revision FROM policy_activations WHERE id = \
         (SELECT max(id) FROM policy_activations WHERE since_us <= ?1)";
    let rows = database.run(statement, &[time_us.into()])?;
    let revision = |row| Columns::of(row).text();
    rows.into_iter().next().map(revision).transpose()
}

/// Notes that a set is active from now on, unless it is the one that is.
///
/// # Errors
/// When the database fails.
pub fn activate(database: &impl Database, set: &PolicySet, now_us: i64) -> Result<(), Failure> {
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

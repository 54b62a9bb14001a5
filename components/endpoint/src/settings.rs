//! Settings: Spin variables, read once per instance.

use http_edge::{Error, Result};
use spin_sdk::variables;
use std::cell::OnceCell;
use std::rc::Rc;

/// The outcomes that there always are.
const OUTCOMES: [&str; 4] = ["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION"];

thread_local! {
    static KNOWN_OUTCOMES: OnceCell<Rc<[String]>> = const { OnceCell::new() };
}

/// The users who may waive on behalf of others: the variable `superusers`, separated by commas.
///
/// # Errors
/// When the component has not been given the variable.
pub async fn superusers() -> Result<Vec<String>> {
    let names = variable("superusers").await?;
    let names = names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}

async fn variable(name: &str) -> Result<String> {
    let value = variables::get(name).await;
    value.map_err(|error| Error::Internal(format!("variable `{name}`: {error}")))
}

/// The outcomes that a result may have, in the order in which messages list them: four fixed ones
/// and those of the variable `additional_outcomes` (upper case, separated by commas).
///
/// # Errors
/// When the component has not been given the variable.
pub async fn outcomes() -> Result<Rc<[String]>> {
    if let Some(known) = KNOWN_OUTCOMES.with(|cell| cell.get().cloned()) {
        return Ok(known);
    }
    let additional = variable("additional_outcomes").await?;
    let mut outcomes: Vec<String> = OUTCOMES
        .iter()
        .map(|outcome| (*outcome).to_owned())
        .collect();
    for outcome in additional.split(',').map(|name| name.trim().to_uppercase()) {
        if !outcome.is_empty() && !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }
    let outcomes: Rc<[String]> = outcomes.into();
    KNOWN_OUTCOMES.with(|cell| {
        let _ = cell.set(outcomes.clone());
    });
    Ok(outcomes)
}

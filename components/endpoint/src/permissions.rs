//! The permissions of the mounted folder, read once per instance.
//!
//! What can't be read is an error, never an empty or an open list: who may write is not guessed. An
//! instance lives for a second of rest or 128 requests, so a changed file takes effect soon.

use http_edge::caller::Caller;
use http_edge::{Error, Result};
use permissions::{LoadError, Permissions, Rules};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// The file about results, where spin.toml mounts its folder.
const RESULTS: &str = "/permissions/results.yaml";

/// The file about waivers.
const WAIVERS: &str = "/permissions/waivers.yaml";

thread_local! {
    static KNOWN: RefCell<Option<Rc<Permissions>>> = const { RefCell::new(None) };
    static KNOWN_RULES: RefCell<Option<Rc<Rules>>> = const { RefCell::new(None) };
}

/// Who may submit results by version 3.
///
/// # Errors
/// When the file is not there, can't be read or has a mistake; the log says which and where.
pub fn of_results() -> Result<Rc<Permissions>> {
    if let Some(known) = KNOWN.with(|cell| cell.borrow().clone()) {
        return Ok(known);
    }
    let loaded = Rc::new(load(Path::new(RESULTS), Permissions::load)?);
    KNOWN.with(|cell| *cell.borrow_mut() = Some(loaded.clone()));
    Ok(loaded)
}

/// Who may waive.
///
/// # Errors
/// As [`of_results`].
pub fn of_waivers() -> Result<Rc<Rules>> {
    if let Some(known) = KNOWN_RULES.with(|cell| cell.borrow().clone()) {
        return Ok(known);
    }
    let loaded = Rc::new(load(Path::new(WAIVERS), Rules::load)?);
    KNOWN_RULES.with(|cell| *cell.borrow_mut() = Some(loaded.clone()));
    Ok(loaded)
}

/// Why the caller may not waive results of the test case, in WaiverDB's words; `None` if it may.
#[must_use]
pub fn why_not_waive(rules: &Rules, caller: &Caller, test_case: &str) -> Option<String> {
    let Caller { user, groups, .. } = caller;
    match rules.allow(permissions::Caller { user, groups }, test_case) {
        true => None,
        false => Some(format!(
            "User {user} is not authorized to submit results for the test case {test_case}"
        )),
    }
}

fn load<T>(
    file: &Path,
    read: impl FnOnce(&str, &str) -> std::result::Result<T, LoadError>,
) -> Result<T> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::Internal(format!("permissions: {path}: {error}")))?;
    read(&path, &text).map_err(|error| Error::Internal(format!("permissions: {error}")))
}

/// Passes callers who may submit results for the test case.
///
/// # Errors
/// 403 in ResultsDB's words.
pub fn require(permissions: &Permissions, caller: &Caller, test_case: &str) -> Result<()> {
    let Caller { user, groups, .. } = caller;
    match permissions.decide(permissions::Caller { user, groups }, test_case) {
        Some(_) => Ok(()),
        None => Err(Error::message(
            403,
            &format!(
                "403 Forbidden: User {user} is not authorized to submit results for the test case {test_case}"
            ),
        )),
    }
}

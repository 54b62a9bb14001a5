//! The permissions of the mounted folder, read once per instance.
//!
//! What can't be read is an error, never an empty or an open list: who may write is not guessed.

use crate::kept;
use http_edge::caller::Caller;
use http_edge::{Error, Result};
use permissions::{LoadError, Permissions, Rules};
use std::cell::OnceCell;
use std::path::Path;
use std::rc::Rc;

/// The file about results, where spin.toml mounts its folder.
const RESULTS: &str = "/permissions/results.yaml";

/// The file about waivers.
const WAIVERS: &str = "/permissions/waivers.yaml";

thread_local! {
    static OF_RESULTS: OnceCell<Rc<Permissions>> = const { OnceCell::new() };
    static OF_WAIVERS: OnceCell<Rc<Rules>> = const { OnceCell::new() };
}

/// Who may submit results by version 3.
///
/// # Errors
/// When the file is not there, can't be read or has a mistake; the log says which and where.
pub fn of_results() -> Result<Rc<Permissions>> {
    kept::or_read(&OF_RESULTS, || load(Path::new(RESULTS), Permissions::load))
}

/// Who may waive.
///
/// # Errors
/// As [`of_results`].
pub fn of_waivers() -> Result<Rc<Rules>> {
    kept::or_read(&OF_WAIVERS, || load(Path::new(WAIVERS), Rules::load))
}

/// Why the caller may not waive results of the test case, in WaiverDB's words; `None` if it may.
#[must_use]
pub fn why_not_waive(rules: &Rules, caller: &Caller, test_case: &str) -> Option<String> {
    let Caller { user, groups, .. } = caller;
    match rules.allow(permissions::Caller { user, groups }, test_case) {
        true => None,
        false => Some(not_authorized(user, test_case)),
    }
}

/// Why WaiverDB's clients can't waive results of the test case by themselves: a second person must
/// approve, which they could not see. `None` if nobody has to.
#[must_use]
pub fn why_not_alone(rules: &Rules, test_case: &str) -> Option<String> {
    rules.demand_approval(test_case, &[]).then(|| {
        format!(
            "Waivers for the test case {test_case} need the approval of a second person: \
             ask for one with POST /api/v1/waivers"
        )
    })
}

fn load<T>(
    file: &Path,
    read: impl FnOnce(&str, &str) -> std::result::Result<T, LoadError>,
) -> Result<Rc<T>> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::Internal(format!("permissions: {path}: {error}")))?;
    let read = read(&path, &text);
    read.map(Rc::new)
        .map_err(|error| Error::Internal(format!("permissions: {error}")))
}

/// Passes callers who may submit results for the test case.
///
/// # Errors
/// 403 in ResultsDB's words.
pub fn require(permissions: &Permissions, caller: &Caller, test_case: &str) -> Result<()> {
    match why_not_submit(permissions, caller, test_case) {
        None => Ok(()),
        Some(text) => Err(Error::message(403, &format!("403 Forbidden: {text}"))),
    }
}

/// Why the caller may not submit results for the test case; `None` if it may.
#[must_use]
pub fn why_not_submit(
    permissions: &Permissions,
    caller: &Caller,
    test_case: &str,
) -> Option<String> {
    let Caller { user, groups, .. } = caller;
    match permissions.decide(permissions::Caller { user, groups }, test_case) {
        Some(_) => None,
        None => Some(not_authorized(user, test_case)),
    }
}

fn not_authorized(user: &str, test_case: &str) -> String {
    format!("User {user} is not authorized to submit results for the test case {test_case}")
}

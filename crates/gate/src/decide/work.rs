//! How much work a request may ask for that brings its own rules: each of them is checked for each subject, and each of its patterns is
//! tried on each. It knows nothing of the order in which that happens.

use std::sync::Arc;

use super::request::RequestError;
use crate::domain::policy::Policy;
use crate::domain::subject::Subject;

/// Most rules of a request times its subjects.
pub const MAX_CHECKS: usize = 200_000;
/// Most characters of a request's patterns times characters that they are tried on: a pattern can take as many steps as this product.
pub const MAX_PATTERN_STEPS: usize = 1_000_000_000;

/// Passes rules and patterns that are few enough for so many subjects.
pub(crate) fn check(
    policy: &Policy,
    product_version: &str,
    subjects: &[Arc<Subject>],
) -> Result<(), RequestError> {
    if policy.rules.len().saturating_mul(subjects.len()) > MAX_CHECKS {
        return Err(RequestError::TooManyChecks);
    }
    let of_packages = length(&policy.packages).saturating_add(length(&policy.excluded_packages));
    let identifiers: usize = subjects.iter().map(|one| one.identifier.len()).sum();
    let versions = product_version.len().saturating_mul(subjects.len());
    let steps = of_packages
        .saturating_mul(identifiers)
        .saturating_add(length(&policy.product_versions).saturating_mul(versions));
    match steps > MAX_PATTERN_STEPS {
        true => Err(RequestError::TooManyPatterns),
        false => Ok(()),
    }
}

fn length(patterns: &[String]) -> usize {
    patterns.iter().map(String::len).sum()
}

//! Submissions that are counted once: the key of a request for the store, and the answer to what
//! became of a submission. The same for every version of the API.

use crate::records::{Submission, SubmissionKey, TestResult};
use http_edge::caller::Caller;
use http_edge::idempotency::{self, Key};
use http_edge::{Error, Reply, Request, Result};

/// The key of a caller's request whose body has been read, as the store wants it.
///
/// # Errors
/// 400 if there is a header `Idempotency-Key` that is no key.
pub fn key(request: &Request, caller: &Caller) -> Result<Option<SubmissionKey>> {
    let key = Key::of(request, &caller.user)?;
    Ok(key.map(|key| SubmissionKey {
        caller: key.caller,
        place: key.place,
        key: key.key,
        fingerprint: key.fingerprint,
    }))
}

/// The answer to a submission. `created` makes it of the results, whether they are new or were
/// stored by an earlier request with the same key; a repeated answer is marked as such.
///
/// # Errors
/// 422 if the key came with another body before; what `created` returns.
pub fn answer(
    submission: &Submission,
    created: impl FnOnce(&[TestResult]) -> Result<Reply>,
) -> Result<Reply> {
    match submission {
        Submission::Stored(results) => created(results),
        Submission::Repeated(results) => created(results).map(idempotency::replayed),
        Submission::KeyIsTaken => Err(idempotency::key_is_taken()),
    }
}

/// As [`answer`], to a submission that is answered with one result.
///
/// # Errors
/// As [`answer`]; an internal one if the store has not returned one.
pub fn answer_one(
    submission: &Submission,
    created: impl FnOnce(&TestResult) -> Result<Reply>,
) -> Result<Reply> {
    answer(submission, |stored| match stored {
        [one] => created(one),
        _ => Err(Error::Internal("the store returned no result".into())),
    })
}

//! Group commit: what several requests of one instance submit at about the same time is stored
//! together, for the price of one. What an answer says is not known here.
//!
//! Where the store is held up, a request joins the submissions that wait in its instance and sleeps for
//! a moment, during which the instance takes other requests. Whoever wakes first stores everything that
//! waits; the others find their outcome. Where nobody is in the way nobody waits.

use crate::records::{self, NewResult, Submission, SubmissionKey, TestResult};
use http_edge::Result;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A store that takes longer than this to answer is held up by others, and better asked once for
/// several requests than several times. A host that commits several instances' writes together is
/// faster, unless there are very many.
const HELD_UP: Duration = Duration::from_millis(6);

/// How long submissions gather then.
const GATHERING: Duration = Duration::from_millis(1);

/// Larger requests, in bytes, are stored alone, so that a commit is never much larger than one
/// request may be.
const MAX_GATHERED_BYTES: usize = 64 * 1024;

type Stored<T> = std::result::Result<T, records::Error>;

/// Stores what several requests brought, and returns what became of each.
type SubmitEach = fn(&[Vec<NewResult>]) -> Stored<Vec<Vec<TestResult>>>;

/// The writes of the store, as the component has them.
pub struct Writes {
    /// Stores the results of one request.
    pub submit: fn(&[NewResult], Option<&SubmissionKey>) -> Stored<Submission>,
    /// Stores the results of several requests at once.
    pub submit_each: SubmitEach,
}

/// Where a waiting request finds what became of its results.
type Outcome = Rc<Cell<Option<Stored<Vec<TestResult>>>>>;

struct Waiting {
    results: Vec<NewResult>,
    outcome: Outcome,
}

thread_local! {
    // An instance has one thread.
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
    static IS_HELD_UP: Cell<bool> = const { Cell::new(false) };
}

impl Writes {
    /// Stores the results of a request whose body has `bytes` bytes: all of them or none.
    ///
    /// # Errors
    /// When the store fails; then nothing of this request is stored.
    pub async fn submit(
        &self,
        results: Vec<NewResult>,
        key: Option<&SubmissionKey>,
        bytes: usize,
    ) -> Result<Submission> {
        if key.is_some() || bytes > MAX_GATHERED_BYTES {
            return Ok((self.submit)(&results, key)?);
        }
        let place = Place::take(results);
        if IS_HELD_UP.get() {
            spin_sdk::time::sleep(GATHERING).await;
        }
        if let Some(outcome) = place.outcome.take() {
            return Ok(Submission::Stored(outcome?));
        }
        self.store_waiting();
        match place.outcome.take() {
            Some(outcome) => Ok(Submission::Stored(outcome?)),
            None => Err(http_edge::Error::Internal(
                "the store did not answer every submission".into(),
            )),
        }
    }

    /// Stores everything that waits in this instance.
    fn store_waiting(&self) {
        let (each, outcomes): (Vec<_>, Vec<_>) = WAITING
            .take()
            .into_iter()
            .map(|waiting| (waiting.results, waiting.outcome))
            .unzip();
        let start = Instant::now();
        let stored = (self.submit_each)(&each);
        IS_HELD_UP.set(start.elapsed() >= HELD_UP);
        match stored {
            Ok(stored) => {
                for (results, outcome) in stored.into_iter().zip(outcomes) {
                    outcome.set(Some(Ok(results)));
                }
            }
            Err(error) => {
                for outcome in outcomes {
                    outcome.set(Some(Err(error.clone())));
                }
            }
        }
    }
}

/// A place among those that wait. It is given up when the request ends early, as when its client
/// goes: what nobody waits for is not stored.
struct Place {
    outcome: Outcome,
}

impl Place {
    fn take(results: Vec<NewResult>) -> Self {
        let outcome = Outcome::default();
        WAITING.with_borrow_mut(|waiting| {
            waiting.push(Waiting {
                results,
                outcome: outcome.clone(),
            });
        });
        Self { outcome }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        WAITING.with_borrow_mut(|waiting| {
            waiting.retain(|other| !Rc::ptr_eq(&other.outcome, &self.outcome));
        });
    }
}

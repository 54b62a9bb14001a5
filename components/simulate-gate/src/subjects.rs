//! The subjects of a simulation: those listed, or those that results of a span of time are about.

use crate::store::subject_reads::{self, Place};
use gate::PolicySet;
use gate::simulate::body::{ListedSubject, MAX_SUBJECTS};
use http_edge::Result;
use std::collections::HashSet;

/// How many results are looked at by one call of the store.
const RESULTS_AT_ONCE: u32 = 2_000;
/// Most results that are looked at for one simulation.
pub const MAX_RESULTS: u32 = 200_000;

/// Looks for the subjects of a span of time, newest first.
pub struct Window {
    since_us: i64,
    until_us: i64,
    only: Option<String>,
    after: Option<Place>,
    seen: HashSet<ListedSubject>,
    /// What has been found.
    pub subjects: Vec<ListedSubject>,
    /// How many results were looked at.
    pub results: u32,
}

/// What is left to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// There may be more.
    More,
    /// All subjects are found.
    Nothing,
    /// Too much is found or looked at; why.
    TooMuch(&'static str),
}

impl Window {
    /// The span, both ends inclusive, in µs since the epoch, and the one type of subjects or an alias.
    pub fn new(since_us: i64, until_us: i64, only: Option<String>) -> Self {
        Self {
            since_us,
            until_us,
            only,
            after: None,
            seen: HashSet::new(),
            subjects: Vec::new(),
            results: 0,
        }
    }

    /// Looks on. `policies` know the aliases of types; a subject that is named by several is one.
    ///
    /// # Errors
    /// What the store returns.
    pub fn look_on(&mut self, policies: &PolicySet) -> Result<Left> {
        let (since_us, until_us) = (self.since_us, self.until_us);
        let found = subject_reads::find(since_us, until_us, self.after, RESULTS_AT_ONCE)?;
        self.results = self.results.saturating_add(found.results);
        let only = self.only.as_deref().map(|name| policies.subject_type(name));
        for subject in found.subjects {
            let subject_type = policies.subject_type(&subject.subject_type);
            if only.as_ref().is_some_and(|only| only.id != subject_type.id) {
                continue;
            }
            let subject = ListedSubject {
                kind: subject_type.id.clone(),
                item: subject.item,
            };
            if self.seen.insert(subject.clone()) {
                if self.subjects.len() == MAX_SUBJECTS {
                    return Ok(Left::TooMuch("subjects"));
                }
                self.subjects.push(subject);
            }
        }
        self.after = found.next;
        Ok(match self.after {
            None => Left::Nothing,
            Some(_) if self.results >= MAX_RESULTS => Left::TooMuch("results"),
            Some(_) => Left::More,
        })
    }
}

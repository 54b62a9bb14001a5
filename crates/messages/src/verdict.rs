//! What is made of a message.

use crate::xunit::Embedded;
use serde_json::{Map, Value};

/// What is made of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Results.
    Results(Mapped),
    /// Nothing: it is not about results. The reason is for people.
    Ignored(String),
    /// Nothing: it should be about results, but has a mistake.
    Rejected(Rejection),
}

/// Why a message is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What is wrong, for people.
    pub reason: String,
    /// Where in the document, such as `body.msg.system[0].architecture`; empty for all of it.
    pub path: String,
}

/// The results of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapped {
    /// What the message says, at least one.
    pub results: Vec<NewResult>,
    /// One for each case of an embedded report.
    pub cases: Vec<NewResult>,
    /// What is odd but no reason to reject the message, for people.
    pub notes: Vec<String>,
    /// A report that has not been opened yet.
    pub(crate) report: Option<Embedded>,
}

/// A result to be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewResult {
    /// Name of the test case.
    pub test_case: String,
    /// Where to read more about the test case; `None` leaves it as it is.
    pub test_case_ref_url: Option<String>,
    /// Upper-case outcome.
    pub outcome: String,
    /// Where the details of this run are.
    pub ref_url: Option<String>,
    /// Free text for people.
    pub note: String,
    /// Extra data: texts, numbers, truth values and lists of these; nothing is null, no text is
    /// longer than [`MAX_TEXT_CHARS`](crate::MAX_TEXT_CHARS).
    pub data: Map<String, Value>,
    /// The group it joins.
    pub group: Option<Group>,
}

/// The group that the results of a message join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    /// A new one, the same for all results of the message.
    Fresh {
        /// Where the details of the run are.
        ref_url: String,
    },
    /// The one that all messages with this reference share; the reference is its description, too.
    OfRun {
        /// Where the details of the run are.
        ref_url: String,
    },
}

impl Mapped {
    /// Notes in the data of each result who published the message.
    pub(crate) fn say_publisher(&mut self, publisher: Option<&str>) {
        let Some(publisher) = publisher else { return };
        for result in &mut self.results {
            let data = &mut result.data;
            data.insert("publisher_id".to_owned(), publisher.into());
        }
    }
}

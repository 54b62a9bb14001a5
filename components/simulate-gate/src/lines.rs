//! The lines of the answer, each a JSON object with one key that says what it is.

use endpoint::serve::told;
use gate::simulate::flip::Flip;
use gate::simulate::tally::Totals;
use http_edge::Error;
use serde::Serialize;
use serde_json::Value;

/// What a stream of JSON lines is called.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// A line.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Line<'l> {
    /// A subject about which the draft decides otherwise.
    Flip(Flip<'l>),
    /// How far it is.
    Progress(Progress),
    /// The last line.
    Summary(Box<Summary<'l>>),
    /// The last line of a simulation that failed.
    Error(Value),
}

/// How far a simulation is.
#[derive(Default, Serialize)]
pub struct Progress {
    /// Subjects that are through.
    pub decided: u64,
    /// Subjects there are; while they are looked for, those found so far.
    pub total: u64,
    /// Results that were looked at to find the subjects of a span; only while they are looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<u32>,
}

/// What came of it.
#[derive(Serialize)]
pub struct Summary<'l> {
    /// Subjects there are, also those that were not got to.
    pub total: u64,
    /// Whether some subjects were left out.
    pub truncated: bool,
    /// Why: `subjects`, `results` or `time`.
    pub truncated_because: Option<&'static str>,
    /// As of when all was decided; now if null.
    pub when: Option<String>,
    /// The policies in force.
    pub policy_revision: &'l str,
    /// What the revision would be with the draft in their place.
    pub draft_revision: &'l str,
    /// The sums.
    #[serde(flatten)]
    pub totals: Totals,
}

/// What the client is told of an error, of which the log gets its part.
pub fn told_json(error: Error) -> Value {
    serde_json::from_slice(&told(error).body).unwrap_or_default()
}

impl Line<'_> {
    /// The line for an error.
    pub fn of_error(error: Error) -> Self {
        Self::Error(told_json(error))
    }

    /// Adds the line to a text.
    ///
    /// # Errors
    /// When it can't be encoded, which only a defect of ours could cause.
    pub fn add_to(&self, text: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(&mut *text, self)?;
        text.push(b'\n');
        Ok(())
    }
}

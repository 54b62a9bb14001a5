//! Why there is no answer from outside, as told to all who wait for it.

use serde::{Deserialize, Serialize};

/// A failure that fails the whole decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// A server failed; the text is for the client.
    Upstream(String),
    /// Koji did not answer in time; the text is for the client.
    TimedOut(String),
    /// The key-value store failed; the text is for the log.
    Unavailable(String),
}

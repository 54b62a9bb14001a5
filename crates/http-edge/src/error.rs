//! The one error type of all endpoints: what the client is told, and apart from it what the log is.

use crate::reply::Reply;

/// Seconds after which a store that took nothing may be asked again: somebody has to make room.
const WITHOUT_ROOM_S: &str = "30";

/// What an endpoint returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub enum Error {
    /// The client's doing: this is the answer, nothing is logged.
    Client(Reply),
    /// Ours: the client gets a bland 500, the log this text.
    Internal(String),
    /// The store's: the client is asked to come back (503), the log gets this text.
    Unavailable(String),
    /// The store has no room: 503, and the log gets this text.
    StoreFull(String),
    /// The store can't be written to: 503, and the log gets this text.
    StoreReadOnly(String),
    /// Whoever vouches for callers does not answer: 503, and the log gets this text.
    IdentityUnavailable(String),
}

impl Error {
    /// `{"message": text}` with this status.
    #[must_use]
    pub fn message(status: u16, text: &str) -> Self {
        Self::Client(Reply::message(status, text))
    }

    /// A 400 with this message.
    #[must_use]
    pub fn bad_request(text: &str) -> Self {
        Self::message(400, text)
    }

    /// The answer, and what is to be logged.
    #[must_use]
    pub fn into_reply(self) -> (Reply, Option<String>) {
        match self {
            Self::Client(reply) => (reply, None),
            Self::Internal(log) => (Reply::message(500, "Internal Server Error"), Some(log)),
            Self::Unavailable(log) => {
                come_back("The store does not answer. Please try again.", "1", log)
            }
            Self::StoreFull(log) => come_back(
                "The store has no room left, so that nothing can be stored at the moment. Please try again later.",
                WITHOUT_ROOM_S,
                log,
            ),
            Self::StoreReadOnly(log) => come_back(
                "The store can be read, but not written to at the moment. Please try again later.",
                WITHOUT_ROOM_S,
                log,
            ),
            Self::IdentityUnavailable(log) => come_back(
                "It can't be told who you are: the issuer of tokens does not answer. Please try again.",
                "5",
                log,
            ),
        }
    }
}

/// A 503 that says when to come back.
fn come_back(text: &str, seconds: &'static str, log: String) -> (Reply, Option<String>) {
    let reply = Reply::message(503, text).with_header("retry-after", seconds);
    (reply, Some(log))
}

impl From<serde_json::Error> for Error {
    /// Encoding an answer failed, which only a defect of ours can do.
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("encode the answer: {error}"))
    }
}

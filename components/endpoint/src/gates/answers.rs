//! What every answer of a gate has, be it a decision or a mistake: browsers stay on HTTPS, and the
//! pages of the variable `cors_origins` may read it. It does not know what the answers say.

use crate::serve::told;
use crate::sharing::Sharing;
use http_edge::{Reply, Request, Result};

/// How Greenwave ends the call that JSONP is.
const END_OF_CALL: &str = ");";

/// What pages of other sites may send.
const METHODS: &str = "POST, OPTIONS";

/// What of a request decides how its answer leaves.
pub struct GateAnswers(Sharing);

impl GateAnswers {
    /// Reads it from the request, whose body may be read afterwards, and from the variable
    /// `cors_origins`.
    ///
    /// # Errors
    /// Internal when the component has not been given the variable.
    pub async fn of(request: &Request) -> Result<Self> {
        Ok(Self(Sharing::of(request).await?))
    }

    /// The answer as it leaves. Failures of ours are logged here, so that a page can read the bland
    /// words that are left of them.
    pub fn finish(&self, answer: Result<Reply>) -> Reply {
        let reply = strictly_over_https(answer.unwrap_or_else(told));
        let reply = self.0.wrapped(reply, END_OF_CALL);
        let (reply, is_shared) = self.0.shared(reply);
        match is_shared {
            // Greenwave has always spelt the last one so, and somebody may look for it.
            true => reply
                .with_header("access-control-allow-headers", "Content-Type")
                .with_header("access-control-allow-methods", METHODS)
                .with_header("access-control-allow-method", METHODS),
            false => reply,
        }
    }
}

/// The answer with the word to browsers to use HTTPS alone, for a year.
#[must_use]
pub fn strictly_over_https(reply: Reply) -> Reply {
    reply.with_header(
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    )
}

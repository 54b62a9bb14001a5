//! A request to a server that may fail for a moment: it is repeated.

use crate::call::Call;
use outbound::client::{self, Answer, Failure, Limits, Method};
use std::time::Duration;

/// How often a request is repeated.
const RETRIES: u32 = 3;
/// The pause before the first repetition; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(100);
/// For a connection.
const MAX_CONNECT: Duration = Duration::from_millis(6_100);

/// A request.
pub struct Question<'q> {
    /// `GET`, or a `POST` that changes nothing.
    pub method: Method,
    /// Where to.
    pub url: &'q str,
    /// Headers beside our name.
    pub headers: Vec<(&'q str, &'q str)>,
    /// The body; empty for none.
    pub body: &'q str,
    /// The largest answer, in bytes.
    pub max_bytes: usize,
}

/// The answer, of whatever status. A server that does not answer, or with 500, 502, 503 or 504, is
/// asked again a few times, while there is time.
///
/// # Errors
/// Why there is none.
pub async fn ask(call: &Call, question: &Question<'_>) -> Result<Answer, Failure> {
    let agent = concat!("sluicegate/", env!("CARGO_PKG_VERSION"));
    let length = question.body.len().to_string();
    let mut headers = vec![("user-agent", agent)];
    headers.extend_from_slice(&question.headers);
    if !question.body.is_empty() {
        headers.push(("content-length", &length));
    }
    let mut repeated = 0;
    loop {
        let Some(left) = call.left() else {
            return Err(Failure::Timeout);
        };
        let patience = call.settings.patience.min(left);
        let limits = Limits {
            connect: MAX_CONNECT.min(patience),
            patience,
            body: patience,
            max_bytes: question.max_bytes,
        };
        let method = question.method.clone();
        let body = question.body.as_bytes().to_vec();
        let answer = client::send(method, question.url, &headers, body, &limits).await;
        let may_pass = match &answer {
            Ok(answer) => matches!(answer.status, 500 | 502 | 503 | 504),
            Err(Failure::Timeout | Failure::ConnectTimeout | Failure::Broken(_)) => true,
            Err(_) => false,
        };
        if !may_pass || repeated == RETRIES {
            return answer;
        }
        spin_sdk::time::sleep(PAUSE * 2_u32.pow(repeated)).await;
        repeated += 1;
    }
}

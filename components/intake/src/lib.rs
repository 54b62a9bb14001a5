//! Messages on their way into the store: records made of what a message stands for, the key by which
//! its repetition is known, and what is told about it. It knows neither how messages are read
//! (`crates/messages`) nor how they come (HTTP, Redis).

pub mod wire;

use endpoint::now_us;
use endpoint::records::{self, NewResult, Submission, SubmissionKey};
use endpoint::results::catalogue;
use endpoint::results::submission::{self, MAX_LIST_ROWS};
use http_edge::{Error, Result};
use messages::{Group, Message, Rejection, Verdict};
use permissions::Reserved;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use wire::Told;

const _: () = assert!(messages::MAX_TEST_CASE_CHARS <= catalogue::MAX_TEST_CASE_CHARS);
const _: () = assert!(messages::MAX_TEXT_CHARS <= submission::MAX_DATA_TEXT_CHARS);
const _: () = assert!(messages::MAX_LIST_VALUES <= submission::MAX_DATA_VALUES);

/// Who delivers messages, and what holds for all of them.
pub struct Receiver<'a> {
    /// Who delivers. Each has keys of its own.
    pub caller: &'a str,
    /// Where messages come in. Each place has keys of its own.
    pub place: &'a str,
    /// What links begin with.
    pub base: &'a str,
    /// The outcomes that there are.
    pub outcomes: &'a [String],
    /// Test cases that are kept for some publishers.
    pub reserved: &'a Reserved,
}

/// Stores what a message stands for, once, and tells what became of it.
///
/// # Errors
/// When the store fails. Mistakes of the message are told, not returned.
pub fn take(
    message: &Message,
    receiver: &Receiver<'_>,
    submit: fn(
        &[NewResult],
        Option<&SubmissionKey>,
    ) -> std::result::Result<Submission, records::Error>,
) -> Result<Told> {
    let told = Told::about(message);
    let mapped = match &message.verdict {
        Verdict::Ignored(reason) => return Ok(told.ignored(reason)),
        Verdict::Rejected(rejection) => return Ok(told.rejected(400, rejection)),
        Verdict::Results(mapped) => mapped,
    };
    let fresh = new_uuid();
    let rows = mapped.results.iter().map(rows).sum::<usize>();
    if rows > MAX_LIST_ROWS {
        return Ok(told.rejected(400, &whole(format!(
            "its results have {rows} values of extra data and groups, at most {MAX_LIST_ROWS} are stored at once"
        ))));
    }
    // The cases of a report have a limit of their own, beyond which they are left out.
    let all = mapped.results.iter().chain(&mapped.cases);
    let results = all.map(|result| new_result(result, receiver, &fresh));
    let results: Vec<NewResult> = match results.collect() {
        Ok(results) => results,
        Err(rejection) => return Ok(told.rejected(400, &rejection)),
    };
    let publisher = message.publisher.as_deref();
    let sender = receiver.reserved.sender(receiver.caller, publisher);
    let is_refused = |result: &&NewResult| !receiver.reserved.allow(sender, &result.test_case);
    if let Some(refused) = results.iter().find(is_refused) {
        let name = &refused.test_case;
        return Ok(told.rejected(
            403,
            &whole(format!(
                "the test case {name} is reserved, and not for {sender}"
            )),
        ));
    }
    let key = key(message, receiver);
    Ok(match submit(&results, key.as_ref())? {
        Submission::Stored(stored) => told.stored(&stored, receiver.base, false, &mapped.notes),
        Submission::Repeated(stored) => told.stored(&stored, receiver.base, true, &mapped.notes),
        Submission::KeyIsTaken => told.rejected(
            422,
            &whole("a message with this identifier came before and said something else".to_owned()),
        ),
    })
}

fn new_uuid() -> String {
    Uuid::new_v4().to_string()
}

/// How many rows of an index a result needs: for its values of extra data, and for its group.
fn rows(result: &messages::NewResult) -> usize {
    let values = |value: &Value| value.as_array().map_or(1, Vec::len);
    1 + result.data.values().map(values).sum::<usize>()
}

fn whole(reason: String) -> Rejection {
    Rejection {
        reason,
        path: String::new(),
    }
}

/// By what a repetition of the message is known.
fn key(message: &Message, receiver: &Receiver<'_>) -> Option<SubmissionKey> {
    Some(SubmissionKey {
        caller: receiver.caller.to_owned(),
        place: receiver.place.to_owned(),
        key: message.id.clone()?,
        fingerprint: message.fingerprint.clone(),
    })
}

/// The record of a result, by the checks that every submission goes through.
fn new_result(
    result: &messages::NewResult,
    receiver: &Receiver<'_>,
    fresh: &str,
) -> std::result::Result<NewResult, Rejection> {
    let mut test_case = Map::new();
    test_case.insert("name".to_owned(), result.test_case.as_str().into());
    if let Some(ref_url) = &result.test_case_ref_url {
        test_case.insert("ref_url".to_owned(), ref_url.as_str().into());
    }
    let groups: Vec<Value> = result
        .group
        .iter()
        .map(|group| match group {
            Group::Fresh { ref_url } => json!({"uuid": fresh, "ref_url": ref_url}),
            Group::OfRun { ref_url } => {
                let uuid = Uuid::new_v5(&Uuid::NAMESPACE_URL, ref_url.as_bytes()).to_string();
                json!({"uuid": uuid, "ref_url": ref_url, "description": ref_url})
            }
        })
        .collect();
    let body = json!({
        "testcase": test_case,
        "outcome": result.outcome,
        "ref_url": result.ref_url,
        "note": result.note,
        "data": result.data,
        "groups": groups,
    });
    let context = submission::Context {
        outcomes: receiver.outcomes,
        now_us: now_us(),
        new_uuid,
    };
    submission::parse(&body, &context).map_err(|error| {
        let (reply, _) = Error::into_reply(error);
        let said = String::from_utf8_lossy(&reply.body);
        whole(format!("what it says can't be stored: {}", said.trim()))
    })
}

//! Messages of CI systems and their buses, and the results that they stand for.
//!
//! A message comes as it was on the bus: a bare body with its topic told apart, in the envelope of
//! the program that took it off the bus, or as a CloudEvent. Its body is in one of these formats, told
//! from each other by topic and fields: CI metrics ([`ci_metrics`]), CI messages ([`ci_message`] with
//! [`artifact`], [`fedora`] and [`xunit`]), results as ResultsDB has them ([`resultsdb`]). Everything else is
//! ignored, with a reason.
//!
//! This crate must not know WASI, the store, who sends a message, or what becomes of the results.

mod artifact;
mod ci_message;
mod ci_metrics;
mod cloud_event;
mod data;
mod document;
mod envelope;
mod fedora;
mod outcome;
mod resultsdb;
mod verdict;
mod xunit;

pub use data::{MAX_LIST_VALUES, MAX_TEXT_CHARS};
pub use resultsdb::MAX_RESULTS;
pub use verdict::{Group, Mapped, NewResult, Rejection, Verdict};
pub use xunit::{MAX_CASE_ROWS, MAX_CASES, MAX_REPORT_BYTES};

use document::{Document, Node};
use envelope::Envelope;
use serde_json::Value;

/// The most messages in one batch.
pub const MAX_MESSAGES: usize = 500;

/// The longest identifier of a message, in characters.
pub const MAX_ID_CHARS: usize = 1_024;

/// The longest name of a test case, in characters.
pub const MAX_TEST_CASE_CHARS: usize = 2_048;

/// What comes along with a body.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The topic, if whoever delivers says it. It comes before what the message says itself.
    pub topic: Option<&'a str>,
    /// The message's identifier, if whoever delivers says it. As `topic`.
    pub id: Option<&'a str>,
    /// Headers of the request or the message, names in lower case.
    pub headers: &'a [(String, String)],
    /// The outcomes that there are, upper case.
    pub outcomes: &'a [String],
}

/// A message that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// By what a repetition is known, if anybody says it.
    pub id: Option<String>,
    /// The topic that it was read by.
    pub topic: Option<String>,
    /// Who published it, as the bus says (`JMSXUserID`).
    pub publisher: Option<String>,
    /// SHA-256 of what it says, hexadecimal: the same for each delivery, whatever its envelope.
    pub fingerprint: String,
    /// What is made of it.
    pub verdict: Verdict,
}

/// What a body holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivered {
    /// One message.
    One(Box<Message>),
    /// A batch, in its order.
    Batch(Vec<Message>),
}

/// Reads a body: a message, or a list of them.
#[must_use]
pub fn read(delivery: &Delivery<'_>, body: &[u8]) -> Delivered {
    let mut delivered = read_closed(delivery, body);
    let messages = match &mut delivered {
        Delivered::One(message) => std::slice::from_mut(message.as_mut()),
        Delivered::Batch(messages) => messages.as_mut_slice(),
    };
    let mut left = MAX_REPORT_BYTES;
    for message in messages {
        if let Verdict::Results(mapped) = &mut message.verdict {
            xunit::open(mapped, delivery.outcomes, &mut left);
        }
    }
    delivered
}

/// As [`read`], but for the reports inside of messages.
fn read_closed(delivery: &Delivery<'_>, body: &[u8]) -> Delivered {
    let one = |message| Delivered::One(Box::new(message));
    if let Some(event) = cloud_event::binary(delivery.headers) {
        return one(event.map_or_else(
            |rejection| rejected(delivery, rejection),
            |event| cloud_event::read_binary(delivery, event, body),
        ));
    }
    let document = match Document::parse(body) {
        Ok(document) => document,
        Err(rejection) => return one(rejected(delivery, rejection)),
    };
    let root = document.root();
    match root.list() {
        None => one(read_node(delivery, &root)),
        Some(entries) if (1..=MAX_MESSAGES).contains(&entries.len()) => {
            // One identifier can't stand for several messages.
            let delivery = Delivery {
                id: None,
                ..*delivery
            };
            let messages = entries.iter().map(|entry| read_node(&delivery, entry));
            Delivered::Batch(messages.collect())
        }
        Some(entries) => one(rejected(
            delivery,
            root.rejected(&format!(
                "the batch has {} messages, it must have 1 to {MAX_MESSAGES}",
                entries.len()
            )),
        )),
    }
}

/// Reads one message that is a CloudEvent, has an envelope, or is bare.
fn read_node(delivery: &Delivery<'_>, node: &Node<'_>) -> Message {
    if cloud_event::is_structured(node, delivery.headers) {
        return cloud_event::read_structured(delivery, node);
    }
    read_enveloped(delivery, &envelope::open(node))
}

/// Reads a message whose envelope is open.
fn read_enveloped(delivery: &Delivery<'_>, envelope: &Envelope<'_>) -> Message {
    let topic = delivery.topic.or(envelope.topic.as_deref());
    let publisher = envelope
        .publisher
        .clone()
        .or_else(|| header(delivery, "jmsxuserid"));
    let id = delivery.id.map(str::to_owned).or(envelope.id.clone());
    let verdict = match id.as_ref().map(|id| id.chars().count()) {
        Some(length) if length > MAX_ID_CHARS => Verdict::Rejected(Rejection {
            reason: format!("the message's identifier has more than {MAX_ID_CHARS} characters"),
            path: String::new(),
        }),
        _ => interpret(
            topic,
            &envelope.body,
            publisher.as_deref(),
            delivery.outcomes,
        )
        .unwrap_or_else(Verdict::Rejected),
    };
    Message {
        id,
        topic: topic.map(str::to_owned),
        publisher,
        fingerprint: fingerprint(topic, envelope.body.value()),
        verdict,
    }
}

/// What a body stands for, by the first format that fits.
fn interpret(
    topic: Option<&str>,
    body: &Node<'_>,
    publisher: Option<&str>,
    outcomes: &[String],
) -> Result<Verdict, Rejection> {
    if !body.is_object() {
        return Ok(Verdict::Ignored("the body is no object".to_owned()));
    }
    body.refuse_nul()?;
    let mut verdict = if ci_metrics::fits(topic) {
        ci_metrics::read(body)?
    } else if ci_message::fits(body) {
        ci_message::read(topic, body, outcomes)?
    } else if resultsdb::fits(body) {
        resultsdb::read(body, outcomes)?
    } else {
        return Ok(Verdict::Ignored(
            "it is in no known format: neither a CI message (`run`, `artifact` and `contact` or `ci`) \
             nor ResultsDB's (`testcase`, `outcome`, `data` and `ref_url`, or `results` and `ref_url`), \
             and CI metrics are known by their topic"
                .to_owned(),
        ));
    };
    if let Verdict::Results(mapped) = &mut verdict {
        mapped.say_publisher(publisher);
    }
    Ok(verdict)
}

fn header(delivery: &Delivery<'_>, name: &str) -> Option<String> {
    let value = cloud_event::find(delivery.headers, name).map(str::trim);
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

/// A message that can't be read at all.
fn rejected(delivery: &Delivery<'_>, rejection: Rejection) -> Message {
    Message {
        id: delivery.id.map(str::to_owned),
        topic: delivery.topic.map(str::to_owned),
        publisher: None,
        fingerprint: String::new(),
        verdict: Verdict::Rejected(rejection),
    }
}

fn fingerprint(topic: Option<&str>, body: &Value) -> String {
    use sha2::{Digest, Sha256};
    let mut digest = Sha256::new();
    digest.update(topic.unwrap_or_default());
    digest.update([0]);
    digest.update(body.to_string());
    format!("{:x}", digest.finalize())
}

//! CloudEvents 1.0 (and 0.3) over HTTP: attributes in headers (binary), or around the message in its
//! JSON (structured). An event's `type` stands for the topic, `source` and `id` together identify it.
//!
//! The official SDK of Rust brings a calendar, URLs and host names along and tells no place in the
//! document, so these few lines read the format.

use crate::document::{Document, Node};
use crate::envelope::{self, Envelope};
use crate::verdict::Rejection;
use crate::{Delivery, Message, read_enveloped, rejected};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const STRUCTURED: &str = "application/cloudevents";

/// What is told about an event beside its data.
#[derive(Debug)]
pub struct Attributes {
    id: String,
    kind: String,
    publisher: Option<String>,
}

/// The attributes of an event in binary form; `None` if the headers are not those of an event.
pub fn binary(headers: &[(String, String)]) -> Option<Result<Attributes, Rejection>> {
    find(headers, "ce-specversion")?;
    Some(Attributes::of(
        |name| {
            let value = find(headers, &format!("ce-{name}"))?;
            Some(http_edge::request::decode(value.trim()))
        },
        |name| format!("ce-{name}"),
    ))
}

/// The first header of this name.
pub fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = headers.iter().filter(|(key, _)| key == name);
    found.next().map(|(_, value)| value.as_str())
}

impl Attributes {
    fn of(
        value: impl Fn(&str) -> Option<String>,
        place: impl Fn(&str) -> String,
    ) -> Result<Self, Rejection> {
        let required = |name: &str| {
            let found = value(name).filter(|text| !text.is_empty());
            found.ok_or_else(|| Rejection {
                reason: format!("a CloudEvent must have the attribute `{name}`"),
                path: place(name),
            })
        };
        let version = required("specversion")?;
        if !version.starts_with("1.") && version != "0.3" {
            return Err(Rejection {
                reason: format!("CloudEvents of version `{version}` are not known, 1.0 is"),
                path: place("specversion"),
            });
        }
        Ok(Self {
            id: format!("{} {}", required("source")?, required("id")?),
            kind: required("type")?,
            publisher: value("jmsxuserid"),
        })
    }

    fn deliver(self, delivery: &Delivery<'_>, content: &Node<'_>) -> Message {
        let inner = envelope::open(content);
        let envelope = Envelope {
            topic: inner.topic.or(Some(self.kind)),
            id: Some(self.id),
            publisher: self.publisher.or(inner.publisher),
            body: inner.body,
        };
        read_enveloped(delivery, &envelope)
    }
}

/// Reads an event in binary form.
pub fn read_binary(delivery: &Delivery<'_>, event: Attributes, body: &[u8]) -> Message {
    match Document::parse(body) {
        Ok(document) => event.deliver(delivery, &document.root()),
        Err(rejection) => rejected(delivery, rejection),
    }
}

/// Whether this is an event in structured form: the media type says so, or its attributes do.
pub fn is_structured(node: &Node<'_>, headers: &[(String, String)]) -> bool {
    let media_type = find(headers, "content-type").unwrap_or_default();
    let is_announced = media_type
        .trim()
        .to_ascii_lowercase()
        .starts_with(STRUCTURED);
    let has = |name: &str| node.value().get(name).is_some_and(Value::is_string);
    is_announced || (has("specversion") && has("type") && has("source") && has("id"))
}

/// Reads an event in structured form.
pub fn read_structured(delivery: &Delivery<'_>, node: &Node<'_>) -> Message {
    let attributes = Attributes::of(
        |name| node.value().get(name)?.as_str().map(str::to_owned),
        |name| match node.path().as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        },
    );
    let attributes = match attributes {
        Ok(attributes) => attributes,
        Err(rejection) => return rejected(delivery, rejection),
    };
    let (place, bytes) = match contents(node) {
        Ok(None) => return attributes.deliver(delivery, &node.get("data")),
        Ok(Some(found)) => found,
        Err(rejection) => return rejected(delivery, rejection),
    };
    match Document::parse_at(&bytes, &place) {
        Ok(document) => attributes.deliver(delivery, &document.root()),
        Err(rejection) => rejected(delivery, rejection),
    }
}

/// Where the data is and what it is, if it is no JSON of its own.
fn contents(node: &Node<'_>) -> Result<Option<(String, Vec<u8>)>, Rejection> {
    let data = node.get("data");
    if let Value::String(text) = data.value() {
        return Ok(Some((data.path(), text.clone().into_bytes())));
    }
    let encoded = node.get("data_base64");
    if !data.is_absent() || encoded.is_absent() {
        return Ok(None);
    }
    let bytes = STANDARD.decode(encoded.required_text()?);
    let bytes = bytes.map_err(|error| encoded.rejected(&format!("it is no Base64: {error}")))?;
    Ok(Some((encoded.path(), bytes)))
}

//! Envelopes of programs that take messages off a bus: fedmsg and its successors keep topic, headers
//! and identifier beside the body.

use crate::document::Node;

/// An opened envelope.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The message itself.
    pub body: Node<'a>,
    /// Its topic.
    pub topic: Option<String>,
    /// Its identifier.
    pub id: Option<String>,
    /// Who published it, as the bus says.
    pub publisher: Option<String>,
}

/// Opens a message's envelope. What has none is its own body, so this takes anything.
///
/// Envelopes are `{topic, headers, msg_id, body: {msg}}` (fedmsg with STOMP), `{topic, msg_id, msg}`
/// (fedmsg, datagrepper) and `{topic, id, headers, body}` (Fedora Messaging).
pub fn open<'a>(node: &Node<'a>) -> Envelope<'a> {
    let body = node.get("body");
    let inner = body.get("msg");
    let message = node.get("msg");
    let has_topic = node.get("topic").value().is_string() || node.get("headers").is_object();
    // What is empty is null here, so a message without an object in it still has its envelope.
    let content = if body.value().get("msg").is_some() && has_topic {
        inner
    } else if body.is_object() && has_topic {
        body
    } else if node.value().get("msg").is_some() && has_topic {
        message
    } else {
        return Envelope {
            body: node.clone(),
            topic: None,
            id: None,
            publisher: None,
        };
    };
    let headers = node.get("headers");
    let topic = text(node, "topic").or_else(|| header(&headers, "destination"));
    let id = header(&headers, "message-id")
        .or_else(|| text(node, "msg_id"))
        .or_else(|| text(node, "id"));
    Envelope {
        body: content,
        topic,
        id,
        publisher: header(&headers, "jmsxuserid"),
    }
}

fn text(node: &Node<'_>, name: &'static str) -> Option<String> {
    let value = node.value().get(name)?.as_str()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// A header, whatever the case of its name.
fn header(headers: &Node<'_>, name: &str) -> Option<String> {
    let mut fields = headers.value().as_object()?.iter();
    let (_, value) = fields.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    let value = value.as_str()?;
    (!value.is_empty()).then(|| value.to_owned())
}

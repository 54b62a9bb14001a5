//! Messages of CI systems and buses: `/api/v1/messages`.

use crate::operation::Operation;
use crate::parameters;
use crate::responses::{self, Style};
use crate::schemas::reference;
use messages::{MAX_ID_CHARS, MAX_MESSAGES, MAX_RESULTS};
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Messages";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![submit()]
}

fn header(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "header", "description": description, "schema": schema })
}

fn submit() -> Operation {
    let text = json!({ "type": "string" });
    let id = json!({ "type": "string", "maxLength": MAX_ID_CHARS });
    let verdicts = |description: &str| {
        let schema =
            json!({ "anyOf": [reference("MessageVerdict"), reference("MessageVerdicts")] });
        responses::json_of(description, &schema)
    };
    let body = json!({
        "description": format!("A message as it was on the bus: bare, in the envelope of fedmsg or Fedora Messaging, or as a CloudEvent; or a list of 1 to {MAX_MESSAGES} messages. What it may say is in `docs/messages.md`."),
    });
    Operation::of_text(TAG, "/api/v1/messages", "submit-message", Style::Json, "Store what messages of CI systems stand for", "application/json", &body)
        .describe(format!("CI messages, CI metrics and ResultsDB's own format become results, at most {MAX_RESULTS} for each message besides those of a report inside of it; all of a message's results are stored or none. Everything else is ignored. The messages of a batch are stored one by one; the answer has the status that all of them have in common, else 207. Any media type is taken. Attributes of a CloudEvent may stand in `ce-` headers."))
        .parameters([
            parameters::query("topic", "The topic. It comes before what the message says itself.", &text),
            header("X-Message-Topic", "The topic, if the query has none.", &text),
            header("X-Message-Id", "By what a repetition of the message is known, instead of the identifier that it has itself. It has no meaning for a list.", &id),
        ])
        .examples(&[
            ("a CI message", json!({
                "version": "0.2.1",
                "contact": { "name": "CI", "team": "team", "email": "ci@example.org" },
                "run": { "url": "https://ci.example.org/7" },
                "artifact": { "type": "koji-build", "id": 5, "nvr": "nethack-3.6.7-1.fc40" },
                "test": { "namespace": "ns", "type": "tier1", "category": "functional", "result": "passed" },
            })),
            ("ResultsDB's format", json!({
                "testcase": { "name": "dist.rpmdeplint" },
                "outcome": "PASSED",
                "data": { "item": "nethack-3.6.7-1.fc40", "type": "koji_build" },
                "ref_url": "https://ci.example.org/7",
            })),
        ])
        .answer(201, verdicts("The results are stored, or were stored when the message came before."))
        .answer(202, verdicts("The message stands for no result."))
        .answer(207, responses::object("The messages of the batch have different verdicts.", "MessageVerdicts"))
        .answer(400, verdicts("The message has a mistake; nothing of it is stored."))
        .answer(413, responses::too_large())
        .replays()
        .answer(422, verdicts("A message with this identifier came before and said something else."))
        .asks_who_calls()
        .answer(403, responses::json_of("The test case is reserved for another publisher, or a page of another site sent the request.", &json!({ "anyOf": [reference("MessageVerdict"), reference("MessageVerdicts"), reference("Message")] })))
}

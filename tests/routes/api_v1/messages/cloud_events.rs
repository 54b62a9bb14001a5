//! Messages as CloudEvents, binary and structured.

use super::{ci_message, count, deliver};
use crate::harness::App;
use serde_json::{Value, json};

const TOPIC: &str = "org.example.ci.brew-build.test.complete";

fn event(data: (&str, Value)) -> Value {
    let mut event = json!({"specversion": "1.0", "id": "e-1", "source": "/ci", "type": TOPIC});
    event[data.0] = data.1;
    event
}

#[test]
fn an_event_in_headers_is_read() {
    let app = App::start();
    let headers = [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-id", "e%201"),
        ("ce-source", "/ci"),
        ("ce-type", TOPIC),
        ("ce-jmsxuserid", "msg-ci"),
    ];
    let told = deliver(&app, &headers, &ci_message()).expect(201);
    assert_eq!(told["message_id"], "/ci e 1");
    assert_eq!(told["topic"], TOPIC);
    let results = app.read("/api/v2.0/results?publisher_id=msg-ci");
    assert_eq!(results["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        deliver(&app, &headers, &ci_message()).expect(201)["known"],
        true
    );
    assert_eq!(count(&app), 1);
    for missing in 2..5 {
        let mut headers = headers.to_vec();
        let (name, _) = headers.remove(missing);
        let told = deliver(&app, &headers, &ci_message()).expect(400);
        assert_eq!(told["path"], name);
    }
}

#[test]
fn an_event_around_a_message_is_read() {
    let app = App::start();
    let media_type = [(
        "content-type",
        "application/cloudevents+json; charset=utf-8",
    )];
    let text = ci_message().to_string();
    let encoded = "eyJzb21lIjogInRoaW5nIn0=";
    let first = deliver(&app, &media_type, &event(("data", ci_message()))).expect(201);
    assert_eq!(first["message_id"], "/ci e-1");
    assert_eq!(first["topic"], TOPIC);
    // The same, written otherwise.
    let told = deliver(&app, &[], &event(("data", json!(text)))).expect(201);
    assert_eq!(told["known"], true);
    let told = deliver(&app, &media_type, &event(("data_base64", json!(encoded)))).expect(202);
    assert_eq!(told["verdict"], "ignored");
    assert_eq!(count(&app), 1);
}

#[test]
fn mistakes_of_events_are_told_with_their_place() {
    let app = App::start();
    let media_type = [("content-type", "application/cloudevents+json")];
    let check = |event: &Value, path: &str| {
        let told = deliver(&app, &media_type, event).expect(400);
        assert_eq!(told["path"], path, "{told}");
    };
    let mut message = ci_message();
    message["test"]["result"] = json!("great");
    check(&event(("data", message.clone())), "data.test.result");
    check(
        &event(("data", json!(message.to_string()))),
        "data.test.result",
    );
    check(&event(("data", json!("{"))), "data");
    check(&event(("data_base64", json!("?"))), "data_base64");
    check(&event(("specversion", json!("2.0"))), "specversion");
    check(&event(("id", json!(""))), "id");
    check(&json!({}), "specversion");
}

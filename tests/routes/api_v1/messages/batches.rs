//! Several messages in one request.

use super::{ci_message, count, deliver};
use crate::harness::App;
use serde_json::{Value, json};

const BATCH: [(&str, &str); 1] = [("content-type", "application/cloudevents-batch+json")];

fn event(id: &str, data: Value) -> Value {
    json!({"specversion": "1.0", "id": id, "source": "/ci", "type": "a.test.complete", "data": data})
}

fn verdicts(told: &Value) -> Vec<&str> {
    let told = told["messages"].as_array().unwrap();
    told.iter()
        .map(|told| told["verdict"].as_str().unwrap())
        .collect()
}

#[test]
fn each_message_of_a_batch_has_a_verdict() {
    let app = App::start();
    let mut bad = ci_message();
    bad["test"]["result"] = json!("great");
    let batch = json!([
        event("1", ci_message()),
        event("2", json!({"some": "thing"})),
        event("3", bad),
        event("4", ci_message()),
    ]);
    let told = deliver(&app, &BATCH, &batch).expect(207);
    assert_eq!(
        verdicts(&told),
        ["results", "ignored", "rejected", "results"]
    );
    let statuses: Vec<_> = (0..4)
        .map(|index| told["messages"][index]["status"].clone())
        .collect();
    assert_eq!(statuses, [201, 202, 400, 201]);
    assert_eq!(told["messages"][2]["path"], "[2].data.test.result");
    assert_eq!(count(&app), 2);
    // Again, as a list without a media type: what is known is not stored twice.
    let told = deliver(&app, &[], &batch).expect(207);
    assert_eq!(told["messages"][0]["known"], true);
    assert_eq!(told["messages"][3]["known"], true);
    assert_eq!(count(&app), 2);
}

#[test]
fn what_all_messages_have_in_common_is_the_status() {
    let app = App::start();
    let nothing = json!({"some": "thing"});
    let check = |batch: Value, status: u16| {
        deliver(&app, &[], &batch).expect(status);
    };
    check(json!([ci_message(), ci_message()]), 201);
    check(json!([nothing, nothing]), 202);
    check(json!([{"results": 5, "ref_url": "u"}]), 400);
    check(json!([ci_message(), nothing]), 207);
}

#[test]
fn bare_messages_have_the_topic_of_the_request() {
    let app = App::start();
    let enveloped =
        json!({"topic": "a.test.complete", "headers": {}, "body": {"msg": ci_message()}});
    let headers = [("x-message-topic", "a.test.queued"), ("x-message-id", "m")];
    let told = deliver(&app, &headers, &json!([ci_message(), enveloped])).expect(201);
    for index in 0..2 {
        assert_eq!(told["messages"][index]["results"][0]["outcome"], "QUEUED");
        // One identifier can't be that of several messages.
        assert_eq!(told["messages"][index].get("message_id"), None);
    }
}

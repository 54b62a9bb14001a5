//! The same message again, and what tells that it is the same.

use super::{PATH, ci_message, count, deliver};
use crate::harness::App;
use serde_json::{Value, json};

fn enveloped(id: &str, message: &Value) -> Value {
    json!({"topic": "a.test.complete", "headers": {"message-id": id}, "body": {"msg": message}})
}

#[test]
fn a_message_that_comes_again_is_known() {
    let app = App::start();
    let first = deliver(&app, &[], &enveloped("ID:1", &ci_message())).expect(201);
    assert_eq!(first["known"], false);
    // Another broker's headers, the same message.
    let mut again = enveloped("ID:1", &ci_message());
    again["headers"]["redelivered"] = json!("true");
    let answer = deliver(&app, &[], &again);
    assert_eq!(answer.header("idempotency-replayed"), Some("true"));
    let told = answer.expect(201);
    assert_eq!(told["known"], true);
    assert_eq!(told["results"], first["results"]);
    assert_eq!(told["groups"], first["groups"]);
    assert_eq!(count(&app), 1);
    // Another message.
    deliver(&app, &[], &enveloped("ID:2", &ci_message())).expect(201);
    assert_eq!(count(&app), 2);
    // Somebody else's messages have identifiers of their own.
    let body = enveloped("ID:1", &ci_message());
    let told = app.post_as("joe", PATH, &body).expect(201);
    assert_eq!(told["known"], false);
}

#[test]
fn the_same_identifier_for_something_else_is_told() {
    let app = App::start();
    deliver(&app, &[], &enveloped("ID:1", &ci_message())).expect(201);
    let mut other = ci_message();
    other["test"]["result"] = json!("failed");
    let told = deliver(&app, &[], &enveloped("ID:1", &other)).expect(422);
    assert_eq!(told["verdict"], "rejected");
    assert_eq!(count(&app), 1);
}

#[test]
fn without_an_identifier_each_delivery_counts() {
    let app = App::start();
    for expected in 1..=2 {
        deliver(&app, &[], &ci_message()).expect(201);
        assert_eq!(count(&app), expected);
    }
}

#[test]
fn whoever_delivers_may_say_identifier_and_topic() {
    let app = App::start();
    let headers = [
        ("x-message-id", "mine"),
        ("x-message-topic", "org.example.test.running"),
    ];
    let told = deliver(&app, &headers, &enveloped("ID:1", &ci_message())).expect(201);
    assert_eq!(told["message_id"], "mine");
    assert_eq!(told["topic"], "org.example.test.running");
    assert_eq!(told["results"][0]["outcome"], "RUNNING");
    let told = deliver(&app, &headers[..1], &enveloped("ID:1", &ci_message()));
    // By another topic it says something else.
    told.expect(422);
}

#[test]
fn many_deliveries_at_once_store_one() {
    let app = App::start();
    let text = enveloped("ID:1", &ci_message()).to_string();
    let known = std::thread::scope(|scope| {
        let deliver = || app.send("POST", PATH, &[], &text).expect(201)["known"] == true;
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(deliver)).collect();
        let known = threads.into_iter().map(|thread| thread.join().unwrap());
        known.filter(|known| *known).count()
    });
    assert_eq!(known, 7);
    assert_eq!(count(&app), 1);
}

#[test]
fn messages_of_one_run_in_resultsdb_format_share_a_group() {
    let app = App::start();
    let message = |test_case: &str, ref_url: &str| json!({"testcase": {"name": test_case}, "outcome": "passed", "data": {"item": "i"}, "ref_url": ref_url});
    let group = |test_case: &str, ref_url: &str| {
        let told = deliver(&app, &[], &message(test_case, ref_url)).expect(201);
        told["groups"][0].as_str().unwrap().to_owned()
    };
    let first = group("a", "https://run/1");
    assert_eq!(first, group("b", "https://run/1"));
    assert_ne!(first, group("b", "https://run/2"));
    let shown = app.read(first.strip_prefix(&app.url).unwrap());
    assert_eq!(shown["description"], "https://run/1");
    assert_eq!(shown["results_count"], 2);
    // Each part of a comparison has a page of its own below the run's.
    let part = |part: &str| group("dist.rpmdiff.analysis", &format!("https://d/run/7/{part}"));
    assert_eq!(part("1"), part("2"));
}

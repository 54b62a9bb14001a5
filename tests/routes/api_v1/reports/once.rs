//! `Idempotency-Key`, and all or nothing.

use super::{JUNIT, PATH, SUBJECT, results};
use crate::harness::{Answer, App};

fn post(app: &App, query: &str, key: &str, body: &str) -> Answer {
    app.send(
        "POST",
        &format!("{PATH}?{query}"),
        &[("idempotency-key", key)],
        body,
    )
}

#[test]
fn a_repetition_is_answered_as_the_first_time() {
    let app = App::start();
    let first = post(&app, SUBJECT, "k", JUNIT);
    let answer = first.expect(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let stored = results(&app, &answer);
    assert_eq!(stored.len(), 5);
    let again = post(&app, SUBJECT, "k", JUNIT);
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(results(&app, &answer), stored);
    // Stored in the same way as without a key.
    let plain = app
        .send("POST", &format!("{PATH}?{SUBJECT}"), &[], JUNIT)
        .expect(201);
    let without_ids = |mut list: Vec<serde_json::Value>| {
        for result in &mut list {
            for field in ["id", "href", "groups", "submit_time"] {
                result[field].take();
            }
        }
        list
    };
    assert_eq!(without_ids(results(&app, &plain)), without_ids(stored));
    // Another report with the key, or the same with another question.
    assert_eq!(post(&app, SUBJECT, "k", "1..1\nok 1\n").status, 422);
    assert_eq!(
        post(&app, &format!("{SUBJECT}&cases=none"), "k", JUNIT).status,
        422
    );
}

#[test]
fn of_requests_at_once_one_stores() {
    let app = App::start();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let sending: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| post(&app, SUBJECT, "k", JUNIT)))
            .collect();
        sending
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let new = answers
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_none());
    assert_eq!(new.count(), 1);
    for answer in &answers {
        assert_eq!(answer.expect(201), answers[0].json());
    }
    assert_eq!(results(&app, &answers[0].json()).len(), 5);
}

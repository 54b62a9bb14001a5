//! `POST /api/v2.0/results` with an `Idempotency-Key`: what is repeated is not counted twice.

use crate::harness::{Answer, App, Options, try_send};
use serde_json::{Value, json};
use tempfile::TempDir;

const PATH: &str = "/api/v2.0/results";
const JOE: &str = "Basic am9lOng=";

fn body() -> Value {
    json!({"outcome": "PASSED", "testcase": "t", "groups": [{}], "data": {"item": "i"}})
}

fn post(app: &App, key: &str, body: &Value) -> Answer {
    post_with(app, &[("idempotency-key", key)], body)
}

fn post_with(app: &App, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/json"));
    app.send("POST", PATH, &headers, &body.to_string())
}

fn is_replayed(answer: &Answer) -> bool {
    match answer.header("idempotency-replayed") {
        None => false,
        Some("true") => true,
        Some(other) => panic!("{other}"),
    }
}

fn stored(app: &App) -> usize {
    let page = app.read(&format!("{PATH}?limit=1000"));
    page["data"].as_array().unwrap().len()
}

#[track_caller]
fn assert_repeats(again: &Answer, first: &Answer) {
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert!(is_replayed(again), "{again:?}");
}

#[test]
fn a_repetition_gets_the_first_answer() {
    let app = App::start();
    let first = post(&app, "k-1", &body());
    assert_eq!((first.status, is_replayed(&first)), (201, false));
    // What changed since then is not in the answer.
    let update = json!({"name": "t", "ref_url": "http://later"});
    app.post("/api/v2.0/testcases", &update).expect(201);
    for _ in 0..2 {
        assert_repeats(&post(&app, "k-1", &body()), &first);
    }
    // A string in quotes is the same key.
    assert_repeats(&post(&app, r#""k-1""#, &body()), &first);
    assert_eq!(stored(&app), 1);
    let fresh = post(&app, "k-2", &body());
    assert_eq!(
        (fresh.expect(201)["id"].as_u64(), is_replayed(&fresh)),
        (Some(2), false)
    );
    app.submit(body());
    assert_eq!(stored(&app), 3);
}

#[test]
fn a_list_is_repeated_as_a_list() {
    let app = App::start();
    let list = json!([
        {"outcome": "PASSED", "testcase": {"name": "t", "ref_url": "http://a"}},
        {"outcome": "FAILED", "testcase": "u", "groups": [{}, {}]},
        {"outcome": "INFO", "testcase": {"name": "t", "ref_url": "http://b"}},
    ]);
    let first = post(&app, "k", &list);
    assert_eq!(first.expect(201).as_array().unwrap().len(), 3);
    app.post(
        "/api/v2.0/testcases",
        &json!({"name": "t", "ref_url": "http://later"}),
    )
    .expect(201);
    app.submit(body());
    assert_repeats(&post(&app, "k", &list), &first);
    let one = post(&app, "k-1", &json!([body()]));
    assert!(one.expect(201).is_array());
    assert_repeats(&post(&app, "k-1", &json!([body()])), &one);
    assert_eq!(stored(&app), 5);
}

#[test]
fn a_key_with_another_body_is_refused() {
    let app = App::start();
    let first = post(&app, "k", &body());
    let answer = post(&app, "k", &json!({"outcome": "FAILED", "testcase": "t"}));
    let message = answer.expect(422)["message"].clone();
    assert!(
        message.as_str().unwrap().contains("another body"),
        "{message}"
    );
    assert_repeats(&post(&app, "k", &body()), &first);
    assert_eq!(stored(&app), 1);
}

#[test]
fn callers_have_keys_of_their_own() {
    let app = App::start();
    let anonymous = post(&app, "k", &body());
    let headers = [("idempotency-key", "k"), ("authorization", JOE)];
    let joe = post_with(&app, &headers, &body());
    assert_eq!((anonymous.status, joe.status), (201, 201));
    assert_ne!(anonymous.text, joe.text);
    assert_repeats(&post_with(&app, &headers, &body()), &joe);
    assert_eq!(stored(&app), 2);
}

#[test]
fn what_was_refused_is_checked_anew() {
    let app = App::start();
    for _ in 0..2 {
        let answer = post(&app, "k", &json!({"outcome": "BAD", "testcase": "t"}));
        assert_eq!((answer.status, is_replayed(&answer)), (400, false));
    }
    let answer = post(&app, "k", &body());
    assert_eq!((answer.status, is_replayed(&answer)), (201, false));
}

#[test]
fn a_key_has_1_to_255_visible_characters() {
    let app = App::start();
    let long = "k".repeat(255);
    assert_eq!(post(&app, &long, &body()).status, 201);
    let too_long = "k".repeat(256);
    for key in ["", "a b", r#""a"#, r#""""#, "\u{10d}", &too_long] {
        let message = post(&app, key, &body()).expect(400)["message"].clone();
        let message = message.as_str().unwrap();
        assert!(
            message.contains("1 to 255 visible ASCII characters"),
            "{key}: {message}"
        );
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    let message = post_with(&app, &twice, &body()).expect(400)["message"].clone();
    assert!(
        message.as_str().unwrap().contains("more than once"),
        "{message}"
    );
    assert_eq!(stored(&app), 1);
}

#[test]
fn of_several_at_the_same_moment_one_is_stored() {
    let app = App::start();
    let rounds = 10;
    for round in 0..rounds {
        let start = std::sync::Barrier::new(4);
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        post(&app, &format!("k-{round}"), &json!([body(), body()]))
                    })
                })
                .collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap())
                .collect()
        });
        let (repeated, first): (Vec<&Answer>, Vec<&Answer>) =
            answers.iter().partition(|answer| is_replayed(answer));
        assert_eq!(first.len(), 1);
        repeated
            .iter()
            .for_each(|again| assert_repeats(again, first[0]));
    }
    assert_eq!(stored(&app), rounds * 2);
}

#[test]
fn a_repetition_after_the_host_was_killed_gets_the_first_answer() {
    let state = TempDir::new().unwrap();
    let app = Options::default().state(state.path()).start();
    let first = post(&app, "k", &body());
    first.expect(201);
    let unanswered = {
        // A request whose answer the client may not have seen.
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "lost"),
        ];
        let url = app.url.clone();
        std::thread::spawn(move || try_send(&url, "POST", PATH, &headers, &body().to_string()).ok())
    };
    drop(app);
    let unanswered = unanswered.join().unwrap();

    let app = Options::default().state(state.path()).start();
    let again = post(&app, "k", &body());
    // Links name the port, which is another one after the start.
    let without_links = |answer: &Answer| {
        let mut result = answer.json();
        result["href"] = Value::Null;
        result["testcase"]["href"] = Value::Null;
        result
    };
    assert_eq!((again.status, is_replayed(&again)), (201, true));
    assert_eq!(without_links(&again), without_links(&first));
    let lost = post(&app, "lost", &body());
    assert_eq!(lost.status, 201);
    if unanswered.is_some_and(|answer| answer.status == 201) {
        assert!(is_replayed(&lost), "what was acknowledged is there");
    }
    assert_eq!(stored(&app), 2);
}

//! `POST /api/v2.0/results` by many at once, whose submissions are stored together.

use crate::harness::{Answer, App, try_send};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const CLIENTS: usize = 48;
const REQUESTS: usize = 12;

/// What a client sends: single results, lists, what is no result, and results with a key.
fn body(client: usize, number: usize) -> Value {
    let result = |part: usize| {
        json!({
            "outcome": "PASSED",
            "testcase": {"name": format!("t{}", client % 4), "ref_url": format!("http://{client}/{number}")},
            "groups": [format!("g{client}")],
            "data": {"item": format!("item-{client}-{number}-{part}"), "type": "koji_build"},
        })
    };
    match number % 4 {
        0 => json!([result(0), result(1), result(2)]),
        1 => {
            json!({"outcome": "NEARLY", "testcase": "t", "data": {"item": format!("bad-{client}")}})
        }
        _ => result(0),
    }
}

fn send(url: &str, client: usize, number: usize) -> Answer {
    let key = format!("key-{client}");
    let mut headers = vec![("content-type", "application/json")];
    if number % 4 == 3 {
        headers.push(("idempotency-key", &key));
    }
    let body = body(client, number % 8).to_string();
    try_send(url, "POST", "/api/v2.0/results", &headers, &body).unwrap()
}

#[test]
fn a_burst_is_stored_whole_and_answered_one_by_one() {
    let app = App::start();
    let url = app.url.as_str();
    let answers: Vec<(usize, usize, Answer)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn(move || {
                    let numbers = 0..REQUESTS;
                    let sent = numbers.map(|number| (client, number, send(url, client, number)));
                    sent.collect::<Vec<_>>()
                })
            })
            .collect();
        let joined = clients.into_iter().map(|client| client.join().unwrap());
        joined.flatten().collect()
    });
    let mut ids = BTreeSet::new();
    for (client, number, answer) in &answers {
        let sent = body(*client, number % 8);
        if number % 4 == 1 {
            answer.expect(400);
            continue;
        }
        // The third use of a key, with another body, is refused.
        if number % 8 == 7 {
            answer.expect(422);
            continue;
        }
        let stored = answer.expect(201);
        let (sent, stored) = match (sent, stored) {
            (Value::Array(sent), Value::Array(stored)) => (sent, stored),
            (sent, stored) => (vec![sent], vec![stored]),
        };
        assert_eq!(sent.len(), stored.len());
        for (sent, stored) in sent.iter().zip(&stored) {
            assert_eq!(stored["data"]["item"], json!([sent["data"]["item"]]));
            assert_eq!(stored["groups"], sent["groups"]);
            assert_eq!(
                stored["testcase"],
                json!({
                    "name": sent["testcase"]["name"],
                    "ref_url": sent["testcase"]["ref_url"],
                    "href": format!("{url}/api/v2.0/testcases/{}", sent["testcase"]["name"].as_str().unwrap()),
                })
            );
            let id = stored["id"].as_u64().unwrap();
            let is_replay = number % 8 == 3 && *number > 8;
            assert_eq!(ids.insert(id), !is_replay, "id {id} of client {client}");
            let read = app.read(&format!("/api/v2.0/results/{id}"));
            assert_eq!(read["data"], stored["data"]);
        }
    }
    // Without gaps, as nothing was stored that was not answered. The newest by its time may not be
    // the last that was stored.
    let last = ids.last().copied().unwrap();
    assert_eq!(ids.len() as u64, last);
    app.get(&format!("/api/v2.0/results/{}", last + 1))
        .expect(404);
    let bad = app.read("/api/v2.0/results?testcases=t");
    assert_eq!(bad["data"], json!([]));
}

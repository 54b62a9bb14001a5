//! Requests, decisions about them, withdrawals, histories, and everything that refuses one.

use super::{PATH, app, decide, make, say, state, waiver, withdraw};
use crate::harness::ids;
use crate::identity::post;
use serde_json::json;

#[test]
fn who_may_not_waive_requests_and_another_person_decides() {
    let (app, _folder) = app();
    let id = make(&app, "ann", json!({}), "requested");
    assert_eq!(decide(&app, "ann", id, true).status, 403);
    assert_eq!(state(&app, id), "requested");
    assert_eq!(
        decide(&app, "joe", id, true).expect(201)["state"],
        "granted"
    );
    // Replayed, and turned round.
    assert_eq!(decide(&app, "joe", id, true).status, 409);
    assert_eq!(decide(&app, "kim", id, false).status, 409);
    let history = app.read(&format!("{PATH}/{id}/history"));
    let steps: Vec<(&str, &str)> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            let text = |name: &str| step[name].as_str().unwrap();
            (text("action"), text("username"))
        })
        .collect();
    assert_eq!(steps, [("requested", "ann"), ("approved", "joe")]);
}

#[test]
fn nobody_decides_about_an_own_request() {
    let (app, _folder) = app();
    let demanded = make(
        &app,
        "joe",
        json!({"testcase": "dist.abicheck"}),
        "requested",
    );
    let wished = make(&app, "joe", json!({"request": true}), "requested");
    for id in [demanded, wished] {
        assert_eq!(decide(&app, "joe", id, true).status, 403);
        assert_eq!(decide(&app, "joe", id, false).status, 403);
        assert_eq!(state(&app, id), "requested");
        assert_eq!(decide(&app, "kim", id, true).status, 201);
    }
    // Nor by way of the proxy that asked.
    let id = make(&app, "bot", json!({"username": "ann"}), "requested");
    let body = json!({"approved": true, "comment": "c", "username": "joe"});
    let path = format!("{PATH}/{id}/approval");
    assert_eq!(say(&app, "bot", &path, &body).status, 403);
    assert_eq!(say(&app, "kim", &path, &body).status, 403);
}

#[test]
fn a_denied_request_stays_denied() {
    let (app, _folder) = app();
    let id = make(&app, "ann", json!({}), "requested");
    assert_eq!(
        decide(&app, "joe", id, false).expect(201)["state"],
        "denied"
    );
    assert_eq!(decide(&app, "kim", id, true).status, 409);
    assert_eq!(withdraw(&app, "ann", id).status, 409);
    assert_eq!(state(&app, id), "denied");
}

#[test]
fn authors_and_permitted_people_withdraw_once() {
    let (app, _folder) = app();
    let id = make(&app, "joe", json!({}), "granted");
    assert_eq!(decide(&app, "kim", id, true).status, 409);
    assert_eq!(withdraw(&app, "ann", id).status, 403);
    assert_eq!(withdraw(&app, "kim", id).expect(201)["state"], "withdrawn");
    assert_eq!(withdraw(&app, "joe", id).status, 409);
    let own = make(&app, "ann", json!({}), "requested");
    assert_eq!(withdraw(&app, "ann", own).expect(201)["state"], "withdrawn");
    assert_eq!(decide(&app, "joe", own, true).status, 409);
}

#[test]
fn nobody_writes_without_a_name_and_unknown_waivers_are_a_404() {
    let (app, _folder) = app();
    let id = make(&app, "joe", json!({}), "granted");
    for (path, body) in [
        (PATH.to_owned(), waiver(json!({}))),
        (
            format!("{PATH}/{id}/approval"),
            json!({"approved": true, "comment": "c"}),
        ),
        (format!("{PATH}/{id}/withdrawal"), json!({"comment": "c"})),
    ] {
        for wrong in [&[][..], &[("authorization", "Basic !!")]] {
            assert_eq!(post(&app, &path, &body, wrong).status, 401, "{path}");
        }
    }
    assert_eq!(ids(&app.read(PATH)), [id]);
    assert_eq!(decide(&app, "joe", 99, true).status, 404);
    assert_eq!(withdraw(&app, "joe", 99).status, 404);
    assert_eq!(app.get(&format!("{PATH}/99")).status, 404);
    assert_eq!(app.get(&format!("{PATH}/99/history")).status, 404);
    assert_eq!(
        app.get(&format!("{PATH}/{id}?as_of=2001-01-01T00:00:00Z"))
            .status,
        404
    );
}

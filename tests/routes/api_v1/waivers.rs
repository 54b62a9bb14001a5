//! `/api/v1/waivers`: the life of a waiver, each refusal, and what gates and WaiverDB's clients see of it.

use crate::harness::{Answer, App, Options, ids};
use crate::identity::post;
use serde_json::{Value, json};
use tempfile::TempDir;

const PATH: &str = "/api/v1/waivers";

/// `joe` and `kim` may waive, `ann` may not; `dist.abicheck` needs a second person.
const RULES: &str = "
- {users: [joe, kim], testcases: ['*']}
- {approval: required, testcases: ['dist.abicheck']}
";

fn app() -> (App, TempDir) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("waivers.yaml"), RULES).unwrap();
    let mount = format!("permissions={}", folder.path().display());
    let options = Options::default().argument("--files").argument(&mount);
    (options.variable("superusers=bot").start(), folder)
}

fn say(app: &App, name: &str, path: &str, body: &Value) -> Answer {
    let credentials = match name {
        "joe" => "Basic am9lOng=",
        "kim" => "Basic a2ltOng=",
        "ann" => "Basic YW5uOng=",
        "bot" => "Basic Ym90Ong=",
        _ => panic!("no credentials for {name}"),
    };
    post(app, path, body, &[("authorization", credentials)])
}

fn waiver(extra: Value) -> Value {
    let mut body = json!({
        "subject_type": "koji_build", "subject_identifier": "a-1-1", "testcase": "dist.rpmdeplint",
        "product_version": "fedora-40", "comment": "known", "reason": "other",
    });
    let fields = extra.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    body
}

/// Posts a waiver that must be in this state; its id.
#[track_caller]
fn make(app: &App, name: &str, extra: Value, state: &str) -> u64 {
    let made = say(app, name, PATH, &waiver(extra)).expect(201);
    assert_eq!(made["state"], state, "{made}");
    made["id"].as_u64().unwrap()
}

fn decide(app: &App, name: &str, id: u64, approved: bool) -> Answer {
    let body = json!({"approved": approved, "comment": "looked at it"});
    say(app, name, &format!("{PATH}/{id}/approval"), &body)
}

fn withdraw(app: &App, name: &str, id: u64) -> Answer {
    let body = json!({"comment": "no more"});
    say(app, name, &format!("{PATH}/{id}/withdrawal"), &body)
}

fn state(app: &App, id: u64) -> Value {
    app.read(&format!("{PATH}/{id}"))["state"].clone()
}

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

#[test]
fn older_clients_see_what_is_granted_and_unlimited() {
    let (app, _folder) = app();
    let plain = make(&app, "joe", json!({}), "granted");
    let limited = make(&app, "joe", json!({"architecture": "x86_64"}), "granted");
    let pending = make(&app, "ann", json!({}), "requested");
    let old = "/api/v1.0/waivers/";
    assert_eq!(ids(&app.read(old)), [plain]);
    assert_eq!(
        ids(&app.read(&format!("{old}?include_obsolete=1"))),
        [plain]
    );
    for hidden in [limited, pending] {
        assert_eq!(app.get(&format!("{old}{hidden}")).status, 404);
    }
    assert_eq!(withdraw(&app, "joe", plain).status, 201);
    assert_eq!(app.read(old)["data"], json!([]));
    assert_eq!(app.get(&format!("{old}{plain}")).status, 404);
    let alone = json!({"subject_type": "x", "subject_identifier": "i", "testcase": "dist.abicheck",
        "product_version": "p", "comment": "c"});
    assert_eq!(say(&app, "joe", old, &alone).status, 403);
}

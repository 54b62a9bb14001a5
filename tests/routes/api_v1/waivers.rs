//! `/api/v1/waivers`: the life of a waiver, each refusal, and what gates and WaiverDB's clients see of it.

mod in_force;
mod list;
mod post;
mod steps;

use crate::harness::{Answer, App, Options, with};
use serde_json::{Value, json};
use tempfile::TempDir;

const PATH: &str = "/api/v1/waivers";

/// `joe` and `kim` may waive, `ann` may not; `dist.abicheck` needs a second person.
const RULES: &str = "
- {users: [joe, kim], testcases: ['*']}
- {approval: required, testcases: ['dist.abicheck']}
";

fn app() -> (App, TempDir) {
    app_with(RULES)
}

/// An application with these rules, `bot` being a superuser.
fn app_with(rules: &str) -> (App, TempDir) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("waivers.yaml"), rules).unwrap();
    let options = Options::default().permissions(folder.path());
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
    crate::identity::post(app, path, body, &[("authorization", credentials)])
}

fn waiver(extra: Value) -> Value {
    let body = json!({
        "subject_type": "koji_build", "subject_identifier": "a-1-1", "testcase": "dist.rpmdeplint",
        "product_version": "fedora-40", "comment": "known", "reason": "other",
    });
    with(body, extra)
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

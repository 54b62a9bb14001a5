//! `GET /api/v1.0/permissions` and `/config`, and what they mean for waiving.

use crate::harness::{App, Options};
use crate::identity::methods::{TOKEN, tokens};
use crate::identity::{form, post};
use serde_json::{Value, json};
use tempfile::TempDir;

const LIST: &str = "
- name: kernel
  maintainers: [kernel@example.org]
  testcases: ['kernel.*']
  testcases_ignore: ['kernel.secure*']
  users: [joe, '<i>']
  groups: [kernel-qe]
- name: robots
  testcases: ['*']
  users: [bot]
";
const MAPPING: &str = "
'^kernel\\.': {users: [joe], groups: [qe], maintainer: kernel@example.org}
'': {groups: [admins]}
";

/// An application with these permissions to waive.
fn app(text: &str, variable: &str) -> (App, TempDir) {
    app_with(text, Options::default().variable(variable))
}

fn app_with(text: &str, options: Options) -> (App, TempDir) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("waivers.yaml"), text).unwrap();
    (options.permissions(folder.path()).start(), folder)
}

fn waiver(testcase: &str) -> Value {
    json!({
        "subject_type": "koji_build", "subject_identifier": "a-1-1", "testcase": testcase,
        "product_version": "fedora-40", "comment": "c",
    })
}

fn names(list: &Value) -> Vec<&str> {
    let entries = list.as_array().unwrap().iter();
    entries
        .map(|entry| entry["name"].as_str().unwrap())
        .collect()
}

#[test]
fn entries_are_listed_as_written() {
    let (app, _folder) = app(LIST, "superusers=alice, bob");
    let path = "/api/v1.0/permissions";
    let all = app.read(path);
    assert_eq!(
        all,
        json!([
            {"name": "kernel", "maintainers": ["kernel@example.org"], "testcases": ["kernel.*"],
             "testcases_ignore": ["kernel.secure*"], "users": ["joe", "<i>"], "groups": ["kernel-qe"]},
            {"name": "robots", "testcases": ["*"], "users": ["bot"]},
        ])
    );
    assert_eq!(app.read(&format!("{path}/")), all);
    assert_eq!(app.read(&format!("{path}?testcase=&html=0")), all);
    let about = |name: &str| app.read(&format!("{path}?testcase={name}"));
    assert_eq!(names(&about("kernel.boot")), ["kernel", "robots"]);
    assert_eq!(names(&about("kernel.secure-boot")), ["robots"]);
    assert_eq!(names(&about("other")), ["robots"]);
    let jsonp = app.get(&format!("{path}?testcase=other&callback=cb"));
    assert!(
        jsonp.text.starts_with("cb([{\"") && jsonp.text.ends_with(")"),
        "{jsonp:?}"
    );
    assert_eq!(
        app.read("/api/v1.0/config"),
        json!({"permission_mapping": {}, "superusers": ["alice", "bob"]})
    );
    for path in [path, "/api/v1.0/config"] {
        assert_eq!(app.send("POST", path, &[], "").status, 405, "{path}");
        assert_eq!(
            app.get(path).header("access-control-allow-origin"),
            Some("*")
        );
    }
    let mistake = app.get(&format!("{path}?html=maybe"));
    assert!(mistake.expect(400).to_string().contains("bool_parsing"));
}

#[test]
fn entries_are_a_page_for_people() {
    let (app, _folder) = app(LIST, "superusers=");
    let page = |query: &str| app.get(&format!("/api/v1.0/permissions?html=on{query}"));
    let all = page("&callback=cb");
    assert_eq!(all.status, 200);
    assert_eq!(all.header("content-type"), Some("text/html; charset=utf-8"));
    for part in [
        "<!DOCTYPE html>",
        "<td>robots",
        "<code>kernel.*</code>",
        "group kernel-qe",
        "&lt;i&gt;",
    ] {
        assert!(all.text.contains(part), "{part}: {all:?}");
    }
    assert!(!all.text.contains("<i>"));
    assert!(!page("&testcase=other").text.contains("<td>kernel"));
    let open = App::start().get("/api/v1.0/permissions?html=1");
    assert!(open.text.contains("Everybody who says a name"), "{open:?}");
}

#[test]
fn the_older_mapping_is_read_and_shown() {
    let (app, _folder) = app(MAPPING, "superusers=");
    assert_eq!(
        app.read("/api/v1.0/config"),
        json!({
            "permission_mapping": {
                "^kernel\\.": {"users": ["joe"], "groups": ["qe"], "maintainer": "kernel@example.org"},
                "": {"users": [], "groups": ["admins"]},
            },
            "superusers": [],
        })
    );
    let path = "/api/v1.0/permissions";
    assert_eq!(
        app.read(path),
        json!([
            {"name": "^kernel\\.", "maintainers": ["kernel@example.org"], "users": ["joe"],
             "groups": ["qe"], "_testcase_regex_pattern": "^kernel\\."},
            {"name": "", "maintainers": [], "users": [], "groups": ["admins"], "_testcase_regex_pattern": ""},
        ])
    );
    assert_eq!(
        names(&app.read(&format!("{path}?testcase=my.kernel.boot"))),
        [""]
    );
    assert!(
        app.get(&format!("{path}?html=1"))
            .text
            .contains("<code>/^kernel\\./</code>")
    );
    let waive = |user: &str, testcase: &str| {
        app.post_as(user, "/api/v1.0/waivers/", &waiver(testcase))
            .status
    };
    assert_eq!(waive("joe", "kernel.boot"), 201);
    assert_eq!(waive("bot", "kernel.boot"), 403);
    assert_eq!(waive("joe", "other"), 403);
}

#[test]
fn only_those_who_are_named_may_waive() {
    let (app, _folder) = app(LIST, "superusers=bot");
    let path = "/api/v1.0/waivers/";
    app.post_as("joe", path, &waiver("kernel.boot")).expect(201);
    app.post_as("bot", path, &waiver("kernel.secure-boot"))
        .expect(201);
    let refused = |user: &str, body: &Value, expected: &str| {
        let answer = app.post_as(user, path, body);
        assert_eq!(answer.expect(403), json!({ "message": expected }), "{body}");
    };
    let joe = "User joe is not authorized to submit results for the test case kernel.secure-boot";
    refused("joe", &waiver("kernel.secure-boot"), joe);
    refused(
        "joe",
        &json!([waiver("kernel.boot"), waiver("kernel.secure-boot")]),
        joe,
    );
    // A proxy needs the person's permission, and its own does not count.
    let on_behalf = |user: &str, testcase: &str| {
        let mut waiver = waiver(testcase);
        waiver["username"] = user.into();
        waiver
    };
    app.post_as("bot", path, &on_behalf("joe", "kernel.boot"))
        .expect(201);
    refused("bot", &on_behalf("joe", "kernel.secure-boot"), joe);
    refused(
        "bot",
        &on_behalf("jane", "other"),
        "User jane is not authorized to submit results for the test case other",
    );
    refused(
        "joe",
        &on_behalf("bot", "kernel.boot"),
        "user joe does not have the proxyuser ability",
    );
    // Mistakes come first.
    assert_eq!(
        app.post_as("joe", path, &json!({"testcase": "other"}))
            .status,
        400
    );
    assert_eq!(
        app.post(path, &waiver("other")).expect(403)["message"],
        "User anonymous is not authorized to submit results for the test case other"
    );
    let list = app.read("/api/v1.0/waivers/?include_obsolete=1");
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
}

#[test]
fn groups_count_for_their_members_and_not_for_whom_these_stand_in() {
    let options = Options::default()
        .variable("auth=token")
        .variable(&tokens())
        .variable("superusers=ci");
    let rules = "- {groups: [bots], testcases: [t]}\n- {users: [joe], testcases: [joes]}\n";
    let (app, _folder) = app_with(rules, options);
    let path = "/api/v1.0/waivers/";
    let shown = format!("Bearer {TOKEN}");
    let shown = [("authorization", shown.as_str())];
    let waived = post(&app, path, &waiver("t"), &shown).expect(201);
    assert_eq!(waived["username"], "ci");
    assert_eq!(post(&app, path, &waiver("joes"), &shown).status, 403);
    assert_eq!(form(&app, "POST", &shown).status, 201);
    // The user `ci` lends joe no group.
    let on_behalf = |testcase: &str| {
        let mut waiver = waiver(testcase);
        waiver["username"] = "joe".into();
        post(&app, path, &waiver, &shown)
    };
    assert_eq!(
        on_behalf("t").expect(403)["message"],
        "User joe is not authorized to submit results for the test case t"
    );
    assert_eq!(on_behalf("joes").expect(201)["proxied_by"], "ci");
    // Who is calling is asked before what they may do, and after what they want.
    assert_eq!(post(&app, path, &waiver("joes"), &[]).status, 401);
    assert_eq!(post(&app, path, &json!({}), &[]).status, 400);
}

#[test]
fn the_form_says_who_may_not() {
    let (app, _folder) = app(LIST, "superusers=");
    let path = "/api/v1.0/waivers/new";
    let joe = ("authorization", "Basic am9lOng=");
    let text = "User joe is not authorized to submit results for the test case other";
    let link = "../permissions?testcase=other&amp;html=on";
    let warned = app.send("GET", &format!("{path}?testcase=other"), &[joe], "");
    assert!(
        warned.status == 200 && warned.text.contains(text) && warned.text.contains(link),
        "{warned:?}"
    );
    let fine = app.send("GET", &format!("{path}?testcase=kernel.x"), &[joe], "");
    assert!(!fine.text.contains("role=\"alert\""), "{fine:?}");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [joe, form, ("origin", app.url.as_str())];
    let body = "subject_type=x&subject_identifier=i&testcase=other&product_version=p&comment=kept";
    let denied = app.send("POST", path, &headers, body);
    assert!(
        denied.status == 403 && denied.text.contains(text) && denied.text.contains(link),
        "{denied:?}"
    );
    assert!(denied.text.contains("kept</textarea>"), "{denied:?}");
    assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]));
}

#[test]
fn a_broken_file_lets_nobody_waive() {
    for text in [
        "",
        "- {users: [joe], testcase: ['*']}",
        "(?=a): {users: [joe]}",
        "- joe",
        "a: {",
    ] {
        let (app, _folder) = app(text, "superusers=");
        let answer = app.post_as("joe", "/api/v1.0/waivers/", &waiver("t"));
        assert_eq!(
            answer.expect(500)["message"],
            "Internal Server Error",
            "{text}"
        );
        assert_eq!(app.get("/api/v1.0/permissions").status, 500, "{text}");
        assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]), "{text}");
        let log = app.state().join("logs/describe-permissions_stderr.txt");
        let log = std::fs::read_to_string(log).unwrap();
        assert!(log.contains("/permissions/waivers.yaml"), "{log}");
    }
}

//! Every grant in spin.toml has a twin here in which it is refused.

use crate::harness::{Answer, App, Options, workspace};
use crate::identity::issuer::Issuer;
use crate::identity::signer::Signer;
use crate::identity::{
    expect_untouched, form, logs, manual_result, post, request, waive_with, writers,
};
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// The manifest with every `from` replaced, and paths that hold from anywhere.
pub fn manifest(folder: &TempDir, from: &str, to: &str) -> PathBuf {
    let top = workspace();
    let text = std::fs::read_to_string(top.join("spin.toml")).unwrap();
    assert!(text.contains(from), "spin.toml has {from}");
    let text = text
        .replace(from, to)
        .replace(
            "\"target/components/",
            &format!("\"{}/target/components/", top.display()),
        )
        .replace(
            "source = \"policies\"",
            &format!("source = \"{}/policies\"", top.display()),
        )
        .replace(
            "source = \"permissions\"",
            &format!("source = \"{}/permissions\"", top.display()),
        );
    let path = folder.path().join("spin.toml");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn without_the_database_there_is_no_store() {
    let folder = TempDir::new().unwrap();
    let manifest = manifest(&folder, "sqlite_databases = [\"default\"]", "");
    let app = Options::default().manifest(manifest).start();
    for path in [
        "/api/v2.0/results",
        "/api/v2.0/results/1",
        "/api/v2.0/results/latest",
        "/api/v2.0/groups",
        "/api/v2.0/groups/g",
        "/api/v2.0/groups/g/results",
        "/api/v2.0/testcases",
        "/api/v2.0/testcases/t",
        "/api/v2.0/testcases/t/results",
        "/api/v1.0/waivers/",
        "/api/v1.0/waivers/1",
        "/api/v1/waivers",
        "/api/v1/waivers/1",
        "/api/v1/waivers/1/history",
        "/metrics",
    ] {
        assert_eq!(
            app.get(path).expect(500)["message"],
            "Internal Server Error",
            "{path}"
        );
    }
    assert_eq!(app.get("/api/v2.0/healthcheck").status, 503);
    assert_eq!(
        app.post("/api/v1.0/waivers/+filtered", &json!({"filters": [{}]}))
            .status,
        500
    );
    assert_eq!(
        app.post("/api/v1.0/waivers/+by-subjects-and-testcases", &json!({}))
            .status,
        500
    );
    for (path, body, _) in writers() {
        assert_eq!(app.post_as("joe", path, &body).status, 500, "{path}");
    }
    assert_eq!(post_form(&app).status, 500);
    let question = json!({"product_version": "fedora-40", "decision_context": "bodhi_update_push_testing", "subject_type": "koji_build", "subject_identifier": "a-1-1"});
    for path in ["/api/v1.0/decision", "/api/v1/explain", "/api/v1/progress"] {
        assert_eq!(app.post(path, &question).status, 500, "{path}");
    }
    let log = std::fs::read_to_string(app.state().join("logs/get-result_stderr.txt")).unwrap();
    assert!(log.to_lowercase().contains("denied"), "{log}");
}

#[test]
fn without_the_files_there_are_no_policies() {
    let folder = TempDir::new().unwrap();
    let files = "files = [{ source = \"policies\", destination = \"/policies\" }]";
    let app = Options::default()
        .manifest(manifest(&folder, files, ""))
        .start();
    assert_eq!(app.read("/api/v1.0/policies"), json!({"policies": []}));
    let question = json!({"product_version": "fedora-40", "decision_context": "bodhi_update_push_testing", "subject_type": "koji_build", "subject_identifier": "a-1-1"});
    assert_eq!(app.post("/api/v1.0/decision", &question).status, 404);
    // Without policies no decision context has one.
    let file = "decision_context: bodhi_update_push_stable\nrules: []\n";
    let answer = app.send("POST", "/api/v1.0/validate-gating-yaml", &[], file);
    let message = answer.expect(200)["message"].to_string();
    assert!(message.contains("bodhi_update_push_stable"), "{message}");
}

/// A result that version 3 takes.
fn module_result() -> Value {
    json!({
        "outcome": "PASSED", "testcase": "t", "ci_name": "c", "ci_team": "t", "ci_docs": "https://c",
        "ci_email": "c@example.com", "item": "m-1-2.c",
    })
}

#[test]
fn without_the_files_nobody_is_permitted() {
    let folder = TempDir::new().unwrap();
    let state = TempDir::new().unwrap();
    // Asked for while there were permissions.
    let app = Options::default().state(state.path()).start();
    app.post_as("bot", "/api/v1/waivers", &request())
        .expect(201);
    drop(app);
    let files = "files = [{ source = \"permissions\", destination = \"/permissions\" }]";
    let app = Options::default()
        .manifest(manifest(&folder, files, ""))
        .state(state.path())
        .start();
    for (path, mut body, _) in writers()
        .into_iter()
        .filter(|(path, ..)| is_permitted(path))
    {
        // Who asks for approval needs no permission.
        if path == "/api/v1/waivers" {
            body["request"] = json!(false);
        }
        let answer = app.post_as("joe", path, &body);
        assert_eq!(
            answer.expect(500)["message"],
            "Internal Server Error",
            "{path}"
        );
    }
    assert_eq!(app.get("/api/v3/permissions").status, 500);
    assert_eq!(post_form(&app).status, 500);
    assert_eq!(app.get("/api/v1.0/permissions").status, 500);
    assert_eq!(app.get("/api/v1.0/config").status, 500);
    assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]));
    assert_eq!(app.read("/api/v2.0/results")["data"], json!([]));
    expect_untouched(&app);
    let logs = state.path().join("logs");
    for (component, file) in [
        ("submit-artifact-result", "results"),
        ("submit-manual-result", "results"),
        ("describe-artifact-results", "results"),
        ("query-waivers", "waivers"),
        ("fill-in-waiver", "waivers"),
        ("list-waivers", "waivers"),
        ("decide-on-waiver", "waivers"),
        ("withdraw-waiver", "waivers"),
    ] {
        let log = std::fs::read_to_string(logs.join(format!("{component}_stderr.txt"))).unwrap();
        let file = format!("/permissions/{file}.yaml");
        assert!(log.contains(&file), "{component}: {log}");
    }
}

/// Whether the endpoint at this path asks who is permitted.
fn is_permitted(path: &str) -> bool {
    ["/v3/", "/manual-results", "waivers"]
        .iter()
        .any(|part| path.contains(part))
}

#[test]
fn without_the_variable_outcomes_are_unknown() {
    let folder = TempDir::new().unwrap();
    let grant = "additional_outcomes = \"{{ additional_outcomes }}\"";
    let app = Options::default()
        .manifest(manifest(&folder, grant, ""))
        .start();
    assert_eq!(app.get("/api/v2.0/results").status, 500);
    assert_eq!(app.get("/api/v2.0").status, 500);
    let answer = app.post_as("joe", "/api/v3/results/redhat-modules", &module_result());
    assert_eq!(answer.status, 500);
    let answer = app.post_as("joe", "/api/v1/manual-results", &manual_result());
    assert_eq!(answer.status, 500);
    assert_eq!(app.post("/api/v1/messages", &json!({})).status, 500);
}

/// The application without a variable's grant, where reading any of these paths is a 500.
fn without_variable(name: &str, paths: &[&str]) -> App {
    let folder = TempDir::new().unwrap();
    let grant = format!("{name} = \"{{{{ {name} }}}}\"");
    let app = Options::default()
        .manifest(manifest(&folder, &grant, ""))
        .start();
    for path in paths {
        assert_eq!(app.get(path).status, 500, "{path} without {name}");
    }
    app
}

#[test]
fn without_the_variables_there_are_no_links_and_no_pages() {
    let result = json!({"outcome": "PASSED", "testcase": "t"});
    let lists = [
        "/api/v2.0/results",
        "/api/v2.0/groups",
        "/api/v2.0/testcases",
    ];
    let app = without_variable("max_page_size", &lists);
    assert_eq!(app.post("/api/v2.0/results", &result).status, 201);
    let with_links = [
        "/",
        "/api/v2.0",
        "/api/v2.0/results/latest?testcases=t",
        "/api/v1.0/waivers/",
        "/api/v1.0/waivers/new",
        "/api/v1.0/waivers/create",
        "/api/v1/waivers",
        "/api/v1/manual-results",
    ];
    let app = without_variable("public_url", &[&lists[..], &with_links].concat());
    assert_eq!(app.post("/api/v2.0/results", &result).status, 500);
    assert_eq!(app.post("/api/v1/messages", &json!({})).status, 500);
}

#[test]
fn without_the_variables_nobody_knows_for_whom_test_cases_are_reserved() {
    for name in ["reserved_test_cases", "message_bridges"] {
        let app = without_variable(name, &[]);
        assert_eq!(app.post("/api/v1/messages", &json!({})).status, 500);
        assert_eq!(
            app.post("/api/v2.0/testcases", &json!({"name": "t"}))
                .status,
            201
        );
    }
}

#[test]
fn without_the_variables_nothing_is_shared_and_nobody_is_a_superuser() {
    without_variable(
        "cors_origins",
        &[
            "/api/v1.0/waivers/",
            "/api/v1.0/waivers/1",
            "/api/v1.0/waivers/+filtered",
            "/api/v1.0/waivers/+by-subjects-and-testcases",
            "/api/v1.0/about",
            "/api/v1.0/permissions",
            "/api/v1.0/config",
            "/",
            "/api/v1.0/",
            "/api/v1.0/decision",
            "/api/v1/simulate",
            "/api/v1.0/policies",
            "/api/v1.0/subject_types",
            "/api/v1.0/validate-gating-yaml",
        ],
    );
    let app = without_variable("superusers", &["/api/v1.0/config"]);
    for (path, mut body, answer) in writers() {
        if !path.contains("waivers") {
            continue;
        }
        // In their own names the life of waivers asks for no superuser.
        if path.starts_with("/api/v1/") {
            assert_eq!(app.post_as("bot", path, &body).status, answer, "{path}");
        }
        body["username"] = json!("joe");
        assert_eq!(app.post_as("bot", path, &body).status, 500, "{path}");
    }
}

/// Sends the form for a waiver as a browser would.
fn post_form(app: &App) -> Answer {
    let headers = [
        ("authorization", "Basic am9lOng="),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let body = "subject_type=x&subject_identifier=i&testcase=t&product_version=p&comment=c";
    app.send("POST", "/api/v1.0/waivers/new", &headers, body)
}

#[test]
fn without_the_variables_of_identity_nobody_writes() {
    let folder = TempDir::new().unwrap();
    let key = Signer::p256("a");
    let issuer = Issuer::start(&[&key]);
    issuer.say_of(
        "opaque",
        json!({"active": true, "aud": "other", "preferred_username": "joe"}),
    );
    let signed = key.sign(&issuer.claims());
    for (name, methods, token) in [
        ("auth", "oidc", &signed),
        ("auth_results", "oidc", &signed),
        ("auth_waivers", "oidc", &signed),
        ("auth_tokens", "token", &signed),
        ("oidc_issuer", "oidc", &signed),
        ("oidc_audience", "oidc", &signed),
        ("oidc_username_claim", "oidc", &signed),
        ("oidc_groups_claim", "oidc", &signed),
        ("oidc_client_id", "oidc", &"opaque".to_owned()),
        ("oidc_client_secret", "oidc", &"opaque".to_owned()),
        ("proxy_secret", "proxy", &signed),
        ("proxy_user_header", "proxy", &signed),
        ("proxy_groups_header", "proxy", &signed),
    ] {
        let grant = format!("\n{name} = \"{{{{ {name} }}}}\"");
        let options = issuer.options().manifest(manifest(&folder, &grant, ""));
        let app = options.variable(&format!("auth={methods}")).start();
        let shown = format!("Bearer {token}");
        for (path, body, answer) in writers() {
            let others = match name {
                "auth_results" => path.contains("waivers"),
                "auth_waivers" => !path.contains("waivers"),
                _ => false,
            };
            let status = post(&app, path, &body, &[("authorization", &shown)]).status;
            assert_eq!(
                status,
                if others { answer } else { 500 },
                "{path} without {name}"
            );
        }
        let status = form(&app, "POST", &[("authorization", &shown)]).status;
        let expected = if name == "auth_results" { 201 } else { 500 };
        assert_eq!(status, expected, "the form without {name}");
        let log = logs(&app);
        assert!(log.contains(&format!("variable `{name}`")), "{name}: {log}");
        let is_told = !["auth", "auth_waivers"].contains(&name);
        let about = app.get("/api/v1.0/about").status;
        assert_eq!(
            about,
            if is_told { 200 } else { 500 },
            "about without {name}"
        );
    }
}

#[test]
fn without_the_issuer_s_grants_nobody_can_tell_who_writes() {
    let folder = TempDir::new().unwrap();
    let key = Signer::p256("a");
    let issuer = Issuer::start(&[&key]);
    let hosts = "allowed_outbound_hosts = [\"{{ oidc_origin }}\", \"{{ oidc_keys_origin }}\"]";
    for (grant, part) in [
        ("key_value_stores = [\"default\"]", "key-value store"),
        (hosts, "allow it by `oidc_origin`"),
    ] {
        let app = issuer
            .options()
            .manifest(manifest(&folder, grant, ""))
            .start();
        let answer = waive_with(&app, &key.sign(&issuer.claims()));
        assert_eq!(answer.status, 503, "{answer:?}");
        let token = format!("Bearer {}", key.sign(&issuer.claims()));
        let shown = [("authorization", token.as_str())];
        assert_eq!(form(&app, "GET", &shown).status, 503);
        for (path, body, _) in writers() {
            assert_eq!(post(&app, path, &body, &shown).status, 503, "{path}");
        }
        let log = logs(&app);
        assert!(log.contains(part), "{log}");
    }
    assert_eq!(issuer.asked("/keys"), 0);
}

#[test]
fn what_the_host_can_not_do_is_told_at_start() {
    let folder = TempDir::new().unwrap();
    let check = |from: &str, to: &str, part: &str| {
        let (code, log) = Options::default()
            .manifest(manifest(&folder, from, to))
            .refusal();
        assert!(code != Some(0) && log.contains(part), "{log}");
    };
    let database = "sqlite_databases = [\"default\"]";
    check(database, "ai_models = [\"llama\"]", "ai_models");
    check(database, "sqlite_databases = [\"other\"]", "other");
    check(
        "[[trigger.http]]\nroute = \"/...\"",
        "[[trigger.sqs]]\nroute = \"/...\"",
        "sqs",
    );
    check(
        "target/components/get-result.wasm",
        "nowhere/get-result.wasm",
        "get-result.wasm",
    );
    check(
        "superusers = { default = \"\" }",
        "superusers = { required = true }",
        "superusers",
    );
}

//! The refusing twins of what `submit-report` is granted.

use super::grants::manifest;
use crate::harness::{Answer, App, Options};
use crate::identity::issuer::Issuer;
use crate::identity::logs;
use crate::identity::methods::{TOKEN, tokens};
use crate::identity::signer::Signer;
use tempfile::TempDir;

fn post(app: &App, headers: &[(&str, &str)]) -> Answer {
    let path = "/api/v1/reports?testcase=t&item=i&type=x";
    app.send("POST", path, headers, "1..1\nok 1\n")
}

#[test]
fn without_an_identity_nothing_is_stored() {
    let app = Options::default()
        .variable("auth=token")
        .variable(&tokens())
        .start();
    let refused = post(&app, &[]);
    assert_eq!(refused.status, 401, "{refused:?}");
    assert!(refused.header("www-authenticate").is_some(), "{refused:?}");
    // Who may not write is told so whatever is sent, however large.
    let path = "/api/v1/reports?testcase=t";
    let large = vec![b'.'; 8 * 1024 * 1024];
    assert_eq!(app.send_bytes(path, &[], large).status, 401);
    assert_eq!(app.read("/api/v2.0/results")["data"], serde_json::json!([]));
    let token = format!("Bearer {TOKEN}");
    assert_eq!(post(&app, &[("authorization", &token)]).status, 201);
}

#[test]
fn without_the_database_there_is_no_store() {
    let folder = TempDir::new().unwrap();
    let manifest = manifest(&folder, "sqlite_databases = [\"default\"]", "");
    let app = Options::default().manifest(manifest).start();
    assert_eq!(post(&app, &[]).status, 500);
    assert!(logs(&app).to_lowercase().contains("denied"));
}

#[test]
fn without_the_variables_nobody_writes() {
    let folder = TempDir::new().unwrap();
    for name in [
        "additional_outcomes",
        "public_url",
        "auth",
        "auth_results",
        "auth_tokens",
    ] {
        let grant = format!("\n{name} = \"{{{{ {name} }}}}\"");
        let app = Options::default()
            .manifest(manifest(&folder, &grant, ""))
            .variable("auth=token")
            .variable(&tokens())
            .start();
        let token = format!("Bearer {TOKEN}");
        assert_eq!(
            post(&app, &[("authorization", &token)]).status,
            500,
            "{name}"
        );
        let log = logs(&app);
        assert!(log.contains(&format!("variable `{name}`")), "{name}: {log}");
    }
}

#[test]
fn without_the_grants_for_the_issuer_nobody_can_tell_who_writes() {
    let folder = TempDir::new().unwrap();
    let key = Signer::p256("a");
    let issuer = Issuer::start(&[&key]);
    let token = format!("Bearer {}", key.sign(&issuer.claims()));
    let shown = [("authorization", token.as_str())];
    assert_eq!(post(&issuer.options().start(), &shown).status, 201);
    let hosts = "allowed_outbound_hosts = [\"{{ oidc_origin }}\", \"{{ oidc_keys_origin }}\"]";
    for grant in ["key_value_stores = [\"default\"]", hosts] {
        let options = issuer.options().manifest(manifest(&folder, grant, ""));
        assert_eq!(post(&options.start(), &shown).status, 503, "{grant}");
    }
    for name in [
        "oidc_issuer",
        "oidc_audience",
        "oidc_username_claim",
        "oidc_groups_claim",
    ] {
        let grant = format!("\n{name} = \"{{{{ {name} }}}}\"");
        let options = issuer.options().manifest(manifest(&folder, &grant, ""));
        let app = options.variable("auth=oidc").start();
        assert_eq!(post(&app, &shown).status, 500, "{name}");
    }
}

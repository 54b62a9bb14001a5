//! An issuer that does not answer, or answers nonsense.

use super::issuer::Issuer;
use super::signer::Signer;
use super::{expect_refused, logs, waive_with};
use crate::harness::Options;
use tempfile::TempDir;

#[test]
fn known_keys_are_enough() {
    let (key, new) = (Signer::p256("a"), Signer::p256("b"));
    let mut issuer = Issuer::start(&[&key]);
    let state = TempDir::new().unwrap();
    let app = issuer.options().state(state.path()).start();
    let token = key.sign(&issuer.claims());
    assert_eq!(waive_with(&app, &token).status, 201);
    issuer.stop();
    assert_eq!(waive_with(&app, &token).status, 201);
    drop(app);
    // Also for a host that was started anew.
    let app = issuer.options().state(state.path()).start();
    assert_eq!(waive_with(&app, &token).status, 201);
    // A key that nobody knows can't be asked for: the known ones are used, and it is none of them.
    expect_refused(
        &waive_with(&app, &new.sign(&issuer.claims())),
        "not signed by a key",
    );
}

#[test]
fn without_keys_nobody_can_tell() {
    let key = Signer::p256("a");
    let mut issuer = Issuer::start(&[&key]);
    issuer.stop();
    let app = issuer.app();
    for _ in 0..2 {
        let answer = waive_with(&app, &key.sign(&issuer.claims()));
        assert_eq!(answer.header("retry-after"), Some("5"));
        let message = answer.expect(503)["message"].to_string();
        assert!(
            message.contains("issuer of tokens does not answer"),
            "{message}"
        );
    }
    let log = logs(&app);
    assert!(
        log.contains(&format!("GET {}/.well-known", issuer.url)),
        "{log}"
    );
}

#[test]
fn nonsense_is_no_answer() {
    let key = Signer::p256("a");
    for text in [
        "no json",
        "[]",
        r#"{"issuer": "https://id.test", "jwks_uri": "https://id.test/keys"}"#,
    ] {
        let issuer = Issuer::start(&[&key]);
        issuer.break_with(text);
        let app = issuer.app();
        assert_eq!(
            waive_with(&app, &key.sign(&issuer.claims())).status,
            503,
            "{text}"
        );
    }
    let issuer = Issuer::start(&[]);
    assert_eq!(
        waive_with(&issuer.app(), &key.sign(&issuer.claims())).status,
        503
    );
}

#[test]
fn answers_have_a_largest_size() {
    let check = |padding: usize, status: u16| {
        let key = Signer::p256("a");
        let issuer = Issuer::start(&[]);
        let bare = serde_json::json!({"keys": [key.public], "pad": ""})
            .to_string()
            .len();
        let pad = "x".repeat(padding - bare);
        issuer.publish_raw(serde_json::json!({"keys": [key.public], "pad": pad}));
        let answer = waive_with(&issuer.app(), &key.sign(&issuer.claims()));
        assert_eq!(answer.status, status, "{answer:?}");
    };
    check(256 * 1024, 201);
    check(256 * 1024 + 1, 503);
}

#[test]
fn the_host_keeps_the_application_from_other_addresses() {
    let key = Signer::p256("a");
    let issuer = Issuer::start(&[&key]);
    let app = Options::default()
        .variable("auth=oidc")
        .variable(&format!("oidc_issuer={}", issuer.url))
        .variable("oidc_audience=sluicegate")
        .start();
    assert_eq!(waive_with(&app, &key.sign(&issuer.claims())).status, 503);
    assert_eq!(issuer.asked("/.well-known/openid-configuration"), 0);
    let log = logs(&app);
    assert!(log.contains("allow it by `oidc_origin`"), "{log}");
}

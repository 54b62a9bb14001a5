//! Each method's own: what it takes for an identity, what it says to others, and what stays secret.

use super::issuer::{CLIENT, Issuer};
use super::signer::Signer;
use super::{expect_refused, logs, waive, waive_with};
use crate::harness::{App, Options};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A static token of the user `ci`.
pub const TOKEN: &str = "static-token-0123456789";
/// What the proxy shares with the application.
pub const PROXY_SECRET: &str = "secret-of-the-proxy-0123456789";

/// The variable with [`TOKEN`]'s hash.
pub fn tokens() -> String {
    let hash: String = Sha256::digest(TOKEN)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let list = json!([{"sha256": hash, "user": "ci", "groups": ["bots"]}]);
    format!("auth_tokens={list}")
}

fn username(answer: &crate::harness::Answer) -> Value {
    answer.expect(201)["username"].clone()
}

#[test]
fn dummy_believes_names_alone() {
    let app = Options::default().variable("auth=dummy").start();
    let nobody = waive(&app, &[]);
    assert_eq!((nobody.status, nobody.text.as_str()), (401, "Unauthorized"));
    assert_eq!(
        nobody.header("www-authenticate"),
        Some("Basic realm=\"dummy\"")
    );
    assert_eq!(nobody.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        username(&waive(&app, &[("authorization", "basic am9lOnh5")])),
        "joe"
    );
    expect_refused(&waive(&app, &[("authorization", "Basic am9l")]), "base64");
}

#[test]
fn tokens_come_as_bearer_or_as_password() {
    let app = Options::default()
        .variable("auth=token")
        .variable(&tokens())
        .start();
    assert_eq!(username(&waive_with(&app, TOKEN)), "ci");
    // ci:static-token-0123456789, joe:static-token-0123456789
    let own = "Basic Y2k6c3RhdGljLXRva2VuLTAxMjM0NTY3ODk=";
    let others = "Basic am9lOnN0YXRpYy10b2tlbi0wMTIzNDU2Nzg5";
    assert_eq!(username(&waive(&app, &[("authorization", own)])), "ci");
    expect_refused(
        &waive(&app, &[("authorization", others)]),
        "the token is unknown",
    );
    let wrong = waive_with(&app, "static-token-012345678");
    expect_refused(&wrong, "the token is unknown");
    assert_eq!(
        wrong.header("www-authenticate"),
        Some("Bearer realm=\"sluicegate\", error=\"invalid_token\"")
    );
}

#[test]
fn a_proxy_names_the_user_in_headers_of_choice() {
    let app = Options::default()
        .variable("auth=proxy")
        .variable(&format!("proxy_secret={PROXY_SECRET}"))
        .variable("proxy_user_header=X-Remote-User")
        .start();
    let secret = ("x-sluicegate-proxy-secret", PROXY_SECRET);
    assert_eq!(
        username(&waive(&app, &[secret, ("x-remote-user", "joe")])),
        "joe"
    );
    expect_refused(
        &waive(&app, &[secret, ("x-forwarded-user", "joe")]),
        "names no user",
    );
    let twice = [secret, ("x-remote-user", "joe"), ("x-remote-user", "eve")];
    expect_refused(&waive(&app, &twice), "more than one user");
    let unset = Options::default().variable("auth=proxy").start();
    let empty = [
        ("x-sluicegate-proxy-secret", ""),
        ("x-forwarded-user", "joe"),
    ];
    expect_refused(&waive(&unset, &empty), "`proxy_secret`");
}

#[test]
fn methods_are_tried_in_order() {
    let app = Options::default()
        .variable("auth=token,dummy,none")
        .variable(&tokens())
        .start();
    assert_eq!(username(&waive_with(&app, TOKEN)), "ci");
    assert_eq!(
        username(&waive(&app, &[("authorization", "Basic am9lOng=")])),
        "joe"
    );
    assert_eq!(username(&waive(&app, &[])), "anonymous");
    // Whoever shows something that does not hold is told so, not let in as anonymous.
    assert_eq!(waive_with(&app, "unknown").status, 401);
}

#[test]
fn names_fit_where_they_are_kept() {
    let app = Options::default()
        .variable("auth=proxy")
        .variable(&format!("proxy_secret={PROXY_SECRET}"))
        .start();
    let waive_as = |user: &str| {
        waive(
            &app,
            &[
                ("x-sluicegate-proxy-secret", PROXY_SECRET),
                ("x-forwarded-user", user),
            ],
        )
    };
    let longest = "u".repeat(255);
    assert_eq!(username(&waive_as(&longest)), longest.as_str());
    expect_refused(&waive_as(&"u".repeat(256)), "longer than 255 characters");
}

#[test]
fn a_token_has_a_largest_size() {
    let app = Options::default()
        .variable("auth=token")
        .variable(&tokens())
        .start();
    let longest = "x".repeat(16 * 1024 - "Bearer ".len());
    expect_refused(&waive_with(&app, &longest), "the token is unknown");
    expect_refused(
        &waive_with(&app, &format!("{longest}x")),
        "longer than 16 KiB",
    );
}

#[test]
fn no_secret_is_logged() {
    let key = Signer::p256("a");
    let mut issuer = Issuer::start(&[&key]);
    let (id, secret) = CLIENT;
    let app = issuer
        .options()
        .variable("auth=token,proxy,oidc")
        .variable(&tokens())
        .variable(&format!("proxy_secret={PROXY_SECRET}"))
        .variable(&format!("oidc_client_id={id}"))
        .variable(&format!("oidc_client_secret={secret}"))
        .start();
    let good = key.sign(&issuer.claims());
    let opaque = "opaque-token-of-somebody";
    issuer.say_of(
        opaque,
        json!({"active": true, "client_id": "sluicegate", "preferred_username": "joe"}),
    );
    let basic = "Basic am9lOnBhc3N3b3JkLW9mLWpvZQ==";
    let attempts = |app: &App| {
        for token in [
            &good,
            opaque,
            TOKEN,
            "unknown-token-of-somebody",
            "e30.e30.c2lnbmF0dXJl",
        ] {
            waive_with(app, token);
        }
        waive(app, &[("authorization", basic)]);
        waive(
            app,
            &[
                ("x-sluicegate-proxy-secret", PROXY_SECRET),
                ("x-forwarded-user", "joe"),
            ],
        );
        waive(
            app,
            &[
                ("x-sluicegate-proxy-secret", "guessed-secret"),
                ("x-forwarded-user", "joe"),
            ],
        );
    };
    attempts(&app);
    assert_eq!(waive_with(&app, opaque).status, 201);
    // Failures are logged, with their causes.
    issuer.stop();
    waive_with(&app, "another-opaque-token");
    attempts(&app);
    let log = logs(&app);
    assert!(log.contains("/introspect"), "{log}");
    let signature = good.rsplit('.').next().unwrap();
    for secret in [
        signature,
        opaque,
        TOKEN,
        "unknown-token",
        "another-opaque",
        "c2lnbmF0dXJl",
        "password-of-joe",
        "am9lOnBhc3N3b3Jk",
        PROXY_SECRET,
        "guessed-secret",
        secret,
        "client+secret",
    ] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

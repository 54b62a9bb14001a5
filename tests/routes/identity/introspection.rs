//! Opaque tokens: the issuer is asked.

use super::issuer::{CLIENT, Issuer, now_s};
use super::signer::Signer;
use super::{expect_refused, expect_refused_everywhere, waive_with};
use crate::harness::App;
use serde_json::{Value, json};

fn asking(issuer: &Issuer, secret: &str) -> App {
    let options = issuer.options();
    let options = options.variable(&format!("oidc_client_id={}", CLIENT.0));
    options
        .variable(&format!("oidc_client_secret={secret}"))
        .start()
}

fn active(changes: Value) -> Value {
    let mut said = json!({"active": true, "aud": "sluicegate", "preferred_username": "joe", "exp": now_s() + 300});
    for (name, value) in changes.as_object().unwrap() {
        said[name] = value.clone();
    }
    said
}

#[test]
fn the_issuer_s_word_counts() {
    let key = Signer::p256("a");
    let issuer = Issuer::start(&[&key]);
    let app = asking(&issuer, CLIENT.1);
    for (token, said, reason) in [
        ("good", active(json!({})), ""),
        (
            "for-the-client",
            json!({"active": true, "client_id": "sluicegate", "preferred_username": "joe"}),
            "",
        ),
        // Ipsilon writes times as text.
        (
            "in-text",
            active(json!({"exp": (now_s() + 300).to_string()})),
            "",
        ),
        (
            "old-in-text",
            active(json!({"exp": (now_s() - 90).to_string()})),
            "has expired",
        ),
        ("withdrawn", active(json!({"active": false})), "not active"),
        ("old", active(json!({"exp": now_s() - 90})), "has expired"),
        (
            "not-ours",
            active(json!({"aud": "x", "client_id": "sluicegate"})),
            "another audience",
        ),
        (
            "anybodys",
            json!({"active": true, "preferred_username": "joe"}),
            "another audience",
        ),
        (
            "elsewhere",
            active(json!({"iss": "https://id.test"})),
            "another issuer",
        ),
        (
            "nameless",
            active(json!({"preferred_username": 5})),
            "no user name",
        ),
    ] {
        issuer.say_of(token, said);
        let answer = waive_with(&app, token);
        match reason {
            "" => assert_eq!(answer.expect(201)["username"], "joe", "{token}"),
            reason => {
                expect_refused(&answer, reason);
                expect_refused_everywhere(&app, token, reason);
            }
        }
    }
    expect_refused(&waive_with(&app, "never-heard-of"), "not active");
    // Signed tokens are not asked about.
    let asked = issuer.asked("/introspect");
    assert_eq!(waive_with(&app, &key.sign(&issuer.claims())).status, 201);
    assert_eq!(issuer.asked("/introspect"), asked);
}

#[test]
fn an_answer_is_kept_but_not_beyond_the_token_s_end() {
    let issuer = Issuer::start(&[&Signer::p256("a")]);
    let app = asking(&issuer, CLIENT.1);
    issuer.say_of("good", active(json!({})));
    // Held up by the difference that clocks may have, and so never kept.
    issuer.say_of("ended", active(json!({"exp": now_s() - 5})));
    let in_text = (now_s() - 5).to_string();
    issuer.say_of("ended-in-text", active(json!({"exp": in_text})));
    for _ in 0..3 {
        assert_eq!(waive_with(&app, "good").status, 201);
    }
    assert_eq!(issuer.asked("/introspect"), 1);
    for _ in 0..3 {
        assert_eq!(waive_with(&app, "ended").status, 201);
    }
    assert_eq!(issuer.asked("/introspect"), 4);
    for _ in 0..3 {
        assert_eq!(waive_with(&app, "ended-in-text").status, 201);
    }
    assert_eq!(issuer.asked("/introspect"), 7);
}

#[test]
fn without_being_a_client_nobody_is_asked() {
    let issuer = Issuer::start(&[&Signer::p256("a")]);
    issuer.say_of("good", active(json!({})));
    expect_refused(&waive_with(&issuer.app(), "good"), "`oidc_client_id`");
    assert_eq!(issuer.asked("/introspect"), 0);
    // An issuer that does not believe us is not the caller's doing.
    let app = asking(&issuer, "wrong");
    let answer = waive_with(&app, "good");
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (503, Some("5"))
    );
}

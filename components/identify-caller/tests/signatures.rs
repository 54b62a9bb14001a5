//! Signed tokens against key sets, without a host.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

#[path = "../../../tests/routes/identity/signer.rs"]
mod signer;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identify_caller::jwt::{self, Checked};
use identify_caller::keys::{self, MAX_KEYS};
use serde_json::{Map, Value, json};
use signer::Signer;

fn check(token: &str, keys: &[&Value]) -> Checked {
    jwt::check(token, &keys::parse(&json!({ "keys": keys })))
}

fn is_refused(checked: &Checked) -> bool {
    matches!(checked, Checked::Refused(_))
}

fn claims() -> Value {
    json!({"sub": "joe", "exp": 1})
}

fn signed() -> Checked {
    Checked::Signed(claims().as_object().cloned().unwrap_or_else(Map::new))
}

#[test]
fn a_key_checks_what_fits_it() {
    let (rsa, p256, ed25519) = (
        Signer::rsa("r", 2048),
        Signer::p256("p"),
        Signer::ed25519("e"),
    );
    let all = [&rsa.public, &p256.public, &ed25519.public];
    for token in [
        rsa.sign(&claims()),
        rsa.sign_by("RS384", Some("r"), &claims()),
        rsa.sign_by("PS256", Some("r"), &claims()),
        rsa.sign_by("PS512", None, &claims()),
        p256.sign(&claims()),
        p256.sign_by("ES256", None, &claims()),
        ed25519.sign(&claims()),
    ] {
        assert!(jwt::is_jwt(&token));
        assert_eq!(check(&token, &all), signed());
    }
    let mut only = rsa.public.clone();
    only["alg"] = json!("PS256");
    assert!(is_refused(&check(&rsa.sign(&claims()), &[&only])));
    let token = rsa.sign_by("PS256", Some("r"), &claims());
    assert_eq!(check(&token, &[&only]), signed());
    assert!(is_refused(&check(
        &p256.sign_by("ES256", Some("r"), &claims()),
        &all
    )));
}

#[test]
fn the_name_of_a_key_chooses_it() {
    let (one, other) = (Signer::p256("1"), Signer::p256("2"));
    let keys = [&one.public, &other.public];
    assert_eq!(check(&other.sign(&claims()), &keys), signed());
    assert_eq!(
        check(&one.sign(&claims()), &[&other.public]),
        Checked::UnknownKey
    );
    assert_eq!(check(&one.sign(&claims()), &[]), Checked::UnknownKey);
    assert!(is_refused(&check(
        &one.sign_by("ES256", Some("2"), &claims()),
        &keys
    )));
    // Without a name every key is tried; none may just be too old.
    let nameless = one.sign_by("ES256", None, &claims());
    assert_eq!(check(&nameless, &keys), signed());
    assert_eq!(check(&nameless, &[&other.public]), Checked::UnknownKey);
    let mut unnamed = one.public.clone();
    unnamed.as_object_mut().unwrap().remove("kid");
    assert_eq!(check(&one.sign(&claims()), &[&unnamed]), signed());
}

#[test]
fn a_key_set_has_a_largest_size() {
    let key = Signer::p256("a");
    let fill = json!("nonsense");
    let mut keys = vec![&fill; MAX_KEYS - 1];
    keys.push(&key.public);
    assert_eq!(check(&key.sign(&claims()), &keys), signed());
    keys.insert(0, &fill);
    assert_eq!(check(&key.sign(&claims()), &keys), Checked::UnknownKey);
    for set in [json!([]), json!({}), json!({"keys": {}}), json!(null)] {
        assert!(keys::parse(&set).is_empty(), "{set}");
    }
}

#[test]
fn what_is_no_jwt_is_opaque() {
    for token in [
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        "e30.e30",
        "e30.e30.e30.e30.e30",
        "W10.e30.x",
    ] {
        assert!(!jwt::is_jwt(token), "{token}");
        assert!(is_refused(&check(token, &[])), "{token}");
    }
    // A header without an algorithm is one of a JWT, but no good.
    assert!(jwt::is_jwt("e30.e30.x"));
    assert!(is_refused(&check("e30.e30.x", &[])));
}

#[test]
fn a_header_may_not_nest_without_a_limit() {
    let nested = "[".repeat(200_000) + &"]".repeat(200_000);
    for name in [
        "$serde_json::private::RawValue",
        "\\u0024serde_json::private::RawValue",
    ] {
        let header = format!(r#"{{"alg":"RS256","{name}":"{nested}"}}"#);
        let token = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
        assert!(!jwt::is_jwt(&token));
        assert!(is_refused(&check(&token, &[])));
    }
}

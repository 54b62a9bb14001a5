//! Tokens of an issuer: what is accepted, and what attackers try.

use super::issuer::{Issuer, now_s};
use super::signer::{Signer, message};
use super::{
    expect_refused, expect_refused_everywhere, expect_untouched, post, request, waive_with,
};
use crate::harness::App;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SIGNATURE: &str = "the token's signature does not hold";

#[test]
fn every_algorithm_of_a_key_is_accepted() {
    let (rsa, p256, ed25519) = (
        Signer::rsa("r", 2048),
        Signer::p256("p"),
        Signer::ed25519("e"),
    );
    let issuer = Issuer::start(&[&rsa, &p256, &ed25519]);
    let app = issuer.app();
    let claims = issuer.claims();
    for token in [
        rsa.sign(&claims),
        rsa.sign_by("PS256", Some("r"), &claims),
        rsa.sign_by("RS512", None, &claims),
        p256.sign(&claims),
        ed25519.sign(&claims),
        p256.sign(&issuer.claims_with(json!({"aud": ["x", "sluicegate"]}))),
        p256.sign(&issuer.claims_with(json!({"exp": now_s() - 30, "nbf": now_s() + 30}))),
    ] {
        assert_eq!(waive_with(&app, &token).expect(201)["username"], "joe");
    }
    assert_eq!(issuer.asked("/keys"), 1, "keys are kept");
}

/// An application in which `ann` has asked for waiver 1.
fn asked_by_ann(issuer: &Issuer, key: &Signer) -> App {
    let app = issuer.app();
    let ann = key.sign(&issuer.claims_with(json!({"preferred_username": "ann"})));
    let shown = format!("Bearer {ann}");
    let asked = post(
        &app,
        "/api/v1/waivers",
        &request(),
        &[("authorization", &shown)],
    );
    assert_eq!(asked.expect(201)["username"], "ann");
    app
}

#[test]
fn what_a_token_says_must_hold() {
    let key = Signer::p256("a");
    let issuer = Issuer::start(&[&key]);
    let app = asked_by_ann(&issuer, &key);
    for (changes, reason) in [
        (json!({"exp": now_s() - 90}), "has expired"),
        (json!({"exp": null}), "no `exp`"),
        (json!({"exp": "tomorrow"}), "`exp` is no time"),
        (json!({"nbf": now_s() + 90}), "does not hold yet"),
        (json!({"aud": "another"}), "another audience"),
        (json!({"aud": []}), "another audience"),
        (json!({"aud": null}), "another audience"),
        (json!({"iss": "https://id.test"}), "another issuer"),
        (json!({"iss": null}), "another issuer"),
        (json!({"preferred_username": null}), "no user name"),
        (json!({"preferred_username": ""}), "has no name"),
        (json!({"preferred_username": "a\nb"}), "control character"),
    ] {
        let token = key.sign(&issuer.claims_with(changes));
        expect_refused_everywhere(&app, &token, reason);
    }
    expect_untouched(&app);
}

#[test]
fn an_algorithm_is_the_key_s_to_choose() {
    let (rsa, p256) = (Signer::rsa("r", 2048), Signer::p256("p"));
    let issuer = Issuer::start(&[&rsa, &p256]);
    let app = asked_by_ann(&issuer, &p256);
    let claims = issuer.claims();
    for name in ["none", "None", "nOnE", ""] {
        let token = format!("{}.", message(&json!({"alg": name, "kid": "r"}), &claims));
        expect_refused_everywhere(&app, &token, "algorithm is not accepted");
    }
    // The public key as the secret of a symmetric algorithm, in the forms in which it is known.
    let modulus = rsa.public["n"].as_str().unwrap();
    for secret in [
        modulus.as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(modulus).unwrap(),
        rsa.public.to_string().into_bytes(),
    ] {
        for id in [json!("r"), json!(null)] {
            let header = json!({"alg": "HS256", "kid": id});
            let message = message(&header, &claims);
            let mut code = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
            code.update(message.as_bytes());
            let code = URL_SAFE_NO_PAD.encode(code.finalize().into_bytes());
            let token = format!("{message}.{code}");
            expect_refused_everywhere(&app, &token, "does not fit");
        }
    }
    let token = p256.sign_by("ES256", Some("r"), &claims);
    expect_refused_everywhere(&app, &token, "does not fit");
    expect_untouched(&app);
}

#[test]
fn forged_and_altered_tokens_are_refused() {
    let (key, forger) = (Signer::p256("a"), Signer::p256("a"));
    let issuer = Issuer::start(&[&key]);
    let app = asked_by_ann(&issuer, &key);
    expect_refused_everywhere(&app, &forger.sign(&issuer.claims()), SIGNATURE);
    let token = key.sign(&issuer.claims());
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("three parts");
    };
    let boss = URL_SAFE_NO_PAD.encode(
        issuer
            .claims_with(json!({"preferred_username": "boss"}))
            .to_string(),
    );
    for altered in [
        format!("{header}.{boss}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}.AAAA"),
    ] {
        expect_refused_everywhere(&app, &altered, SIGNATURE);
    }
    // A key that the token brings along, or an address of one, is not looked at.
    let url = format!("{}/keys", issuer.url);
    let own = json!({"alg": "ES256", "kid": "a", "jku": url, "jwk": forger.public});
    let brought = forger.sign_with(&own, &issuer.claims());
    expect_refused_everywhere(&app, &brought, SIGNATURE);
    let critical = json!({"alg": "ES256", "kid": "a", "crit": ["b64"], "b64": false});
    let critical = key.sign_with(&critical, &issuer.claims());
    expect_refused_everywhere(&app, &critical, "extension");
    expect_untouched(&app);
    assert_eq!(waive_with(&app, &token).status, 201);
}

#[test]
fn keys_that_are_not_for_signatures_are_not_used() {
    let check = |change: &dyn Fn(&mut Value), status: u16| {
        let mut key = Signer::p256("a");
        change(&mut key.public);
        let good = Signer::ed25519("good");
        let issuer = Issuer::start(&[&key, &good]);
        let answer = waive_with(&issuer.app(), &key.sign(&issuer.claims()));
        assert_eq!(answer.status, status, "{}: {answer:?}", key.public);
    };
    check(&|_| {}, 201);
    check(&|key| key["alg"] = json!("ES256"), 201);
    check(&|key| key["key_ops"] = json!(["verify"]), 201);
    check(&|key| key["use"] = json!("enc"), 401);
    check(&|key| key["alg"] = json!("RS256"), 401);
    check(&|key| key["key_ops"] = json!(["sign"]), 401);
    check(&|key| key["crv"] = json!("P-384"), 401);
    check(&|key| key["x"] = json!("AAAA"), 401);
    check(
        &|key| *key = json!({"kty": "oct", "k": "AAAA", "kid": "a"}),
        401,
    );
    check(
        &|key| *key = json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "a"}),
        401,
    );
    check(&|key| *key = json!("nonsense"), 401);
}

#[test]
fn small_rsa_keys_are_not_used() {
    let (small, good) = (Signer::rsa("s", 1024), Signer::p256("g"));
    let issuer = Issuer::start(&[&small, &good]);
    let app = issuer.app();
    let token = small.sign(&issuer.claims());
    expect_refused(
        &waive_with(&app, &token),
        "not signed by a key of the issuer",
    );
    assert_eq!(waive_with(&app, &good.sign(&issuer.claims())).status, 201);
}

#[test]
fn rotated_keys_are_found_and_bad_tokens_do_not_hammer_the_issuer() {
    let (old, new, unknown) = (
        Signer::p256("old"),
        Signer::p256("new"),
        Signer::p256("unknown"),
    );
    let issuer = Issuer::start(&[&old]);
    let app = issuer.app();
    assert_eq!(waive_with(&app, &old.sign(&issuer.claims())).status, 201);
    issuer.publish(&[&new]);
    assert_eq!(waive_with(&app, &new.sign(&issuer.claims())).status, 201);
    let unknown = unknown.sign(&issuer.claims());
    for token in [&old.sign(&issuer.claims()), &unknown] {
        expect_refused(
            &waive_with(&app, token),
            "not signed by a key of the issuer",
        );
    }
    let workers: Vec<_> = (0..16)
        .map(|_| {
            let (url, header) = (app.url.clone(), format!("Bearer {unknown}"));
            std::thread::spawn(move || {
                let headers = [
                    ("authorization", header.as_str()),
                    ("content-type", "application/json"),
                ];
                let body = r#"{"outcome": "PASSED", "testcase": "t"}"#;
                crate::harness::try_send(&url, "POST", "/api/v2.0/results", &headers, body)
                    .unwrap()
                    .status
            })
        })
        .collect();
    for worker in workers {
        assert_eq!(worker.join().unwrap(), 401);
    }
    assert_eq!(
        issuer.asked("/keys"),
        2,
        "once at first, once for the new key"
    );
}

//! Steps in the life of a waiver by tokens of an issuer: whoever the token names takes them, by the
//! groups that it names, and nobody else does.

use super::issuer::{Issuer, now_s};
use super::signer::Signer;
use super::{expect_untouched, post, request};
use crate::harness::Answer;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Whoever is in `qa` may waive.
const RULES: &str = "- {groups: [qa], testcases: ['*']}";

#[test]
fn a_token_s_person_and_groups_decide() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("waivers.yaml"), RULES).unwrap();
    let key = Signer::p256("a");
    let issuer = Issuer::start(&[&key]);
    let app = issuer.options().permissions(folder.path()).start();
    let send = |claims: Value, path: &str, body: &Value| -> Answer {
        let shown = format!("Bearer {}", key.sign(&issuer.claims_with(claims)));
        post(&app, path, body, &[("authorization", &shown)])
    };
    let (approval, withdrawal) = ("/api/v1/waivers/1/approval", "/api/v1/waivers/1/withdrawal");
    let (yes, no_more) = (
        json!({"approved": true, "comment": "c"}),
        json!({"comment": "c"}),
    );

    let ann = json!({"preferred_username": "ann"});
    let asked = send(ann.clone(), "/api/v1/waivers", &request()).expect(201);
    assert_eq!(asked["state"], "requested");
    let eve = json!({"preferred_username": "eve", "realm_access": {"roles": ["dev"]}});
    for (claims, status) in [
        // In the group, but it is her own request.
        (ann, 403),
        (eve.clone(), 403),
        (json!({"realm_access": null}), 403),
        (json!({"exp": now_s() - 90}), 401),
        (json!({"aud": "another"}), 401),
    ] {
        assert_eq!(
            send(claims.clone(), approval, &yes).status,
            status,
            "{claims}"
        );
    }
    for claims in [eve.clone(), json!({"realm_access": null})] {
        assert_eq!(send(claims, withdrawal, &no_more).status, 403);
    }
    expect_untouched(&app);

    assert_eq!(
        send(json!({}), approval, &yes).expect(201)["state"],
        "granted"
    );
    assert_eq!(send(eve, withdrawal, &no_more).status, 403);
    let kim = json!({"preferred_username": "kim"});
    let withdrawn = send(kim, withdrawal, &no_more).expect(201);
    assert_eq!(withdrawn["state"], "withdrawn");
    let history = app.read("/api/v1/waivers/1/history");
    let names: Vec<&Value> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["username"])
        .collect();
    assert_eq!(names, ["ann", "joe", "kim"]);
}

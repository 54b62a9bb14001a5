//! A real provider (`oidc-provider-mock`, over Flask and Authlib): discovery, the authorization code
//! flow, its own signatures, and new keys after it was started again.

use super::{AUDIENCE, expect_refused, waive_with};
use crate::clients::provider::Provider;
use crate::harness::{Options, try_send};
use serde_json::{Value, json};

/// Starts it on a port, 0 for any. Without its Python environment the test is skipped.
fn start(port: u16, seconds: u32) -> Option<Provider> {
    let arguments = [port.to_string(), seconds.to_string()];
    Provider::start("oidc", "oidc_provider.py", arguments)
}

impl Provider {
    /// Logs the user `joe` in and exchanges the code for an ID token.
    fn login(&self, audience: &str) -> String {
        let json_type = [("content-type", "application/json")];
        let form_type = [("content-type", "application/x-www-form-urlencoded")];
        let claims = json!({"preferred_username": "joe", "realm_access": {"roles": ["qa"]}});
        let user = try_send(
            &self.url,
            "PUT",
            "/users/4711",
            &json_type,
            &claims.to_string(),
        );
        assert_eq!(user.unwrap().status, 204);
        let path = format!(
            "/oauth2/authorize?client_id={audience}&redirect_uri=http://localhost/&response_type=code&scope=openid%20profile"
        );
        let agreed = try_send(&self.url, "POST", &path, &form_type, "sub=4711").unwrap();
        let location = agreed.header("location").expect("a redirect").to_owned();
        let code = location.split("code=").nth(1).expect("a code");
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri=http://localhost/&client_id={audience}&client_secret=x"
        );
        let answer = try_send(&self.url, "POST", "/oauth2/token", &form_type, &form).unwrap();
        let tokens: Value = answer.expect(200);
        tokens["id_token"].as_str().expect("an ID token").to_owned()
    }

    fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }
}

#[test]
fn a_login_at_a_real_provider_lets_one_waive() {
    let Some(provider) = start(0, 300) else {
        return;
    };
    let app = Options::default()
        .variable("auth=oidc")
        .variable(&format!("oidc_issuer={}", provider.url))
        .variable(&format!("oidc_origin={}", provider.url))
        .variable(&format!("oidc_audience={AUDIENCE}"))
        .start();
    let first = provider.login(AUDIENCE);
    assert_eq!(waive_with(&app, &first).expect(201)["username"], "joe");
    expect_refused(
        &waive_with(&app, &provider.login("another")),
        "another audience",
    );
    // Started again, it has another key.
    let port = provider.port();
    drop(provider);
    let provider = start(port, 300).unwrap();
    let second = provider.login(AUDIENCE);
    assert_eq!(waive_with(&app, &second).expect(201)["username"], "joe");
    assert_eq!(waive_with(&app, &first).status, 401);
}

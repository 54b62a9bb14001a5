//! Ipsilon, the OpenID provider of Fedora's accounts, for which waiverdb-cli was made: its tokens are
//! opaque, and it tells a service what they are.

use super::provider::Provider;
use crate::harness::{Options, try_send};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The password of every user.
pub const PASSWORD: &str = "ipsilon";

/// A running provider; it ends with the test.
pub struct Ipsilon {
    provider: Provider,
    _folder: TempDir,
}

/// A program that the provider knows.
pub struct Client {
    pub id: String,
    pub secret: String,
}

impl Ipsilon {
    /// Starts one whose access tokens hold for so many seconds, below 0 not at all. Without its Python
    /// environment the test is skipped.
    pub fn start(seconds: i32) -> Option<Self> {
        let folder = TempDir::new().expect("a folder");
        let arguments = [folder.path().display().to_string(), seconds.to_string()];
        Some(Self {
            provider: Provider::start("ipsilon", "ipsilon_provider.py", arguments)?,
            _folder: folder,
        })
    }

    /// What it calls itself, and what the paths that the client knows are added to.
    pub fn issuer(&self) -> String {
        format!("{}/openidc/", self.provider.url)
    }

    /// Makes a client known that shows its secret in this way.
    pub fn register(&self, name: &str, shows_secret: &str) -> Client {
        let metadata = json!({
            "client_name": name, "application_type": "native",
            // Where the client may listen.
            "redirect_uris": ["http://localhost:12345/", "http://localhost:23456/"],
            "token_endpoint_auth_method": shows_secret,
        });
        let headers = [("content-type", "application/json")];
        let path = "/openidc/Registration";
        let answer = try_send(
            &self.provider.url,
            "POST",
            path,
            &headers,
            &metadata.to_string(),
        );
        let client: Value = answer.expect("an answer").expect(200);
        let text = |name: &str| client[name].as_str().expect(name).to_owned();
        Client {
            id: text("client_id"),
            secret: text("client_secret"),
        }
    }

    /// Settings that believe it about tokens for this client.
    pub fn options(&self, audience: &Client) -> Options {
        let ours = self.register("Sluicegate", "client_secret_basic");
        Options::default()
            .variable("auth=oidc")
            .variable(&format!("oidc_issuer={}", self.issuer()))
            .variable(&format!("oidc_origin={}", self.provider.url))
            .variable(&format!("oidc_audience={}", audience.id))
            .variable(&format!("oidc_client_id={}", ours.id))
            .variable(&format!("oidc_client_secret={}", ours.secret))
            .variable("oidc_username_claim=username")
    }
}

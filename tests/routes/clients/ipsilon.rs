//! Ipsilon, the OpenID provider of Fedora's accounts, for which waiverdb-cli was made: its tokens are
//! opaque, and it tells a service what they are.

use crate::clients;
use crate::harness::{Options, try_send};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The password of every user.
pub const PASSWORD: &str = "ipsilon";

/// A running provider; it ends with the test.
pub struct Ipsilon {
    url: String,
    child: Child,
    _folder: TempDir,
}

/// A program that the provider knows.
pub struct Client {
    pub id: String,
    pub secret: String,
}

impl Drop for Ipsilon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ipsilon {
    /// Starts one whose access tokens hold for so many seconds, below 0 not at all. Without its Python
    /// environment the test is skipped.
    pub fn start(seconds: i32) -> Option<Self> {
        let python = clients::environment("ipsilon")?.join("bin/python");
        let folder = TempDir::new().expect("a folder");
        let mut child = Command::new(python)
            .arg(clients::file("ipsilon_provider.py"))
            .arg(folder.path())
            .arg(seconds.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Python starts");
        let mut url = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("stdout"));
        said.read_line(&mut url).expect("the provider listens");
        Some(Self {
            url: url.trim().to_owned(),
            child,
            _folder: folder,
        })
    }

    /// What it calls itself, and what the paths that the client knows are added to.
    pub fn issuer(&self) -> String {
        format!("{}/openidc/", self.url)
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
        let answer = try_send(&self.url, "POST", path, &headers, &metadata.to_string());
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
            .variable(&format!("oidc_origin={}", self.url))
            .variable(&format!("oidc_audience={}", audience.id))
            .variable(&format!("oidc_client_id={}", ours.id))
            .variable(&format!("oidc_client_secret={}", ours.secret))
            .variable("oidc_username_claim=username")
    }
}

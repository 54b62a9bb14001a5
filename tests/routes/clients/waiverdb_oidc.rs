//! waiverdb-cli with its OIDC login at Fedora's provider, as a person at a terminal goes through it: the
//! login in a browser, the token that is kept and renewed, and refusals.

use super::ipsilon::{Client, Ipsilon, PASSWORD};
use super::{Clients, Ended};
use crate::browser::Browser;
use crate::harness::{App, ids};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Stdio};

/// A person with a home and a configured client.
struct Person<'a> {
    app: &'a App,
    clients: Clients,
}

/// A client that runs; it ends with the test.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<'a> Person<'a> {
    fn new(app: &'a App, provider: &Ipsilon, client: &Client) -> Option<Self> {
        let clients = Clients::find("resultsdb")?;
        let settings = format!(
            "[waiverdb]\nauth_method = OIDC\napi_url = {}/api/v1.0\noidc_id_provider = {}\n\
             oidc_client_id = {}\noidc_client_secret = {}\noidc_scopes =\n    openid\n",
            app.url,
            provider.issuer(),
            client.id,
            client.secret
        );
        std::fs::write(clients.home().join("client.conf"), settings).unwrap();
        Some(Self { app, clients })
    }

    fn start(&self) -> Running {
        let arguments =
            "-C client.conf -i nethack-3.6.7-1.fc40 -T koji_build -t dist.abicheck -c why";
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut command = self.clients.command(self.app, "waiverdb-cli", &arguments);
        let mut child = command
            .env("PYTHONUNBUFFERED", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let stdout = BufReader::new(child.stdout.take().expect("stdout"));
        Running { child, stdout }
    }

    /// Waives with the token that is kept.
    fn waive(&self) -> Ended {
        self.start().end()
    }

    /// Waives, which needs a login.
    fn log_in_and_waive(&self, browser: &Browser, name: &str) -> Ended {
        let mut running = self.start();
        let line = running.line();
        let url = line.strip_prefix("Please visit ");
        let url = url.and_then(|rest| rest.strip_suffix(" to grant authorization\n"));
        browser.open(url.unwrap_or_else(|| panic!("no address: {line}")));
        browser.type_into("#login_name", name);
        browser.type_into("#login_password", PASSWORD);
        browser.leave_by_click("#login_form button");
        browser.leave_by_click("#consent_form [name=decided_allow]");
        assert_eq!(
            browser.text("body"),
            "You can close this window and return to the CLI"
        );
        running.end()
    }

    /// The client's file of tokens.
    fn tokens(&self) -> Value {
        let text = std::fs::read_to_string(self.clients.home().join(".openidc/oidc_waiverdb.json"));
        serde_json::from_str(&text.expect("tokens are kept")).expect("JSON")
    }

    /// The access token that the client keeps.
    fn access_token(&self) -> String {
        let tokens = self.tokens();
        let token = tokens.as_object().unwrap().values().next();
        token.expect("a token")["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Puts another access token in place of the one that the client keeps.
    fn replace_access_token(&self, token: &str) {
        let mut tokens = self.tokens();
        for kept in tokens.as_object_mut().unwrap().values_mut() {
            kept["access_token"] = json!(token);
        }
        let file = self.clients.home().join(".openidc/oidc_waiverdb.json");
        std::fs::write(file, tokens.to_string()).unwrap();
    }
}

impl Running {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("text");
        line
    }

    /// How it ends. One that asks for a login would wait for ever.
    fn end(mut self) -> Ended {
        let mut said = self.line();
        assert!(!said.contains("Please visit"), "{said}");
        self.stdout.read_to_string(&mut said).expect("text");
        let mut stderr = self.child.stderr.take().expect("stderr");
        stderr.read_to_string(&mut said).expect("text");
        let code = self.child.wait().expect("it ends").code();
        Ended { code, said }
    }
}

/// The client also logs the browser's visit.
#[track_caller]
fn expect_waiver(ended: &Ended, id: u64) {
    let said = format!(
        "Created waiver {id} for result with subject type koji_build, \
         identifier nethack-3.6.7-1.fc40 and testcase dist.abicheck"
    );
    let lines = ended.said.lines().filter(|line| *line == said).count();
    assert_eq!((ended.code, lines), (Some(0), 1), "{}", ended.said);
}

#[track_caller]
fn expect_refused(ended: &Ended, reason: &str) {
    let said = format!(
        "Error: Failed to create waivers: Authentication failed:\n\
         - Authentication method OIDC failed: {reason}\n"
    );
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.ends_with(&said), "{}", ended.said);
}

#[test]
fn a_login_at_fedora_s_provider_lets_one_waive() {
    let (Some(provider), Some(browser)) = (Ipsilon::start(300), Browser::start(1000, 800)) else {
        return;
    };
    let client = provider.register("waiverdb-cli", "client_secret_post");
    let app = provider.options(&client).start();
    let Some(joe) = Person::new(&app, &provider, &client) else {
        return;
    };
    expect_waiver(&joe.log_in_and_waive(&browser, "joe"), 1);
    expect_waiver(&joe.waive(), 2);
    // What no longer counts the client renews by itself, because it is told so by a 401.
    joe.replace_access_token("forgotten-by-the-provider");
    expect_waiver(&joe.waive(), 3);
    assert_ne!(joe.access_token(), "forgotten-by-the-provider");
    let waivers = app.read("/api/v1.0/waivers/?include_obsolete=true");
    assert_eq!(ids(&waivers), [3, 2, 1]);
    for waiver in waivers["data"].as_array().unwrap() {
        assert_eq!(waiver["username"], "joe");
        assert_eq!(waiver["proxied_by"], json!(null));
    }
}

#[test]
fn tokens_for_others_and_expired_ones_are_refused() {
    let (Some(provider), Some(browser)) = (Ipsilon::start(300), Browser::start(1000, 800)) else {
        return;
    };
    let client = provider.register("waiverdb-cli", "client_secret_post");
    let another = provider.register("another", "client_secret_post");
    let app = provider.options(&client).start();
    let Some(eve) = Person::new(&app, &provider, &another) else {
        return;
    };
    let refused = eve.log_in_and_waive(&browser, "eve");
    expect_refused(&refused, "the token is for another audience");
    assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]));

    let Some(hasty) = Ipsilon::start(-1) else {
        return;
    };
    let client = hasty.register("waiverdb-cli", "client_secret_post");
    let app = hasty.options(&client).start();
    let Some(joe) = Person::new(&app, &hasty, &client) else {
        return;
    };
    expect_refused(
        &joe.log_in_and_waive(&browser, "joe"),
        "the token is not active",
    );
    assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]));
}

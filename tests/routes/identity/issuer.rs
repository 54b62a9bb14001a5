//! An issuer of tokens: real HTTP, real signatures, and everything that a real one would not do.

use super::AUDIENCE;
use super::signer::Signer;
use crate::harness::{App, Options};
use crate::server::{self, Asked};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

/// Who may ask about opaque tokens.
pub const CLIENT: (&str, &str) = ("gate:1", "client secret/of +the tests");

/// A running issuer; it ends with the test.
pub struct Issuer {
    /// As it writes itself.
    pub url: String,
    state: Arc<Mutex<State>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    url: String,
    keys: Value,
    opaque: HashMap<String, Value>,
    asked: Vec<String>,
    broken: Option<&'static str>,
}

impl Issuer {
    /// Starts with these keys.
    pub fn start(keys: &[&Signer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            url: url.clone(),
            ..State::default()
        }));
        let is_over = Arc::new(AtomicBool::new(false));
        let (shared, over) = (state.clone(), is_over.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let _ = answer(stream, &shared);
            }
        });
        let issuer = Self {
            url,
            state,
            is_over,
            thread: Some(thread),
        };
        issuer.publish(keys);
        issuer
    }

    /// Publishes these keys from now on.
    pub fn publish(&self, keys: &[&Signer]) {
        let keys: Vec<&Value> = keys.iter().map(|key| &key.public).collect();
        self.publish_raw(json!({ "keys": keys }));
    }

    /// Publishes this as its keys.
    pub fn publish_raw(&self, keys: Value) {
        self.state.lock().unwrap().keys = keys;
    }

    /// Answers this about an opaque token.
    pub fn say_of(&self, token: &str, answer: Value) {
        let mut state = self.state.lock().unwrap();
        state.opaque.insert(token.to_owned(), answer);
    }

    /// Answers everything with this text from now on.
    pub fn break_with(&self, text: &'static str) {
        self.state.lock().unwrap().broken = Some(text);
    }

    /// How often this path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.asked.iter().filter(|asked| *asked == path).count()
    }

    /// Ends it: nobody listens any more.
    pub fn stop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
            thread.join().unwrap();
        }
    }

    /// What a good token says.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "4711", "exp": now_s() + 300,
            "preferred_username": "joe", "realm_access": {"roles": ["qa"]},
        })
    }

    /// What a good token says, with these changes; null takes away.
    pub fn claims_with(&self, changes: Value) -> Value {
        let mut claims = self.claims();
        let all: &mut Map<String, Value> = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => all.remove(name),
                value => all.insert(name.clone(), value.clone()),
            };
        }
        claims
    }

    /// Settings that believe this issuer.
    pub fn options(&self) -> Options {
        let url = &self.url;
        Options::default()
            .variable("auth=oidc")
            .variable(&format!("oidc_issuer={url}"))
            .variable(&format!("oidc_origin={url}"))
            .variable(&format!("oidc_audience=other,{AUDIENCE}"))
    }

    /// An application that believes this issuer.
    pub fn app(&self) -> App {
        self.options().start()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Seconds since the epoch.
pub fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn answer(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let asked = server::read(&stream)?;
    let (status, text) = reply(&mut state.lock().unwrap(), &asked);
    let headers = [("content-type", "application/json".to_owned())];
    server::write_whole(&stream, status, &headers, text.as_bytes())
}

fn reply(state: &mut State, asked: &Asked) -> (&'static str, String) {
    let authorization = asked.headers.get("authorization");
    state.asked.push(asked.path.clone());
    let url = &state.url;
    if let Some(text) = state.broken {
        return ("200 OK", text.to_owned());
    }
    match asked.path.as_str() {
        "/.well-known/openid-configuration" => {
            let document = json!({
                "issuer": url, "jwks_uri": format!("{url}/keys"),
                "introspection_endpoint": format!("{url}/introspect"),
            });
            ("200 OK", document.to_string())
        }
        "/keys" => ("200 OK", state.keys.to_string()),
        "/introspect" if authorization != Some(&credentials()) => ("401 Unauthorized", "{}".into()),
        "/introspect" => {
            let token = asked
                .body
                .split('&')
                .find_map(|pair| pair.strip_prefix("token="));
            let known = state.opaque.get(token.unwrap_or_default());
            let answer = known.cloned().unwrap_or(json!({"active": false}));
            ("200 OK", answer.to_string())
        }
        _ => ("404 Not Found", "{}".into()),
    }
}

/// Both halves are form-encoded before they are joined (RFC 6749, 2.3.1).
fn credentials() -> String {
    use base64::Engine;
    let joined = "gate%3A1:client+secret%2Fof+%2Bthe+tests";
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(joined)
    )
}

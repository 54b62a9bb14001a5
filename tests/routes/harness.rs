//! An application of its own for each test: our host, the built components, an empty store.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The top of the project.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a parent")
        .to_owned()
}

/// Says that a test is skipped, past the test runner, which shows what a test prints only when it
/// fails. With `CI=true` nothing may be skipped.
#[track_caller]
pub fn skip(why: &str) {
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!is_ci, "{why}");
    note_skipped(why);
}

/// Says the same where it is no failure, as nothing can be done about it.
pub fn note_skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// The sample data beside the project. Without it the test is skipped.
pub fn shared_data() -> Option<PathBuf> {
    let folder = match std::env::var_os("SLUICEGATE_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().join("../shared/data"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    skip(&format!("no sample data at {}", folder.display()));
    None
}

/// How an application is started.
#[derive(Default)]
pub struct Options {
    manifest: Option<PathBuf>,
    policies: Option<PathBuf>,
    permissions: Option<PathBuf>,
    variables: Vec<String>,
    state: Option<PathBuf>,
    arguments: Vec<String>,
}

impl Options {
    /// With another argument of the host.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }
    /// With another manifest.
    pub fn manifest(mut self, path: PathBuf) -> Self {
        self.manifest = Some(path);
        self
    }
    /// With another folder of policies.
    pub fn policies(mut self, folder: &Path) -> Self {
        self.policies = Some(folder.to_owned());
        self
    }
    /// With another folder of permissions.
    pub fn permissions(mut self, folder: &Path) -> Self {
        self.permissions = Some(folder.to_owned());
        self
    }
    /// With a variable, `name=value`.
    pub fn variable(mut self, assignment: &str) -> Self {
        self.variables.push(assignment.to_owned());
        self
    }
    /// With state that outlives the application.
    pub fn state(mut self, folder: &Path) -> Self {
        self.state = Some(folder.to_owned());
        self
    }

    fn command(&self, own_state: &Path) -> Command {
        let top = workspace();
        let host = std::env::var_os("SLUICEGATE_HOST")
            .map_or_else(|| top.join("target/release/sluicegate-host"), PathBuf::from);
        let mut command = Command::new(host);
        let manifest = self
            .manifest
            .clone()
            .unwrap_or_else(|| top.join("spin.toml"));
        command
            .arg("--manifest")
            .arg(&manifest)
            .args(["--listen", "127.0.0.1:0"]);
        command
            .arg("--state-dir")
            .arg(self.state.as_deref().unwrap_or(own_state));
        command.arg("--cache-dir").arg(top.join("target/aot"));
        for (name, folder) in [
            ("policies", &self.policies),
            ("permissions", &self.permissions),
        ] {
            if let Some(folder) = folder {
                command
                    .arg("--files")
                    .arg(format!("{name}={}", folder.display()));
            }
        }
        command.args(&self.arguments);
        // Whoever names a user is that user, everybody else is anonymous, unless a test says more.
        if std::fs::read_to_string(&manifest).is_ok_and(|text| text.contains("\nauth = ")) {
            command.args(["--variable", "auth=dummy,none"]);
        }
        for variable in &self.variables {
            command.args(["--variable", variable]);
        }
        command
    }

    /// Starts the application and waits until it listens.
    pub fn start(self) -> App {
        self.begin().listening()
    }

    /// Starts the application, which may not listen yet.
    pub fn begin(self) -> Starting {
        let own_state = TempDir::new().expect("a folder");
        let child = self
            .command(own_state.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the host starts: run `cargo xtask build` and build the host first");
        Starting { child, own_state }
    }

    /// Starts the application, which must refuse: its exit code and what it says.
    pub fn refusal(self) -> (Option<i32>, String) {
        let own_state = TempDir::new().expect("a folder");
        let output = self
            .command(own_state.path())
            .output()
            .expect("the host runs");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }
}

/// An application on its way up.
pub struct Starting {
    /// The host.
    pub child: Child,
    own_state: TempDir,
}

impl Starting {
    /// Waits until it listens.
    pub fn listening(mut self) -> App {
        let mut lines = BufReader::new(self.child.stdout.take().expect("stdout")).lines();
        let url = loop {
            let line = lines.next().expect("the host listens").expect("a line");
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.trim_end_matches('/').to_owned();
            }
        };
        // Whoever does not read a pipe may block its writer.
        std::thread::spawn(move || lines.for_each(drop));
        App {
            url,
            child: self.child,
            own_state: self.own_state,
        }
    }
}

/// A running application. It ends with the test.
pub struct App {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The host.
    pub child: Child,
    own_state: TempDir,
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut matching = self.headers.iter().filter(|(key, _)| key == name);
        matching.next().map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }
}

impl App {
    /// With the project's own manifest and policies.
    pub fn start() -> Self {
        Options::default().start()
    }

    /// The folder of the store.
    pub fn state(&self) -> &Path {
        self.own_state.path()
    }

    /// A page's URL with credentials in it, which a browser sends when it is asked.
    pub fn page_as(&self, user: &str, path: &str) -> String {
        let host = self.url.replace("http://", &format!("http://{user}:x@"));
        format!("{host}{path}")
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(
            "POST",
            path,
            &[("content-type", "application/json")],
            &body.to_string(),
        )
    }

    /// Posts as the user `name`.
    pub fn post_as(&self, name: &str, path: &str, body: &Value) -> Answer {
        let credentials = match name {
            "joe" => "Basic am9lOng=",
            "bot" => "Basic Ym90Ong=",
            _ => panic!("no credentials for {name}"),
        };
        let headers = [
            ("content-type", "application/json"),
            ("authorization", credentials),
        ];
        self.send("POST", path, &headers, &body.to_string())
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        try_send(&self.url, method, path, headers, body).expect("an answer")
    }

    /// As [`App::send`], with a body that may be no text.
    pub fn send_bytes(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        try_send_bytes(&self.url, "POST", path, headers, body).expect("an answer")
    }

    /// The JSON of a `GET` that succeeds.
    #[track_caller]
    pub fn read(&self, path: &str) -> Value {
        self.get(path).expect(200)
    }

    /// Posts a result and returns it.
    #[track_caller]
    pub fn submit(&self, result: Value) -> Value {
        self.post("/api/v2.0/results", &result).expect(201)
    }
}

/// Sends a request; an error if there is no answer.
pub fn try_send(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, ureq::Error> {
    try_send_bytes(url, method, path, headers, body.as_bytes().to_vec())
}

/// As [`try_send`], with a body that may be no text.
pub fn try_send_bytes(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Answer, ureq::Error> {
    send_by(&agent(), url, method, path, headers, body)
}

/// A client, which keeps its connections.
pub fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(std::time::Duration::from_secs(60)));
    config.build().into()
}

/// As [`try_send_bytes`], by a client that may have a connection.
pub fn send_by(
    agent: &ureq::Agent,
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Answer, ureq::Error> {
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{url}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body)?)?;
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    Ok(Answer {
        status: response.status().as_u16(),
        headers: headers.collect(),
        // What is no text, such as an image, is there for its length.
        text: String::from_utf8_lossy(&response.body_mut().read_to_vec()?).into_owned(),
    })
}

/// An object with the fields of another one, which win.
pub fn with(mut base: Value, extra: Value) -> Value {
    let fields = extra.as_object().expect("an object").clone();
    base.as_object_mut().expect("an object").extend(fields);
    base
}

/// Some seconds from now, or ago, as bodies and queries have times.
pub fn seconds_from_now(seconds: f64) -> String {
    let time = time::OffsetDateTime::now_utc() + time::Duration::seconds_f64(seconds);
    let form = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"
    );
    time.format(form).expect("a time")
}

/// The ids in a list of results or waivers.
pub fn ids(list: &Value) -> Vec<u64> {
    let entries = list["data"].as_array().expect("data");
    entries
        .iter()
        .map(|entry| entry["id"].as_u64().expect("an id"))
        .collect()
}

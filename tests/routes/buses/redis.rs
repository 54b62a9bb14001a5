//! `take-message`: messages of a channel of a real Redis.

use super::{eventually, program};
use crate::harness::{App, Options, workspace};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A Redis of its own. It ends with the test.
struct Redis {
    socket: PathBuf,
    child: Child,
    _folder: TempDir,
}

impl Redis {
    fn start() -> Option<Self> {
        let program = program("redis-server", &[], "redis-server")?;
        let folder = TempDir::new().expect("a folder");
        let socket = folder.path().join("redis.sock");
        let child = Command::new(program)
            .args(["--port", "0", "--save", "", "--dir"])
            .arg(folder.path())
            .arg("--unixsocket")
            .arg(&socket)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server starts");
        let redis = Self {
            socket,
            child,
            _folder: folder,
        };
        eventually("redis-server", || UnixStream::connect(&redis.socket).ok());
        Some(redis)
    }

    fn address(&self) -> String {
        format!("redis_address=redis+unix://{}", self.socket.display())
    }

    /// Publishes, and says how many have got it.
    fn publish(&self, channel: &str, message: &str) -> String {
        let mut stream = UnixStream::connect(&self.socket).expect("redis-server is there");
        write!(
            stream,
            "*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n{message}\r\n",
            channel.len(),
            message.len()
        )
        .unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn manifest() -> PathBuf {
    workspace().join("spin-redis.toml")
}

/// The end of a test in its envelope.
fn message(id: &str, result: &str) -> Value {
    json!({
        "topic": "org.example.ci.brew-build.test.complete",
        "headers": {"message-id": id, "JMSXUserID": "msg-ci"},
        "body": {"msg": {
            "version": "0.2.1",
            "contact": {"name": "CI", "team": "team", "email": "ci@example.org"},
            "run": {"url": "https://ci.example.org/7"},
            "artifact": {"type": "brew-build", "nvr": "nethack-3.6.7-1.fc40", "component": "nethack"},
            "test": {"namespace": "ns", "type": "tier1", "category": "functional", "result": result},
        }},
    })
}

/// The outcomes of all results, the newest first.
fn outcomes(app: &App) -> Vec<String> {
    let results = app.read("/api/v2.0/results");
    let results = results["data"].as_array().unwrap().iter();
    results
        .map(|result| result["outcome"].as_str().unwrap().to_owned())
        .collect()
}

fn log(app: &App) -> String {
    let file = app.state().join("logs/take-message_stderr.txt");
    std::fs::read_to_string(file).unwrap_or_default()
}

#[test]
fn what_is_published_becomes_results() {
    let Some(redis) = Redis::start() else { return };
    let taker = Options::default()
        .manifest(manifest())
        .variable(&redis.address())
        .start();
    let app = Options::default().state(taker.state()).start();
    let publish = |message: &Value| redis.publish("ci-messages", &message.to_string());
    assert_eq!(publish(&message("1", "passed")), ":1");
    eventually("a result", || (outcomes(&app).len() == 1).then_some(()));
    // A repetition, something that is no message for us, a mistake, and the next message.
    publish(&message("1", "passed"));
    publish(&json!({"some": "thing"}));
    publish(&message("2", "great"));
    publish(&message("3", "failed"));
    // Messages come one after the other.
    eventually("the last result", || {
        (outcomes(&app).first()? == "FAILED").then_some(())
    });
    assert_eq!(outcomes(&app), ["FAILED", "PASSED"]);
    let log = log(&taker);
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("body.msg.test.result"), "{log}");
    let results = app.read("/api/v2.0/results?publisher_id=msg-ci&item=nethack-3.6.7-1.fc40");
    assert_eq!(results["data"].as_array().unwrap().len(), 2);
    publish(&json!([message("4", "passed"), message("5", "info")]));
    eventually("a batch", || (outcomes(&app).len() == 4).then_some(()));
}

#[test]
fn test_cases_are_reserved_on_the_channel_too() {
    let Some(redis) = Redis::start() else { return };
    for (bridges, is_taken) in [("", false), ("message_bridges=redis", true)] {
        let mut options = Options::default()
            .manifest(manifest())
            .variable(&redis.address())
            .variable("redis_channel=other")
            .variable("reserved_test_cases=ns.*=msg-ci");
        if !bridges.is_empty() {
            options = options.variable(bridges);
        }
        let taker = options.start();
        let app = Options::default().state(taker.state()).start();
        assert_eq!(redis.publish("ci-messages", "{}"), ":0");
        redis.publish("other", &message("1", "passed").to_string());
        eventually("a result or a reason", || {
            let is_there = !outcomes(&app).is_empty() || log(&taker).contains("reserved");
            is_there.then_some(())
        });
        assert_eq!(outcomes(&app).is_empty(), !is_taken);
    }
}

#[test]
fn without_its_redis_the_host_ends() {
    let nowhere = TempDir::new().unwrap();
    let address = format!(
        "redis_address=redis+unix://{}/none",
        nowhere.path().display()
    );
    let (code, said) = Options::default()
        .manifest(manifest())
        .variable(&address)
        .refusal();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Redis at"), "{said}");
    let Some(redis) = Redis::start() else { return };
    let mut taker = Options::default()
        .manifest(manifest())
        .variable(&redis.address())
        .start();
    drop(redis);
    let code = eventually("the end", || taker.child.try_wait().unwrap());
    assert_eq!(code.code(), Some(1));
}

/// What the component says without a part of its grants.
fn without(part: &str) -> Option<String> {
    let redis = Redis::start()?;
    let folder = TempDir::new().unwrap();
    let text = std::fs::read_to_string(manifest()).unwrap();
    assert!(text.contains(part), "spin-redis.toml has {part}");
    let place = format!("\"{}/target/", workspace().display());
    let text = text.replace(part, "").replace("\"target/", &place);
    let file = folder.path().join("spin.toml");
    std::fs::write(&file, text).unwrap();
    let taker = Options::default()
        .manifest(file)
        .variable(&redis.address())
        .start();
    redis.publish("ci-messages", &message("1", "passed").to_string());
    let said = eventually("a complaint", || {
        Some(log(&taker)).filter(|log| log.ends_with('\n'))
    });
    let app = Options::default().state(taker.state()).start();
    assert_eq!(outcomes(&app), Vec::<String>::new());
    Some(said)
}

#[test]
fn without_its_grants_nothing_is_stored() {
    let check = |part: &str, expected: &str| {
        let Some(said) = without(part) else { return };
        assert!(said.to_lowercase().contains(expected), "{part}: {said}");
    };
    check("sqlite_databases = [\"default\"]", "denied");
    for name in [
        "additional_outcomes",
        "reserved_test_cases",
        "message_bridges",
    ] {
        check(&format!("{name} = \"{{{{ {name} }}}}\""), name);
    }
}

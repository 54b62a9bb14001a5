//! `examples/fedora-messaging`: messages that publishers send to a real RabbitMQ by AMQP, STOMP and
//! MQTT reach the application through Fedora's consumer.

use super::{eventually, program};
use crate::clients::{environment, file};
use crate::harness::{App, Options, workspace};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const TOKEN: &str = "a-token-of-the-bridge-alone";

/// Ends a program with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Ports that nobody listens on, for what can't choose one itself.
fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let listeners = [(); COUNT].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

/// A RabbitMQ of its own, with the plugins for STOMP and MQTT. It ends with the test.
struct RabbitMq {
    amqp: u16,
    stomp: u16,
    mqtt: u16,
    names: u16,
    _broker: Running,
    folder: TempDir,
}

impl RabbitMq {
    fn start() -> Option<Self> {
        let places = ["/usr/lib/rabbitmq/bin"];
        // The program in front of it on the PATH wants to be another user.
        let server = Path::new(places[0]).join("rabbitmq-server");
        if !server.is_file() {
            program("rabbitmq-server", &places, "rabbitmq-server")?;
        }
        let folder = TempDir::new().expect("a folder");
        let [amqp, stomp, mqtt, nodes, names] = free_ports();
        let place = |name: &str| folder.path().join(name);
        let plugins = "[rabbitmq_stomp,rabbitmq_mqtt].\n";
        std::fs::write(place("plugins"), plugins).unwrap();
        let listeners = format!(
            "listeners.tcp.1 = 127.0.0.1:{amqp}\nstomp.listeners.tcp.1 = 127.0.0.1:{stomp}\n\
             mqtt.listeners.tcp.1 = 127.0.0.1:{mqtt}\n"
        );
        std::fs::write(place("rabbitmq.conf"), listeners).unwrap();
        let said = File::create(place("said")).unwrap();
        let broker = Command::new(&server)
            .env("HOME", folder.path())
            .env("RABBITMQ_NODENAME", format!("sluicegate{amqp}@localhost"))
            .env("RABBITMQ_DIST_PORT", nodes.to_string())
            .env("RABBITMQ_MNESIA_BASE", place("mnesia"))
            .env("RABBITMQ_LOG_BASE", place("log"))
            .env("RABBITMQ_LOGS", "-")
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", place("plugins"))
            .env("RABBITMQ_CONFIG_FILE", place("rabbitmq.conf"))
            .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .env("ERL_EPMD_PORT", names.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(said.try_clone().unwrap())
            .stderr(said)
            .spawn()
            .expect("RabbitMQ starts");
        let mut broker = Running(broker);
        eventually("RabbitMQ", || {
            if let Ok(Some(ended)) = broker.0.try_wait() {
                let said = std::fs::read_to_string(folder.path().join("said"));
                panic!("RabbitMQ ended, {ended}: {said:?}");
            }
            let is_up = [amqp, stomp, mqtt]
                .iter()
                .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok());
            is_up.then_some(())
        });
        Some(Self {
            amqp,
            stomp,
            mqtt,
            names,
            _broker: broker,
            folder,
        })
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        // The broker's child: ending the script in front of it does not end it.
        let pid_file = self.folder.path().join("mnesia");
        for entry in std::fs::read_dir(pid_file).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "pid")
                && let Ok(pid) = std::fs::read_to_string(&path)
            {
                let _ = Command::new("kill").arg(pid.trim()).status();
            }
        }
        // It leaves the keeper of its name behind, which goes when no name is left.
        let gone = || {
            let ended = Command::new("epmd")
                .args(["-port", &self.names.to_string(), "-kill"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            ended.map_or(true, |status| status.success())
        };
        for _ in 0..200 {
            if gone() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}

/// The example's configuration with its two addresses replaced.
fn configuration(broker: &RabbitMq, app: &App) -> PathBuf {
    let example = workspace().join("examples/fedora-messaging/config.toml");
    let mut text = std::fs::read_to_string(example).unwrap();
    let amqp = format!("127.0.0.1:{}", broker.amqp);
    for (from, to) in [
        ("127.0.0.1:5672", amqp.as_str()),
        ("http://127.0.0.1:3000", &app.url),
    ] {
        assert!(text.contains(from), "the example has {from}");
        text = text.replace(from, to);
    }
    let file = broker.folder.path().join("config.toml");
    std::fs::write(&file, text).unwrap();
    file
}

fn results(app: &App) -> Vec<Value> {
    let results = app.read("/api/v2.0/results?_sort=asc:submit_time");
    results["data"].as_array().unwrap().clone()
}

#[test]
fn messages_of_a_real_bus_become_results() {
    let Some(environment) = environment("fedora-messaging") else {
        return;
    };
    let Some(broker) = RabbitMq::start() else {
        return;
    };
    let digest = format!("{:x}", Sha256::digest(TOKEN));
    let app = Options::default()
        .variable("auth=token")
        .variable(&format!(
            "auth_tokens=[{{\"sha256\": \"{digest}\", \"user\": \"bus-bridge\"}}]"
        ))
        .variable("message_bridges=bus-bridge")
        .variable("reserved_test_cases=bus.tier1.amqp=guest")
        .start();
    let said = broker.folder.path().join("bridge");
    let output = File::create(&said).unwrap();
    let program = |name: &str| {
        let mut command = Command::new(environment.join("bin").join(name));
        command
            .current_dir(broker.folder.path())
            .env("HOME", broker.folder.path())
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let _bridge = Running(
        program("fedora-messaging")
            .arg("--conf")
            .arg(configuration(&broker, &app))
            .arg("consume")
            .env("PYTHONPATH", workspace().join("examples/fedora-messaging"))
            .env("SLUICEGATE_TOKEN", TOKEN)
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .expect("the bridge starts"),
    );
    let log = || std::fs::read_to_string(&said).unwrap();
    eventually("the bridge's queue", || {
        log().contains("Successfully registered").then_some(())
    });
    let published = program("python")
        .arg(file("publish_to_bus.py"))
        .args([broker.amqp, broker.stomp, broker.mqtt].map(|port| port.to_string()))
        .output()
        .expect("the publisher starts");
    assert!(published.status.success(), "{published:?}");
    let last = || {
        results(&app)
            .iter()
            .any(|result| result["testcase"]["name"] == "bus.tier1.mqtt")
    };
    eventually("the last result", || last().then_some(()));
    let results = results(&app);
    let names: Vec<_> = results
        .iter()
        .map(|result| result["testcase"]["name"].clone())
        .collect();
    assert_eq!(
        names,
        ["bus.tier1.amqp", "bus.tier1.stomp", "bus.tier1.mqtt"],
        "{}",
        log()
    );
    // The broker vouches for the publisher, whatever the message's headers say.
    assert_eq!(
        results[0]["data"]["publisher_id"],
        serde_json::json!(["guest"])
    );
    assert!(
        log().contains("a-2 on org.example.ci.brew-build.test.complete is rejected"),
        "{}",
        log()
    );
    assert!(!log().contains("unrelated"), "{}", log());
}

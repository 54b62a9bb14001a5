//! What the host grants, limits and adds, tried by a component made for that.

use crate::harness::{App, Options, workspace};
use std::io::{Read, Write};
use tempfile::TempDir;

/// Serves the probe at `/probe/...` with these lines in its block of the manifest.
fn probe(folder: &TempDir, grants: &str) -> Options {
    let wasm = workspace().join("target/components/probe.wasm");
    let files = folder.path().join("files");
    let _ = std::fs::create_dir(&files);
    std::fs::write(files.join("hello.txt"), "from a file").unwrap();
    let manifest = format!(
        "spin_manifest_version = 2\n[application]\nname = \"probe\"\nversion = \"1.0.0\"\n\
         [variables]\nsecret = {{ default = \"swordfish\" }}\n\
         [[trigger.http]]\nroute = \"/probe/:what\"\ncomponent = \"probe\"\n\
         [component.probe]\nsource = \"{}\"\n{grants}\n",
        wasm.display()
    );
    let path = folder.path().join("spin.toml");
    std::fs::write(&path, manifest).unwrap();
    Options::default().manifest(path)
}

/// A server that answers one request with 204, and its address.
fn neighbour() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n");
        }
    });
    address
}

#[track_caller]
fn check(app: &App, what: &str, status: u16, part: &str) {
    let answer = app.get(&format!("/probe/{what}"));
    assert!(
        answer.status == status && answer.text.contains(part),
        "{what}: {answer:?}"
    );
}

#[test]
fn what_is_granted_works() {
    let folder = TempDir::new().unwrap();
    let address = neighbour();
    let grants = format!(
        "sqlite_databases = [\"default\"]\nkey_value_stores = [\"default\"]\n\
         allowed_outbound_hosts = [\"http://{address}\"]\n\
         files = [{{ source = \"files\", destination = \"/files\" }}]\n\
         [component.probe.variables]\nsecret = \"{{{{ secret }}}}!\""
    );
    let app = probe(&folder, &grants).start();
    check(&app, "sqlite", 200, "42");
    check(&app, "key-value", 200, "kept");
    check(&app, "variable", 200, "swordfish!");
    check(&app, "file", 200, "from a file");
    check(&app, &format!("outbound?url=http://{address}/"), 200, "204");
    // Files are for reading.
    check(&app, "write-file", 403, "");
    // Another host is another grant.
    check(
        &app,
        &format!("outbound?url=http://{}/", neighbour()),
        403,
        "HttpRequestDenied",
    );
}

#[test]
fn what_is_not_granted_is_denied() {
    let folder = TempDir::new().unwrap();
    let app = probe(&folder, "").start();
    check(&app, "sqlite", 403, "AccessDenied");
    check(&app, "key-value", 403, "AccessDenied");
    check(&app, "variable", 403, "secret");
    check(&app, "file", 403, "");
    check(
        &app,
        &format!("outbound?url=http://{}/", neighbour()),
        403,
        "HttpRequestDenied",
    );
}

#[test]
fn the_host_says_how_a_request_came() {
    let folder = TempDir::new().unwrap();
    let app = probe(&folder, "").start();
    let answer = app.get("/probe/headers?x=1");
    let host = app.url.trim_start_matches("http://");
    for line in [
        format!("spin-full-url: http://{host}/probe/headers?x=1"),
        "spin-matched-route: /probe/:what".to_owned(),
        "spin-component-route: /probe/:what".to_owned(),
        "spin-raw-component-route: /probe/:what".to_owned(),
        "spin-base-path: /".to_owned(),
        "spin-path-info: ".to_owned(),
        "spin-path-match-what: headers".to_owned(),
        "spin-client-addr: 127.0.0.1:".to_owned(),
    ] {
        assert!(answer.text.contains(&line), "{line} in {}", answer.text);
    }
}

#[test]
fn a_component_that_goes_wrong_ends_alone() {
    let folder = TempDir::new().unwrap();
    let options = probe(&folder, "sqlite_databases = [\"default\"]");
    let app = options.argument("--request-timeout").argument("1").start();
    check(&app, "trap", 500, "");
    check(&app, "memory", 500, "");
    let begin = std::time::Instant::now();
    check(&app, "loop", 500, "");
    assert!(begin.elapsed().as_secs() < 20, "a loop is stopped");
    check(&app, "sqlite", 200, "42");
}

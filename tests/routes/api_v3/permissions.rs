//! `GET /api/v3/permissions`.

use crate::harness::{App, Options};
use serde_json::json;
use tempfile::TempDir;

/// An application with these permissions.
pub fn permitted(folder: &TempDir, text: &str) -> App {
    permitted_with(folder, text, Options::default())
}

/// The same with other options.
pub fn permitted_with(folder: &TempDir, text: &str, options: Options) -> App {
    std::fs::write(folder.path().join("results.yaml"), text).unwrap();
    options.permissions(folder.path()).start()
}

/// The record has the entries of another configuration; ours are those of the project.
#[test]
fn our_own_permissions_are_listed() {
    let app = App::start();
    let answer = app.get("/api/v3/permissions");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    insta::assert_snapshot!(answer.text);
}

#[test]
fn the_recorded_permissions_are_listed_as_recorded() {
    let folder = TempDir::new().unwrap();
    let app = permitted(&folder, "- users: [testuser1]\n  testcases: [testcase1]\n");
    assert_eq!(
        app.get("/api/v3/permissions").text,
        "[{\"testcases\":[\"testcase1\"],\"users\":[\"testuser1\"]}]\n"
    );
}

#[test]
fn entries_about_a_test_case_are_asked_for() {
    let folder = TempDir::new().unwrap();
    let app = permitted(
        &folder,
        "- {name: a, groups: [g], testcases: ['dist.*', x]}\n\
         - {name: b, testcases: ['*'], testcases_ignore: ['dist.r*'], maintainers: [m], description: d}\n\
         - {name: c, users: [u]}\n",
    );
    let names = |query: &str| {
        let entries = app.read(&format!("/api/v3/permissions{query}"));
        let entries = entries.as_array().unwrap().clone();
        let names = entries.iter().map(|entry| entry["name"].clone());
        json!(names.collect::<Vec<_>>())
    };
    assert_eq!(names(""), json!(["a", "b", "c"]));
    assert_eq!(names("?testcase="), json!(["a", "b", "c"]));
    assert_eq!(names("?testcase=dist.rpmlint"), json!(["a"]));
    assert_eq!(names("?testcase=dist.abicheck"), json!(["a", "b"]));
    assert_eq!(names("?testcase=Dist.rpmlint"), json!(["b"]));
    assert_eq!(
        names("?testcase=x&testcase=dist.rpmlint"),
        json!(["a", "b"])
    );
    let all = app.get("/api/v3/permissions").text;
    insta::assert_snapshot!("every_key", all);
}

#[test]
fn other_methods_are_refused() {
    let app = App::start();
    let answer = app.send("POST", "/api/v3/permissions", &[], "");
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(app.get("/api/v3/permissions/").status, 404);
}

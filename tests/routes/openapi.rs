//! `GET /openapi.json`.

use crate::harness::{App, workspace};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const PATH: &str = "/openapi.json";

/// The operations of each path, by method.
fn paths(document: &Value) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.map(|(path, operations)| (path, operations.as_object().unwrap()))
}

/// A documented path as somebody asks for it.
fn requested(path: &str) -> String {
    ["{id}", "{uuid}", "{name}"]
        .iter()
        .fold(path.to_owned(), |path, part| path.replace(part, "1"))
}

#[test]
fn it_is_the_committed_document() {
    let app = App::start();
    let answer = app.get(PATH);
    let file = workspace().join("components/describe-api/openapi.json");
    assert_eq!(answer.expect(200)["openapi"], "3.1.0");
    assert_eq!(answer.text, std::fs::read_to_string(file).unwrap());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn it_names_the_routes_of_the_manifest() {
    let document = App::start().read(PATH);
    let manifest = std::fs::read_to_string(workspace().join("spin.toml")).unwrap();
    let routes = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("route = \""))
        .map(|rest| rest.trim_end_matches('"'));
    let mut count = 0;
    for route in routes {
        let start = route.strip_suffix("...").unwrap_or(route);
        let documented = |(path, _): (&String, _)| {
            let path = path.replace('{', ":").replace('}', "");
            path == route || (start != route && path.starts_with(start))
        };
        assert!(paths(&document).any(documented), "{route}");
        count += 1;
    }
    assert!(count > 15, "spin.toml has {count} routes");
}

#[test]
fn documented_methods_are_those_that_are_allowed() {
    let app = App::start();
    for (path, operations) in paths(&app.read(PATH)) {
        let answer = app.send("OPTIONS", &requested(path), &[], "");
        let allowed: BTreeSet<String> = answer
            .header("allow")
            .unwrap_or_else(|| panic!("{path}: {answer:?}"))
            .split(", ")
            .filter(|method| !matches!(*method, "HEAD" | "OPTIONS"))
            .map(str::to_lowercase)
            .collect();
        assert_eq!(allowed, operations.keys().cloned().collect(), "{path}");
        assert_eq!(answer.status, 200, "{path}");
    }
}

#[test]
fn answers_have_documented_statuses_types_and_headers() {
    let app = App::start();
    let check = |method: &str, path: &str, operation: &Value, status: Option<u16>| {
        let answer = app.send(method, &requested(path), &[], "");
        assert!(
            status.is_none_or(|status| status == answer.status),
            "{answer:?}"
        );
        let response = &operation["responses"][answer.status.to_string()];
        assert!(response.is_object(), "{method} {path}: {answer:?}");
        let media_type = answer.header("content-type").unwrap().split(';').next();
        if let Some(content) = response["content"].as_object() {
            assert!(
                content.contains_key(media_type.unwrap()),
                "{method} {path}: {answer:?}"
            );
        }
        for name in response["headers"].as_object().into_iter().flatten() {
            let name = name.0.to_lowercase();
            assert!(answer.header(&name).is_some(), "{name}: {answer:?}");
        }
    };
    for (path, operations) in paths(&app.read(PATH)) {
        for (method, operation) in operations {
            check(&method.to_uppercase(), path, operation, None);
            check("PATCH", path, operation, Some(405));
        }
    }
}

#[test]
fn other_methods_are_refused() {
    let answer = App::start().send("POST", PATH, &[], "{}");
    assert!(answer.expect(405)["message"].is_string());
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

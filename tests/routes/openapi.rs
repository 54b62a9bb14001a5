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
        .replace("{type}", "brew-builds")
}

/// Whether a route of the manifest, in which `:name` and a final `...` vary, has the path.
fn has(route: &str, path: &str) -> bool {
    if let Some(start) = route.strip_suffix("...") {
        return path.starts_with(start);
    }
    let [parts, of_path] = [route, path].map(|text| text.split('/').collect::<Vec<_>>());
    let mut pairs = parts.iter().zip(&of_path);
    parts.len() == of_path.len() && pairs.all(|(a, b)| a == b || a.starts_with(':'))
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
        let is_documented = paths(&document).any(|(path, _)| has(route, path));
        assert!(is_documented, "{route}");
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
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let is_there = answer.header(&name.to_lowercase()).is_some();
            assert!(is_there || header["required"] != true, "{name}: {answer:?}");
        }
    };
    for (path, operations) in paths(&app.read(PATH)) {
        for (method, operation) in operations {
            check(&method.to_uppercase(), path, operation, None);
            check("PATCH", path, operation, Some(405));
        }
    }
}

/// The body of version 3 says more than the schema that is served there, as ResultsDB's says less.
#[test]
fn documented_bodies_of_version_3_have_the_fields_of_the_served_schemas() {
    let app = App::start();
    let document = app.read(PATH);
    for plural in crate::api_v3::TYPES {
        let operation = &document["paths"][format!("/api/v3/results/{plural}")]["post"];
        let body = &operation["requestBody"]["content"]["application/json"];
        let reference = body["schema"]["$ref"].as_str().unwrap();
        let documented = document.pointer(&reference[1..]).unwrap();
        let served = app.read(&format!("/api/v3/schemas/{plural}"));
        assert_eq!(documented["required"], served["required"], "{plural}");
        let names = |schema: &Value| -> Vec<String> {
            let properties = schema["properties"].as_object().unwrap();
            properties.keys().cloned().collect()
        };
        assert_eq!(names(documented), names(&served), "{plural}");
        // The example is taken as it stands.
        let example = &body["examples"]["what is required"]["value"];
        let path = format!("/api/v3/results/{plural}");
        assert_eq!(app.post_as("joe", &path, example).status, 201, "{plural}");
    }
}

#[test]
fn a_repeated_answer_is_marked_as_documented() {
    let app = App::start();
    let document = app.read(PATH);
    let operation = &document["paths"]["/api/v2.0/results"]["post"];
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let body = &operation["requestBody"]["content"]["application/json"]["examples"]["list"];
    let body = body["value"].to_string();
    let send = |body: &str| app.send("POST", "/api/v2.0/results", &headers, body);
    assert_eq!(send(&body).status, 201);
    let mark = &operation["responses"]["201"]["headers"]["Idempotency-Replayed"];
    assert_eq!(
        send(&body).header("idempotency-replayed"),
        mark["schema"]["enum"][0].as_str()
    );
    let answer = send("[]");
    assert_eq!(answer.status, 400, "{answer:?}");
    let answer = send(&body.replace("INFO", "FAILED"));
    assert_eq!(answer.status, 422, "{answer:?}");
    assert!(operation["responses"]["422"].is_object());
}

#[test]
fn other_methods_are_refused() {
    let answer = App::start().send("POST", PATH, &[], "{}");
    assert!(answer.expect(405)["message"].is_string());
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

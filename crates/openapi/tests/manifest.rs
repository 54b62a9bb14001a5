//! The document and spin.toml agree: every route is documented, every documented path has a route of
//! its own, and the outcomes are those of an installation that sets none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const MANIFEST: &str = "../../spin.toml";

fn manifest() -> toml::Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(MANIFEST);
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// The routes of spin.toml.
fn routes() -> Vec<String> {
    let manifest = manifest();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let route = |trigger: &toml::Value| trigger["route"].as_str().unwrap().to_owned();
    triggers.iter().map(route).collect()
}

/// A path that a client might ask for.
fn requested(path: &str) -> String {
    let part = |part: &str| match part.starts_with('{') {
        true => "anything".to_owned(),
        false => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The documented paths that each route answers.
fn answered() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut router = routefinder::Router::new();
    let mut answered = BTreeMap::new();
    for route in routes() {
        // `/...` is written `/*` there.
        let spec = match route.strip_suffix("/...") {
            Some(start) => format!("{start}/*"),
            None => route.clone(),
        };
        router.add(spec.as_str(), route.clone()).unwrap();
        answered.insert(route, BTreeSet::new());
    }
    for operation in openapi::operations() {
        let path = requested(operation.path);
        let found = router.best_match(&path).unwrap();
        answered
            .get_mut(found.handler())
            .unwrap()
            .insert(operation.path);
    }
    answered
}

#[test]
fn every_route_is_documented() {
    for (route, paths) in answered() {
        assert!(
            !paths.is_empty(),
            "`{route}` of spin.toml is in no module of crates/openapi"
        );
    }
}

#[test]
fn every_documented_path_has_its_route() {
    for (route, paths) in answered() {
        // What the catch-all answers is known by name: another path there is a 404.
        let expected: &[&str] = match route.as_str() {
            "/..." => &[
                "/",
                "/api/v1.0/",
                "/api/v1.0/about",
                "/api/v1.0/version",
                "/api/v2.0",
                "/favicon.png",
                "/index",
            ],
            "/api/v3" => &["/api/v3", "/api/v3/"],
            // A path for each type, as each has a body of its own.
            "/api/v3/results/:type" => &[
                "/api/v3/results/brew-builds",
                "/api/v3/results/productmd-composes",
                "/api/v3/results/redhat-container-images",
                "/api/v3/results/redhat-modules",
            ],
            "/api/v2.0/testcases/..." => &[
                "/api/v2.0/testcases/{name}",
                "/api/v2.0/testcases/{name}/results",
            ],
            exact => {
                let [path] = paths.iter().copied().collect::<Vec<_>>()[..] else {
                    panic!("`{exact}` is documented as {paths:?}");
                };
                let shape = |path: &str| -> Vec<String> {
                    let parts = path.split('/').map(|part| {
                        let varies = part.starts_with([':', '{']);
                        if varies { ":" } else { part }.to_owned()
                    });
                    parts.collect()
                };
                assert_eq!(shape(path), shape(exact));
                continue;
            }
        };
        assert_eq!(paths, expected.iter().copied().collect(), "{route}");
    }
}

#[test]
fn documented_outcomes_are_those_of_the_default_setting() {
    let document = openapi::document().unwrap();
    let documented = &document["components"]["schemas"]["NewResult"]["properties"]["outcome"];
    let manifest = manifest();
    let additional = manifest["variables"]["additional_outcomes"]["default"].as_str();
    let expected: Vec<&str> = endpoint::settings::OUTCOMES
        .into_iter()
        .chain(additional.unwrap().split(','))
        .collect();
    assert_eq!(documented["enum"], serde_json::json!(expected));
}

#[test]
fn the_documented_limit_of_pages_is_the_default_setting() {
    let manifest = manifest();
    let default = manifest["variables"]["max_page_size"]["default"].as_str();
    let documented = endpoint::settings::DEFAULT_MAX_PAGE_SIZE.to_string();
    assert_eq!(default, Some(documented.as_str()));
}

#[test]
fn operations_are_told_apart() {
    let operations = openapi::operations();
    let places: BTreeSet<_> = operations.iter().map(|o| (o.path, o.method)).collect();
    assert_eq!(places.len(), operations.len());
    let ids: BTreeSet<String> = operations
        .into_iter()
        .map(|operation| operation.into_json()["operationId"].to_string())
        .collect();
    assert_eq!(ids.len(), places.len());
}

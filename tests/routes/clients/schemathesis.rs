//! schemathesis: requests that our OpenAPI document allows and requests that it forbids, a few thousand
//! of them, the same in each run. An answer that is a 5xx, or is not as the document says, is a failure.

use super::{Clients, file};
use crate::harness::{App, skip};
use serde_json::Value;

/// How much of the report is shown when something is wrong: the failures are at its end.
const LINES_SHOWN: usize = 200;

/// Where the document is.
const DOCUMENT: &str = "/openapi.json";

/// How many operations the document has beside the one that serves it, which schemathesis leaves out.
fn operations(document: &Value) -> usize {
    const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];
    let paths = document["paths"].as_object().unwrap();
    let of_path = |path: &Value| {
        let methods = METHODS.iter().filter(|method| path.get(**method).is_some());
        methods.count()
    };
    let others = paths.iter().filter(|(path, _)| *path != DOCUMENT);
    others.map(|(_, path)| of_path(path)).sum()
}

#[test]
fn the_description_holds() {
    // Seed, number of examples and known deviations.
    let config = file("schemathesis.toml");
    if !config.is_file() {
        skip(&format!("there is no `{}`", config.display()));
        return;
    }
    let Some(clients) = Clients::find("schemathesis") else {
        return;
    };
    let app = App::start();
    let count = operations(&app.read(DOCUMENT));
    assert!(count > 0);
    let config = config.display().to_string();
    let document = format!("{}{DOCUMENT}", app.url);
    let arguments = ["--no-color", "--config-file", &config, "run", &document];
    // With several workers the order of requests, and so what the store holds at each, is chance; and
    // Python 3.11's own parser is not safe in several threads.
    let ended = clients.run(
        &app,
        "schemathesis",
        &[&arguments[..], &["--workers", "1"]].concat(),
    );
    let lines: Vec<_> = ended.said.lines().collect();
    let tail = lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n");
    assert_eq!(ended.code, Some(0), "{tail}");
    // It has tried all that there is.
    for line in [
        format!("  Selected: {count}/{count}"),
        format!("  Tested: {count}"),
    ] {
        assert!(lines.contains(&line.as_str()), "no `{line}` in\n{tail}");
    }
}

//! The document as a whole.

use crate::operation::Operation;
use crate::{
    artifact_schemas, artifacts, gates, groups, limits, manual_results, messages, reports, results,
    schemas, security, service, test_cases, waiver_life, waivers, waiving,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The version of OpenAPI that the document is written in.
const OPENAPI: &str = "3.1.0";

/// What is true of every path.
const DESCRIPTION: &str = "\
Test results, waivers and gates for release pipelines, on the wire of ResultsDB, WaiverDB and Greenwave.

`HEAD` is answered wherever `GET` is, without a body. `OPTIONS` is answered on every path with the \
methods in `Allow`; any other method is a 405. A path with a slash too many at its end is a 404. \
Where a parameter that is no list is repeated, its first value counts; parameters that a path does \
not know are ignored, but those that read waivers below `/api/v1/`, where they are a 400.

Links in answers begin as the client wrote the request: proxies tell scheme, host and path by \
`X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Script-Name`.

Reading is open. How writers show who they are is the installation's choice: static tokens, tokens of \
an OpenID Connect issuer, a proxy that vouches for them, any name, or nothing.

Times in answers are UTC without a zone. Text in answers is UTF-8.

A body of JSON may be nested 127 levels deep, and no text in it may begin with \
`$serde_json::private::`: 400.";

/// Why the document can't be made: a limit or an example whose schema has another shape.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem(pub String);

/// The document; these keys in this order, all others in alphabetical order.
#[derive(Serialize)]
struct Document {
    openapi: &'static str,
    info: Value,
    servers: Value,
    tags: Value,
    paths: BTreeMap<&'static str, Map<String, Value>>,
    components: Value,
}

/// Every operation of the application.
#[must_use]
pub fn operations() -> Vec<Operation> {
    [
        results::operations(),
        reports::operations(),
        artifacts::operations(),
        manual_results::operations(),
        messages::operations(),
        groups::operations(),
        test_cases::operations(),
        waivers::operations(),
        waiving::operations(),
        waiver_life::operations(),
        gates::operations(),
        service::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn make() -> Result<Document, Problem> {
    let mut schemas = schemas::all()?;
    limits::add(&mut schemas)?;
    artifact_schemas::add(&mut schemas)?;
    let mut paths: BTreeMap<&'static str, Map<String, Value>> = BTreeMap::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_default();
        path.insert(operation.method.to_owned(), operation.into_json());
    }
    Ok(Document {
        openapi: OPENAPI,
        info: json!({
            "title": "Sluicegate",
            "description": DESCRIPTION,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        }),
        // Relative, so that it is right behind every proxy.
        servers: json!([{ "url": "/" }]),
        tags: json!([
            { "name": results::TAG, "description": "What ResultsDB's clients call." },
            { "name": artifacts::TAG, "description": "Version 3 of ResultsDB's API: results of builds, composes, images and modules." },
            { "name": manual_results::TAG, "description": "What people find out by hand." },
            { "name": messages::TAG, "description": "What CI systems and their buses say." },
            { "name": groups::TAG, "description": "Groups of results." },
            { "name": test_cases::TAG, "description": "What is tested." },
            { "name": waivers::TAG, "description": "What WaiverDB's clients call." },
            { "name": waiver_life::TAG, "description": "Waivers with limits and an end, requests, approvals, withdrawals, histories." },
            { "name": gates::TAG, "description": "What Greenwave's clients call." },
            { "name": service::TAG, "description": "The service itself." },
        ]),
        paths,
        components: json!({
            "schemas": schemas,
            "securitySchemes": security::schemes(),
        }),
    })
}

/// The document as JSON.
///
/// # Errors
/// When a limit names a schema that is not there.
pub fn document() -> Result<Value, Problem> {
    encoded(serde_json::to_value(make()?))
}

/// The document's text: indented, with a final newline, the same for the same code.
///
/// # Errors
/// As [`document`].
pub fn text() -> Result<String, Problem> {
    Ok(encoded(serde_json::to_string_pretty(&make()?))? + "\n")
}

fn encoded<T>(result: serde_json::Result<T>) -> Result<T, Problem> {
    result.map_err(|error| Problem(error.to_string()))
}

//! Results of artifacts: `/api/v3`.

use crate::artifact_schemas::{self, PERMISSION};
use crate::operation::Operation;
use crate::parameters::{self, text};
use crate::put::put;
use crate::responses::{self, Style};
use artifact_results::ArtifactType;
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Results of artifacts";

/// The path of each type, by its plural. A path of its own has a body of its own.
const SUBMISSIONS: [(&str, &str); 4] = [
    ("brew-builds", "/api/v3/results/brew-builds"),
    ("productmd-composes", "/api/v3/results/productmd-composes"),
    (
        "redhat-container-images",
        "/api/v3/results/redhat-container-images",
    ),
    ("redhat-modules", "/api/v3/results/redhat-modules"),
];

/// All of them.
pub fn operations() -> Vec<Operation> {
    let submissions = SUBMISSIONS.into_iter().filter_map(|(plural, path)| {
        let artifact = ArtifactType::by_plural(plural)?;
        Some(submit(artifact, path))
    });
    submissions
        .chain([page(), to_page(), schema(), permissions()])
        .collect()
}

fn submit(artifact: &ArtifactType, path: &'static str) -> Operation {
    let id = format!("submit-{}-result", artifact.name);
    let summary = format!("Store a result of a {}", artifact.name);
    let body = artifact_schemas::name(artifact);
    Operation::post(TAG, path, &id, Style::Html, &summary, &body)
        .describe(
            "A result is never changed or deleted. The answer means that it is on disk. \
             Version 2 of the API reads it; its extra data has `type`, `username`, and the fields by their names.",
        )
        .examples(&[("what is required", Value::Object(artifact.example()))])
        .answer(201, responses::object("The result as it is stored.", "Result"))
        .answer(400, responses::bad_request("The body or the key is wrong; nothing is stored."))
        .answer(403, responses::message("The permissions do not name the caller for this test case."))
        .idempotent("The same key with the same body is answered as the first time, and nothing more is stored.")
        .replays()
        .needs_name()
}

fn page() -> Operation {
    let mut page = responses::of_type("The documentation.", "text/html");
    let policy = responses::header("What the page may load: nothing but its own style.");
    put(&mut page, &["headers", "Content-Security-Policy"], policy);
    let summary = "Version 3 of the results API for people";
    let id = "document-artifact-results";
    Operation::get(TAG, "/api/v3/", id, Style::Html, summary).answer(200, page)
}

fn to_page() -> Operation {
    let mut leads = responses::redirect("There it is.");
    let link = json!({ "schema": { "type": "string" } });
    put(&mut leads, &["content", "text/html"], link);
    let id = "find-artifact-results";
    Operation::get(TAG, "/api/v3", id, Style::Html, "Leads to `/api/v3/`").answer(308, leads)
}

fn schema() -> Operation {
    let plurals: Vec<String> = ArtifactType::all()
        .iter()
        .map(ArtifactType::plural)
        .collect();
    let plural = json!({ "type": "string", "enum": plurals });
    let id = "describe-artifact-result";
    let schema = json!({ "type": "object" });
    Operation::get(TAG, "/api/v3/schemas/{type}", id, Style::Html, "The JSON Schema of a body")
        .describe("As ResultsDB has it. It leaves out what the schemas of this document say beside: the outcomes, the limits, and which values are read as numbers and truth.")
        .parameters([parameters::path("type", "The type of artifact.", &plural)])
        .answer(200, responses::json_of("The schema.", &schema))
        .answer(404, responses::message("There is no such type."))
}

fn permissions() -> Operation {
    let entries = json!({ "type": "array", "items": crate::schemas::reference(PERMISSION) });
    let id = "list-permissions";
    Operation::get(
        TAG,
        "/api/v3/permissions",
        id,
        Style::Html,
        "Who may submit",
    )
    .describe("The entries in the order of the installation's file. One that fits is enough.")
    .parameters([text(
        "testcase",
        "Only entries that are about the test case of this name.",
    )])
    .answer(200, responses::json_of("The entries.", &entries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_path() {
        let plurals = ArtifactType::all().iter().map(|artifact| {
            let plural = artifact.plural();
            (plural.clone(), format!("/api/v3/results/{plural}"))
        });
        let paths = SUBMISSIONS.map(|(plural, path)| (plural.to_owned(), path.to_owned()));
        assert!(plurals.eq(paths));
    }
}

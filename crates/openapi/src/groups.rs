//! Groups of results: `/api/v2.0/groups`.

use crate::operation::Operation;
use crate::parameters::{self, text};
use crate::responses::{self, Style};
use crate::results;
use endpoint::results::filter::MAX_PATTERNS;
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Groups";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![query(), put(), get(), query_results()]
}

fn uuid() -> Value {
    let schema = json!({ "type": "string", "minLength": 1 });
    parameters::path("uuid", "Its identifier, any text.", &schema)
}

fn query() -> Operation {
    let id = "query-groups";
    Operation::get(TAG, "/api/v2.0/groups", id, Style::Html, "Groups that match a query, page by page")
        .describe("The newest come first. Lists are separated by commas and not trimmed.")
        .parameters([
            text("uuid", "Only groups with one of these identifiers."),
            text("description", "Only groups with one of these descriptions."),
            text("description:like", &format!("Only groups whose description matches one of these; `*` stands for any text, and there are at most {MAX_PATTERNS}. Without effect beside `description`.")),
        ])
        .parameters(parameters::paging())
        .answer(200, responses::object("A page.", "GroupPage"))
        .answer(400, responses::bad_request("A parameter is wrong."))
        .uses_store()
}

fn put() -> Operation {
    let id = "put-group";
    Operation::post(TAG, "/api/v2.0/groups", id, Style::Html, "Create or update a group", "NewGroup")
        .examples(&[("group", json!({ "uuid": "nightly", "description": "Every night", "ref_url": "https://example.org/nightly" }))])
        .answer(201, responses::object("The group as it is stored.", "Group"))
        .answer(400, responses::bad_request("The body or the key is wrong; nothing is stored."))
        .idempotent("It takes the place of a `uuid` that the body does not have: the same key is the same group, whatever else the body says.")
        .asks_who_calls()
}

fn get() -> Operation {
    Operation::get(
        TAG,
        "/api/v2.0/groups/{uuid}",
        "get-group",
        Style::Html,
        "One group",
    )
    .parameters([uuid()])
    .answer(200, responses::object("The group.", "Group"))
    .answer(404, responses::message("There is no such group."))
    .uses_store()
}

fn query_results() -> Operation {
    let id = "query-group-results";
    Operation::get(
        TAG,
        "/api/v2.0/groups/{uuid}/results",
        id,
        Style::Html,
        "Results of a group, page by page",
    )
    .describe("As `/api/v2.0/results`; `groups` has no effect.")
    .parameters([uuid()])
    .parameters(parameters::of_results())
    .answer(200, responses::object("A page.", "ResultPage"))
    .answer(400, results::bad_query())
    .answer(404, responses::message("There is no such group."))
    .uses_store()
}

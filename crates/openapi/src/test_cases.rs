//! Test cases: `/api/v2.0/testcases`.

use crate::operation::Operation;
use crate::parameters::{self, text};
use crate::responses::{self, Style};
use crate::results;
use endpoint::results::filter::MAX_PATTERNS;
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Test cases";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![query(), put(), get(), query_results()]
}

fn name() -> Value {
    let schema = json!({ "type": "string", "minLength": 1 });
    parameters::path(
        "name",
        "Its name. It may have slashes, encoded or not.",
        &schema,
    )
}

fn query() -> Operation {
    let id = "query-test-cases";
    Operation::get(TAG, "/api/v2.0/testcases", id, Style::Html, "Test cases that match a query, page by page")
        .describe("Sorted by name. Lists are separated by commas and trimmed.")
        .parameters([
            text("name", "Only test cases with one of these names."),
            text("name:like", &format!("Only test cases whose name matches one of these; `*` stands for any text, and there are at most {MAX_PATTERNS}. Without effect beside `name`.")),
        ])
        .parameters(parameters::paging())
        .answer(200, responses::object("A page.", "TestCasePage"))
        .answer(400, responses::bad_request("A parameter is wrong."))
        .uses_store()
}

fn put() -> Operation {
    let id = "put-test-case";
    Operation::post(
        TAG,
        "/api/v2.0/testcases",
        id,
        Style::Html,
        "Create or update a test case",
        "NewTestCase",
    )
    .examples(&[(
        "test case",
        json!({ "name": "dist.rpmdeplint", "ref_url": "https://example.org/rpmdeplint" }),
    )])
    .answer(
        201,
        responses::object("The test case as it is stored.", "TestCase"),
    )
    .answer(
        400,
        responses::bad_request("The body is wrong; nothing is stored."),
    )
    .asks_who_calls()
}

fn get() -> Operation {
    Operation::get(
        TAG,
        "/api/v2.0/testcases/{name}",
        "get-test-case",
        Style::Html,
        "One test case",
    )
    .describe("A path that ends in `/results` asks for results.")
    .parameters([name()])
    .answer(200, responses::object("The test case.", "TestCase"))
    .answer(404, responses::message("There is no such test case."))
    .uses_store()
}

fn query_results() -> Operation {
    let id = "query-test-case-results";
    Operation::get(
        TAG,
        "/api/v2.0/testcases/{name}/results",
        id,
        Style::Html,
        "Results of a test case, page by page",
    )
    .describe("As `/api/v2.0/results`; `testcases` has no effect.")
    .parameters([name()])
    .parameters(parameters::of_results())
    .answer(200, responses::object("A page.", "ResultPage"))
    .answer(400, results::bad_query())
    .answer(404, responses::message("There is no such test case."))
    .uses_store()
}

//! Results: `/api/v2.0/results`.

use crate::operation::Operation;
use crate::parameters;
use crate::responses::{self, Style};
use crate::schemas::reference;
use endpoint::results::filter::{MAX_CONDITIONS, MAX_PATTERNS};
use endpoint::results::submission::{MAX_LIST_ROWS, MAX_RESULTS};
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Results";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![query(), submit(), get(), latest()]
}

/// The 400 of a query.
pub fn bad_query() -> Value {
    responses::bad_request(&format!(
        "A parameter is wrong, or there are more than {MAX_CONDITIONS}, or more than {MAX_PATTERNS} patterns."
    ))
}

fn query() -> Operation {
    let id = "query-results";
    Operation::get(
        TAG,
        "/api/v2.0/results",
        id,
        Style::Html,
        "Results that match a query, page by page",
    )
    .describe("All conditions must be met. `_distinct_on` has no effect here.")
    .parameters(parameters::of_results())
    .answer(200, responses::object("A page.", "ResultPage"))
    .answer(400, bad_query())
    .uses_store()
}

fn submit() -> Operation {
    let id = "submit-result";
    let stored = json!({ "anyOf": [
        reference("Result"),
        { "type": "array", "items": reference("Result"), "minItems": 1, "maxItems": MAX_RESULTS },
    ] });
    Operation::post(TAG, "/api/v2.0/results", id, Style::Html, "Store a result, or a list of them", "NewResults")
        .describe(format!("A result is never changed or deleted. The answer means that it is on disk. A list has at most {MAX_RESULTS} results, and all together at most {MAX_LIST_ROWS} values of extra data and groups; all are stored or none."))
        .examples(&[
            ("passed", json!({
                "outcome": "PASSED",
                "testcase": "dist.rpmdeplint",
                "data": { "item": "nethack-3.6.7-1.fc40", "type": "koji_build" },
            })),
            ("everything", json!({
                "outcome": "FAILED",
                "testcase": { "name": "dist.upgradepath", "ref_url": "https://example.org/upgradepath" },
                "data": { "item": "nethack-3.6.7-1.fc40", "type": "koji_build", "arch": ["x86_64", "noarch"] },
                "groups": ["2f8c1a34-7d15-4f9c-8a39-0f5d1f3f2a10", { "uuid": "nightly", "description": "Every night" }],
                "note": "The branch is new.",
                "ref_url": "https://example.org/runs/7",
                "submit_time": "2026-01-31T12:00:00.000000",
            })),
            ("list", json!([
                { "outcome": "PASSED", "testcase": "dist.rpmdeplint" },
                { "outcome": "INFO", "testcase": "dist.abicheck" },
            ])),
        ])
        .answer(201, responses::json_of("The result, or the list of them in the same order, as stored.", &stored))
        .answer(400, responses::bad_request("The body or the key is wrong; nothing is stored. In a list the entry's index comes first in `loc`."))
        .idempotent("The same key with the same body is answered as the first time, and nothing more is stored.")
        .replays()
        .asks_who_calls()
}

fn get() -> Operation {
    let id = parameters::path(
        "id",
        "Its number.",
        &json!({ "type": "integer", "minimum": 1 }),
    );
    Operation::get(
        TAG,
        "/api/v2.0/results/{id}",
        "get-result",
        Style::Html,
        "One result",
    )
    .parameters([id])
    .answer(200, responses::object("The result.", "Result"))
    .answer(404, responses::message("There is no such result."))
    .uses_store()
}

fn latest() -> Operation {
    let id = "latest-results";
    let distinct_on = parameters::list(
        "_distinct_on",
        "Keys of extra data. The latest result is then that of each test case and each value of these keys; another condition on results is needed beside it.",
        &json!({ "type": "string" }),
    );
    Operation::get(TAG, "/api/v2.0/results/latest", id, Style::Html, "The latest result of each test case")
        .describe("Of results with the same test case and time all are the latest. `outcome`, `page`, `limit` and `_sort` are checked and have no effect.")
        .parameters(parameters::of_results())
        .parameters([distinct_on])
        .answer(200, responses::object("The results.", "LatestResults"))
        .answer(400, bad_query())
        .uses_store()
}

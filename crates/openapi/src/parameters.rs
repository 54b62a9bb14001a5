//! Parameters that several operations have.

use crate::patterns;
use crate::put::put;
use endpoint::results::filter::{DEFAULT_LIMIT, MAX_CONDITIONS, MAX_PATTERNS};
use endpoint::settings::DEFAULT_MAX_PAGE_SIZE;
use endpoint::settings::OUTCOMES;
use http_edge::idempotency::MAX_KEY_CHARS;
use serde_json::{Value, json};

/// The additional outcomes of an installation that sets none of its own, as in spin.toml.
pub const ADDITIONAL_OUTCOMES: [&str; 3] = ["QUEUED", "RUNNING", "ERROR"];

/// A part of the path.
pub fn path(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

/// A parameter of the query.
pub fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// Text in the query.
pub fn text(name: &str, description: &str) -> Value {
    query(name, description, &json!({ "type": "string" }))
}

/// A list in the query, separated by commas.
pub fn list(name: &str, description: &str, entry: &Value) -> Value {
    let mut list = query(
        name,
        description,
        &json!({ "type": "array", "items": entry }),
    );
    put(&mut list, &["style"], "form");
    put(&mut list, &["explode"], false);
    list
}

/// A list of texts, which are trimmed.
fn texts(name: &str, description: &str) -> Value {
    list(name, description, &json!({ "type": "string" }))
}

/// The outcomes that the document knows.
pub fn outcomes() -> Value {
    OUTCOMES
        .iter()
        .chain(&ADDITIONAL_OUTCOMES)
        .copied()
        .collect()
}

fn or_nothing(mut values: Value) -> Value {
    if let Value::Array(values) = &mut values {
        values.push("".into());
    }
    values
}

/// `page` and `limit` of what ResultsDB lists.
pub fn paging() -> [Value; 2] {
    [
        query(
            "page",
            "The page, counted from 0.",
            &json!({ "type": "integer", "minimum": 0, "default": 0 }),
        ),
        query(
            "limit",
            "Entries per page. The most is the setting `max_page_size`, here as it is by default.",
            &json!({ "type": "integer", "minimum": 0, "maximum": DEFAULT_MAX_PAGE_SIZE, "default": DEFAULT_LIMIT }),
        ),
    ]
}

/// The query grammar of results. `test_cases` and `groups` are left out where the path says them.
pub fn of_results() -> Vec<Value> {
    let mut parameters = vec![
        list(
            "outcome",
            "Only results with one of these outcomes, in letters of either case. Empty ones are dropped; an installation may have others than these: the setting `additional_outcomes`.",
            &json!({ "type": "string", "enum": or_nothing(outcomes()) }),
        ),
        texts(
            "testcases",
            "Only results of these test cases, by name. A single value is divided at commas, repeated ones are not.",
        ),
        texts(
            "testcases:like",
            "Only results of test cases whose name matches; `*` stands for any text. It adds to `testcases`.",
        ),
        texts(
            "groups",
            "Only results of these groups, by uuid. A single value is divided at commas, repeated ones are not.",
        ),
        query(
            "since",
            "Only results submitted at `start` or later, or from `start` to `end`: `start` or `start,end`, both in ISO 8601 and inclusive. A time zone is dropped, not converted.",
            &json!({ "type": "string", "pattern": patterns::since_of_results() }),
        ),
        query(
            "_sort",
            "The order; anything else is the newest first.",
            &json!({ "type": "string", "examples": ["asc:submit_time", "desc:submit_time", "disable_sorting"] }),
        ),
    ];
    parameters.extend(paging());
    parameters.push(extra_data());
    parameters
}

/// Any other key of the query.
fn extra_data() -> Value {
    json!({
        "name": "data",
        "in": "query",
        "description": format!("\
            Every other parameter is a condition on extra data: `item=nethack-3.6.7-1.fc40` matches results \
            that have this value under the key `item`. Values are divided at commas, without trimming, and one of \
            them must match; of several keys all must. `item:like=nethack-*` has `*` for any text. What \
            else follows a colon is ignored, and a key with two colons is taken whole. A request has at \
            most {MAX_CONDITIONS} parameters and {MAX_PATTERNS} patterns (`:like`) in all. (The name `data` is not sent.)"),
        "style": "form",
        "explode": true,
        "schema": {
            "type": "object",
            // In a query any value is text.
            "additionalProperties": true,
        },
        "example": { "item": "nethack-3.6.7-1.fc40", "type": "koji_build" },
    })
}

/// The header `Idempotency-Key`.
pub fn idempotency_key(text: &str) -> Value {
    let schema = json!({ "type": "string", "pattern": patterns::idempotency_key(MAX_KEY_CHARS) });
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": format!("\
            Marks the request, so that it may be repeated if there was no answer: 1 to {MAX_KEY_CHARS} \
            visible ASCII characters, such as a UUID. {text} Keys belong to a caller and a path and are \
            kept for ever; all who say no name share theirs."),
        "schema": schema,
    })
}

/// `callback`.
pub fn callback() -> Value {
    text(
        "callback",
        "Answer 200 as a call of this JavaScript function. A name with other characters than letters, digits and `_.$[]` is ignored.",
    )
}

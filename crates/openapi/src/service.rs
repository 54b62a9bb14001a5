//! The service itself.

use crate::operation::Operation;
use crate::put::put;
use crate::responses::{self, Style};
use serde_json::json;

/// How the document groups these operations.
pub const TAG: &str = "Service";

/// What any page in a browser may read.
const HEADERS: [(&str, &str); 1] = [(
    "Access-Control-Allow-Origin",
    "`*`: any page in a browser may read it.",
)];

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![
        index(),
        document(),
        landing_page(),
        about(),
        version(),
        check_health(),
        check_health_of_results(),
    ]
}

fn index() -> Operation {
    Operation::get(TAG, "/", "index", Style::Json, "Where everything is")
        .answer(200, responses::object("Links.", "Index"))
}

fn document() -> Operation {
    let document = json!({ "type": "object" });
    Operation::get(
        TAG,
        "/openapi.json",
        "describe-api",
        Style::Json,
        "This document",
    )
    .answer(200, responses::json_of("The document.", &document))
    .headers(&HEADERS)
}

fn landing_page() -> Operation {
    let id = "landing-page";
    Operation::get(
        TAG,
        "/api/v2.0",
        id,
        Style::Html,
        "What ResultsDB's clients look at first",
    )
    .describe("The status is 300, as it has always been.")
    .answer(300, responses::object("Links and outcomes.", "LandingPage"))
}

fn about() -> Operation {
    let mut both = responses::object("Both.", "About");
    for (name, text) in HEADERS {
        put(&mut both, &["headers", name], responses::header(text));
    }
    let summary = "Version and way of authentication";
    Operation::get(TAG, "/api/v1.0/about", "about", Style::Json, summary).answer(200, both)
}

fn version() -> Operation {
    Operation::get(
        TAG,
        "/api/v1.0/version",
        "version",
        Style::Json,
        "Leads to `/api/v1.0/about`",
    )
    .answer(302, responses::redirect("There it is."))
}

fn check_health() -> Operation {
    Operation::get(
        TAG,
        "/healthcheck",
        "check-health",
        Style::Html,
        "Does the store answer?",
    )
    .answer(200, responses::of_type("It does.", "text/plain"))
    .answer(503, responses::message("It does not."))
}

fn check_health_of_results() -> Operation {
    let id = "check-health-of-results";
    Operation::get(
        TAG,
        "/api/v2.0/healthcheck",
        id,
        Style::Html,
        "Does the store answer? As ResultsDB says it",
    )
    .answer(200, responses::message("It does."))
    .answer(503, responses::message("It does not."))
}

//! The service itself.

use crate::forms::or_page;
use crate::gates;
use crate::operation::Operation;
use crate::parameters;
use crate::responses::{self, Style};
use serde_json::{Value, json};

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
        index_of_gates(),
        index_page(),
        icon(),
        document(),
        landing_page(),
        about(),
        version(),
        check_health(),
        check_health_of_results(),
        metrics("/metrics", "report-metrics"),
        metrics("/api/v1.0/metrics", "report-metrics-of-waivers"),
    ]
}

fn index() -> Operation {
    Operation::get(TAG, "/", "index", Style::Json, "Where everything is")
        .describe("A client that names `text/html` in `Accept` gets the page of `/index`.")
        .parameters([parameters::callback()])
        .answer(200, or_page(responses::or_jsonp(links())))
        .answer(405, or_page(responses::method_not_allowed(Style::Json)))
}

/// The same without a page, for those who know Greenwave by the prefix of its paths alone.
fn index_of_gates() -> Operation {
    let id = "index-of-gates";
    let summary = "Where everything is, as Greenwave says it";
    gates::of_gates(
        Operation::get(TAG, "/api/v1.0/", id, Style::Json, summary)
            .parameters([parameters::callback()])
            .answer(200, responses::or_jsonp(links())),
    )
}

fn links() -> Value {
    responses::object("Links, and how outcomes count.", "Index")
}

fn index_page() -> Operation {
    let id = "index-page";
    Operation::get(
        TAG,
        "/index",
        id,
        Style::Html,
        "Where everything is, for people",
    )
    .answer(200, responses::of_type("The page.", "text/html"))
}

fn icon() -> Operation {
    Operation::get(TAG, "/favicon.png", "icon", Style::Html, "The page's icon")
        .answer(200, responses::image("The icon.", "image/png"))
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
    let both = responses::or_jsonp(responses::object("Both.", "About"));
    let summary = "Version and way of authentication";
    let about = Operation::get(TAG, "/api/v1.0/about", "about", Style::Json, summary);
    gates::of_gates(about.parameters([parameters::callback()]).answer(200, both))
}

fn version() -> Operation {
    let summary = "Leads to `/api/v1.0/about`";
    gates::of_gates(
        Operation::get(TAG, "/api/v1.0/version", "version", Style::Json, summary)
            .answer(302, responses::redirect("There it is.")),
    )
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
    .answer(503, responses::come_back("It does not. Please try again."))
    .headers(&[gates::STRICTLY_OVER_HTTPS])
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
    .answer(503, responses::come_back("It does not. Please try again."))
}

fn metrics(path: &'static str, id: &str) -> Operation {
    let text = responses::of_type("The numbers, in Prometheus's text format.", "text/plain");
    Operation::get(TAG, path, id, Style::Json, "How much is stored")
        .answer(200, text)
        .uses_store()
}

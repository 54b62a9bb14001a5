//! Waivers: `/api/v1.0/waivers/`.

use crate::limits::truth_words;
use crate::operation::Operation;
use crate::parameters::{self, query, text};
use crate::patterns;
use crate::responses::{self, Style};
use endpoint::waivers::creation::MAX_WAIVERS;
use endpoint::waivers::filter::MAX_WAIVERS as MAX_FILTERED;
use endpoint::waivers::filtered::MAX_KINDS;
use endpoint::waivers::list::{DEFAULT_LIMIT, MAX_LIMIT};
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Waivers";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![query_waivers(), waive(), get(), filter(), match_subjects()]
        .into_iter()
        .map(Operation::shared)
        .collect()
}

fn query_waivers() -> Operation {
    let id = "query-waivers";
    let number = |default: u64| json!({ "type": "integer", "default": default });
    let truth = json!({ "type": "string", "pattern": truth_words() });
    let since = json!({ "type": "string", "pattern": patterns::since_of_waivers() });
    Operation::get(TAG, "/api/v1.0/waivers/", id, Style::Json, "Waivers that match a query, page by page")
        .describe("The newest come first. All conditions must be met; an empty one is none. Without the slash at its end the path leads here (308). Beyond the last page there are no links.")
        .parameters([
            query("page", "The page, counted from 1.", &number(1)),
            query("limit", &format!("Entries per page, of which there are at most {MAX_LIMIT}."), &number(DEFAULT_LIMIT)),
            text("subject_type", "Type of the subject."),
            text("subject_identifier", "The subject."),
            text("testcase", "Name of the test case."),
            text("scenario", "The scenario."),
            text("product_version", "The product version."),
            text("username", "Who waived."),
            text("proxied_by", "Who asked for it on behalf of somebody."),
            query("since", "When: `start`, `start,end`, `start,` or `,end`, each a time in ISO 8601, inclusive.", &since),
            query("include_obsolete", "Whether to list waivers, too, that newer ones of the same user have taken the place of.", &truth),
            parameters::callback(),
        ])
        .answer(200, responses::or_jsonp(responses::object("A page.", "WaiverPage")))
        .answer(400, bad_request("A parameter is wrong."))
        .uses_store()
}

/// The 400 of waivers, whose message on `since` is an object.
fn bad_request(description: &str) -> Value {
    let mut response = responses::bad_request(description);
    let forms = response.pointer_mut("/content/application~1json/schema/anyOf");
    if let Some(Value::Array(forms)) = forms {
        forms.push(json!({
            "type": "object",
            "description": "A time in `since` is none.",
            "required": ["message"],
            "properties": { "message": {
                "type": "object",
                "required": ["since"],
                "properties": { "since": { "type": "string" } },
            } },
        }));
    }
    response
}

fn waive() -> Operation {
    let id = "waive";
    let waiver = |testcase: &str, comment: &str| {
        json!({
            "subject_type": "koji_build",
            "subject_identifier": "nethack-3.6.7-1.fc40",
            "testcase": testcase,
            "product_version": "fedora-40",
            "comment": comment,
        })
    };
    let [first, second] = [
        waiver("dist.upgradepath", "the branch is new"),
        waiver("dist.abicheck", "a game has no ABI"),
    ];
    let stored = json!({ "anyOf": [
        crate::schemas::reference("Waiver"),
        { "type": "array", "items": crate::schemas::reference("Waiver") },
    ] });
    Operation::post(TAG, "/api/v1.0/waivers/", id, Style::Json, "Waive, or withdraw waivers", "NewWaivers")
        .describe(format!("A waiver is never changed or deleted; a newer one takes its place. At most {MAX_WAIVERS} are made at once, all or none."))
        .examples(&[("one", first.clone()), ("list", json!([first, second]))])
        .answer(201, responses::or_jsonp(responses::json_of("The waiver, or the list of them, as stored.", &stored)))
        .parameters([parameters::callback()])
        .answer(400, responses::bad_request("The body is wrong, or the result that it names is none to waive; nothing is stored."))
        .answer(403, responses::message("The caller may not waive this test case, or not on behalf of others."))
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
        "/api/v1.0/waivers/{id}",
        "get-waiver",
        Style::Json,
        "One waiver",
    )
    .parameters([id, parameters::callback()])
    .answer(
        200,
        responses::or_jsonp(responses::object("The waiver.", "Waiver")),
    )
    .answer(404, responses::message("There is no such waiver."))
    .uses_store()
}

fn filter() -> Operation {
    let id = "filter-waivers";
    Operation::post(TAG, "/api/v1.0/waivers/+filtered", id, Style::Json, "Waivers that match any of several filters", "WaiverFilters")
        .describe(format!("Without pages: the newest {MAX_FILTERED} at most. A newer waiver takes the place of an older one of any user. Filters that name the same conditions and the same `since` are of one kind; there are at most {MAX_KINDS} kinds."))
        .examples(&[("filters", json!({ "filters": [
            { "subject_type": "koji_build", "subject_identifier": "nethack-3.6.7-1.fc40", "testcase": "dist.abicheck" },
            { "product_version": "fedora-40", "since": "2026-01-31T12:00:00" },
        ] }))])
        .parameters([parameters::callback()])
        .answer(200, responses::or_jsonp(responses::object("The waivers.", "FilteredWaivers")))
        .answer(400, bad_request("The body is wrong."))
        .uses_store()
}

fn match_subjects() -> Operation {
    let id = "match-waivers";
    Operation::post(TAG, "/api/v1.0/waivers/+by-subjects-and-testcases", id, Style::Json, "Waivers for results, by subjects in their old form", "WaiverMatches")
        .describe(format!("The older form of `+filtered`. Without pages: the newest {MAX_FILTERED} at most. A newer waiver takes the place of an older one of the same user."))
        .examples(&[("results", json!({
            "results": [{ "subject": { "type": "koji_build", "item": "nethack-3.6.7-1.fc40" }, "testcase": "dist.abicheck" }],
            "product_version": "fedora-40",
        }))])
        .parameters([parameters::callback()])
        .answer(200, responses::or_jsonp(responses::object("The waivers.", "FilteredWaivers")))
        .answer(400, bad_request("The body is wrong."))
        .uses_store()
}

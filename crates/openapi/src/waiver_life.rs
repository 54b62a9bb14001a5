//! The life of waivers: `/api/v1/waivers`.

use crate::limits::{Addition, pattern};
use crate::operation::Operation;
use crate::parameters::{self, query, text};
use crate::patterns;
use crate::responses::{self, Style};
use endpoint::fields::{MAX_COMMENT_CHARS, MAX_ITEMS, MAX_LINK_CHARS, MAX_NAME_CHARS};
use endpoint::waivers::fields::{
    MAX_PRODUCT_VERSION_CHARS, MAX_SCENARIO_CHARS, MAX_USERNAME_CHARS,
};
use endpoint::waivers::life::body::{KNOWN_ISSUE, REASONS};
use endpoint::waivers::life::query::{DEFAULT_LIMIT, MAX_LIMIT, MAX_PAGE};
use endpoint::waivers::life::wire::STATES;
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "The life of waivers";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![list(), request(), get(), history(), decide(), withdraw()]
}

fn id() -> Value {
    let schema = json!({ "type": "integer", "minimum": 1 });
    parameters::path("id", "The waiver's number.", &schema)
}

/// A time with a zone, or nothing.
fn time() -> Value {
    let pattern = patterns::with_zone();
    json!({ "anyOf": [{ "type": "string", "pattern": pattern }, { "const": "" }] })
}

fn as_of() -> Value {
    query(
        "as_of",
        "As it was at this time, RFC 3339, instead of now: what was stored later has not happened.",
        &time(),
    )
}

fn list() -> Operation {
    let number = |default: u32, most: u32| json!({ "type": "integer", "minimum": 1, "maximum": most, "default": default });
    let states: Vec<&str> = STATES.iter().map(|(name, _)| *name).collect();
    Operation::get(
        TAG,
        "/api/v1/waivers",
        "list-waivers",
        Style::Json,
        "Waivers and requests for them, with their states",
    )
    .describe("The newest come first. All conditions must be met; an empty one is none.")
    .parameters([
        text("subject_type", "Type of the subject."),
        text("subject_identifier", "The subject."),
        text("testcase", "Name of the test case."),
        text("scenario", "The scenario."),
        text("product_version", "The product version, exactly."),
        text("username", "Who waived, or asked to."),
        text("proxied_by", "Who did so on behalf of somebody."),
        query(
            "reason",
            "Class of the reason.",
            &json!({ "type": "string", "examples": REASONS }),
        ),
        query("state", "How far it has come.", &json!({ "enum": states })),
        query("since", "Stored at this time, RFC 3339, or later.", &time()),
        as_of(),
        query("page", "The page, counted from 1.", &number(1, MAX_PAGE)),
        query(
            "limit",
            "Entries per page.",
            &number(DEFAULT_LIMIT, MAX_LIMIT),
        ),
    ])
    .answer(200, responses::object("A page.", "WaiverLives"))
    .answer(400, responses::bad_request("A parameter is wrong."))
    .uses_store()
}

fn request() -> Operation {
    let waiver = json!({
        "subject_type": "koji_build",
        "subject_identifier": "nethack-3.6.7-1.fc40",
        "testcase": "dist.abicheck",
        "product_version": "fedora-40",
        "contexts": ["bodhi_update_push_stable"],
        "reason": "known-issue",
        "link": "https://bugs.example.org/1234",
        "comment": "a game has no ABI",
    });
    Operation::post(TAG, "/api/v1/waivers", "request-waiver", Style::Json, "Waive with limits and an end, or ask for it", "WantedWaiver")
        .describe("If the caller may not waive this test case, if a second person has to approve of it, or with `request`, the waiver is stored in the state `requested` and counts from its approval on. The state is in the answer.")
        .examples(&[("known issue", waiver)])
        .answer(201, responses::object("The waiver as stored.", "WaiverLife"))
        .answer(400, responses::bad_request("The body is wrong; nothing is stored."))
        .answer(403, responses::message("The caller may not act on behalf of others."))
        .needs_name()
}

fn get() -> Operation {
    Operation::get(
        TAG,
        "/api/v1/waivers/{id}",
        "trace-waiver",
        Style::Json,
        "One waiver, with its state",
    )
    .parameters([id(), as_of()])
    .answer(200, responses::object("The waiver.", "WaiverLife"))
    .answer(400, responses::bad_request("A parameter is wrong."))
    .answer(
        404,
        responses::message("There is no such waiver, or was none at that time."),
    )
    .uses_store()
}

fn history() -> Operation {
    Operation::get(
        TAG,
        "/api/v1/waivers/{id}/history",
        "list-steps-of-waiver",
        Style::Json,
        "Who did what to a waiver, when and why",
    )
    .parameters([id(), as_of()])
    .answer(
        200,
        responses::object("The steps, the first one first.", "WaiverHistory"),
    )
    .answer(400, responses::bad_request("A parameter is wrong."))
    .answer(404, responses::message("There is no such waiver."))
    .uses_store()
}

/// What both kinds of steps have.
fn step(operation: Operation) -> Operation {
    operation
        .parameters([id()])
        .answer(
            201,
            responses::object("The waiver after the step.", "WaiverLife"),
        )
        .answer(
            400,
            responses::bad_request("The body is wrong; nothing is stored."),
        )
        .answer(404, responses::message("There is no such waiver."))
        .answer(
            409,
            responses::message(
                "The steps before do not allow it; the message says what can be done.",
            ),
        )
        .needs_name()
}

fn decide() -> Operation {
    let said = json!({ "approved": true, "comment": "seen the bug" });
    step(Operation::post(TAG, "/api/v1/waivers/{id}/approval", "decide-on-waiver", Style::Json, "Approve or deny a request", "Approval"))
        .describe("By somebody who may waive this test case and did not ask for it. A request is decided about once.")
        .examples(&[("approve", said)])
        .answer(403, responses::message("The caller may not waive this test case, asked for it, or may not act on behalf of others."))
}

fn withdraw() -> Operation {
    let said = json!({ "comment": "mended" });
    step(Operation::post(TAG, "/api/v1/waivers/{id}/withdrawal", "withdraw-waiver", Style::Json, "Take a waiver or a request back", "Withdrawal"))
        .describe("By whoever made it or may waive this test case. An older waiver that it superseded does not come back.")
        .examples(&[("mended", said)])
        .answer(403, responses::message("The caller neither made the waiver nor may waive this test case, or may not act on behalf of others."))
}

/// The limits of the bodies. Fields below `/api/v1/` that say nothing are left out or null, and none is unknown.
pub fn limits() -> Vec<Addition> {
    let text = |most: usize| json!({ "minLength": 1, "maxLength": most });
    let names = json!({
        "maxItems": MAX_ITEMS,
        "items": { "type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARS },
    });
    let is_linked = json!({ "anyOf": [
        { "properties": { "reason": { "not": { "const": KNOWN_ISSUE } } } },
        { "required": ["link"], "properties": { "link": { "type": "string" } } },
    ] });
    let strict = json!({ "additionalProperties": false });
    let link = json!({ "pattern": "^https?://", "maxLength": MAX_LINK_CHARS });
    let mut additions = vec![
        ("WantedWaiver", "", is_linked),
        (
            "WantedWaiver",
            "/properties/reason",
            json!({ "enum": REASONS }),
        ),
        ("WantedWaiver", "/properties/link", link),
        (
            "WantedWaiver",
            "/properties/waived",
            json!({ "enum": [true, null] }),
        ),
        (
            "WantedWaiver",
            "/properties/expires_at",
            pattern(&patterns::with_zone()),
        ),
        (
            "WantedWaiver",
            "/properties/product_version",
            text(MAX_PRODUCT_VERSION_CHARS),
        ),
        (
            "WantedWaiver",
            "/properties/scenario",
            text(MAX_SCENARIO_CHARS),
        ),
        ("WantedWaiver", "/properties/contexts", names.clone()),
        ("WantedWaiver", "/properties/product_versions", names),
        (
            "WaiverLives",
            "/properties/data",
            json!({ "maxItems": MAX_LIMIT }),
        ),
    ];
    for name in [
        "/properties/subject_type",
        "/properties/subject_identifier",
        "/properties/testcase",
        "/properties/architecture",
        "/properties/variant",
    ] {
        additions.push(("WantedWaiver", name, text(MAX_NAME_CHARS)));
    }
    for schema in ["WantedWaiver", "Approval", "Withdrawal"] {
        additions.push((schema, "", strict.clone()));
        additions.push((schema, "/properties/comment", text(MAX_COMMENT_CHARS)));
        additions.push((schema, "/properties/username", text(MAX_USERNAME_CHARS)));
    }
    additions
}

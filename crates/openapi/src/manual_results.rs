//! What people find out by hand: `/api/v1/manual-results`.

use crate::forms::{self, or_page, page};
use crate::limits::Addition;
use crate::operation::Operation;
use crate::parameters::{self, text};
use crate::put::put;
use crate::responses::{self, Style};
use endpoint::fields::{MAX_COMMENT_CHARS, MAX_LINK_CHARS, MAX_NAME_CHARS};
use endpoint::results::catalogue::MAX_TEST_CASE_CHARS;
use endpoint::results::manual::{MAX_ATTACHMENTS, MAX_BODY_BYTES, MAX_ITEM_CHARS};
use pages::manual_form::FIELDS;
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Manual results";

const PATH: &str = "/api/v1/manual-results";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![form(), record()]
}

fn form() -> Operation {
    let summary = "A form for people to record results with";
    let fields = FIELDS.map(|field| text(field.name, field.hint));
    Operation::get(TAG, PATH, "show-manual-result-form", Style::Json, summary)
        .describe("Parameters fill it in.")
        .parameters(fields)
        .answer(200, page("The form."))
        .needs_name()
}

fn record() -> Operation {
    let result = json!({
        "type": "compose",
        "item": "Fedora-42-20260131.n.0",
        "testcase": "desktop.browser",
        "system_architecture": "aarch64",
        "system_variant": "Workstation",
        "outcome": "FAILED",
        "comment": "It starts and shows nothing.",
        "attachments": ["https://files.example.org/browser.png"],
    });
    let mut fields = forms::fields(&FIELDS);
    put(&mut fields, &["additionalProperties"], false);
    let summary = "Record what you found out by hand";
    Operation::post(TAG, PATH, "record-manual-result", Style::Json, summary, "ManualResult")
        .also_takes("application/x-www-form-urlencoded", &fields)
        .describe("The comment is the result's note. Its data has the other fields, and from the request itself `username`, who sent it, and `timestamp`, when. The form is answered with pages, and taken from its own page alone, which browsers show by `Sec-Fetch-Site` or `Origin`; in `attachments` it has one link on each line.")
        .examples(&[("failed", result)])
        .answer(201, or_page(responses::object("The result as stored.", "Result")))
        .answer(400, or_page(responses::bad_request("Something is wrong; nothing is stored.")))
        .answer(403, or_page(responses::message("The caller may not submit results for this test case, or the form came from elsewhere.")))
        .answer(413, responses::message(&format!("The body is larger than {MAX_BODY_BYTES} bytes.")))
        .answer(415, responses::message("The body is neither JSON nor a form."))
        .idempotent("The same key with the same body is answered as the first time, and nothing more is stored.")
        .replays()
        .needs_name()
}

/// The limits of the body.
pub fn limits() -> Vec<Addition> {
    let text = |most: usize| json!({ "minLength": 1, "maxLength": most });
    let link = json!({
        "type": "string",
        "pattern": r"^https?://[^\s\x00-\x1f\x7f-\x9f]*$",
        "maxLength": MAX_LINK_CHARS,
    });
    let outcomes: Value = parameters::outcomes();
    let mut additions = vec![
        ("ManualResult", "", json!({ "additionalProperties": false })),
        (
            "ManualResult",
            "/properties/outcome",
            json!({ "enum": outcomes }),
        ),
        (
            "ManualResult",
            "/properties/attachments",
            json!({ "maxItems": MAX_ATTACHMENTS, "items": link }),
        ),
    ];
    for (name, most) in [
        ("/properties/type", MAX_NAME_CHARS),
        ("/properties/item", MAX_ITEM_CHARS),
        ("/properties/testcase", MAX_TEST_CASE_CHARS),
        ("/properties/scenario", MAX_NAME_CHARS),
        ("/properties/system_architecture", MAX_NAME_CHARS),
        ("/properties/system_variant", MAX_NAME_CHARS),
        ("/properties/comment", MAX_COMMENT_CHARS),
    ] {
        additions.push(("ManualResult", name, text(most)));
    }
    additions
}

//! Reports of test runs: `/api/v1/reports`.

use crate::operation::Operation;
use crate::parameters;
use crate::responses::{self, Style};
use crate::results::TAG;
use crate::schemas::{MESSAGE, reference};
use endpoint::results::catalogue::MAX_TEST_CASE_CHARS;
use endpoint::results::filter::MAX_CONDITIONS;
use endpoint::results::report::{MAX_BODY_BYTES, MAX_DATA_VALUES, MAX_RESULTS_BYTES};
use reports::MAX_CASES;
use serde_json::{Value, json};

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![submit()]
}

/// The media types by which the report may be sent. Any other will do, too, but a form with files.
const MEDIA_TYPES: &[&str] = &["text/plain", "application/octet-stream"];

fn submit() -> Operation {
    let text = json!({ "type": "string" });
    let created = responses::object("What was stored, and what the report says.", "Report");
    let created = responses::or_text(created, "text/plain");
    let mut operation = Operation::of_text(
        TAG,
        "/api/v1/reports",
        "submit-report",
        Style::Json,
        "Store the results of a report",
        "application/xml",
        &text,
    );
    for media_type in MEDIA_TYPES {
        operation = operation.also_takes(media_type, &text);
    }
    operation
        .describe(format!(
            "A report is JUnit XML or TAP, as it is or as gzip, zlib or base64 of either of these; its content says \
             which, whatever the media type. Each case becomes a result, and all of them together become one more, \
             named by `testcase`, which is what policies ask for. All are in one group and are stored together or \
             not at all: at most {MAX_CASES} cases, {MAX_RESULTS_BYTES} bytes of results and {MAX_DATA_VALUES} \
             values of extra data. Parameters that are not listed here are extra data of every result, such as \
             `item` and `type`; there may be {MAX_CONDITIONS} parameters in all."
        ))
        .parameters(parameters())
        .answer(201, created)
        .answer(
            400,
            responses::json_of(
                "The query or the document is wrong; nothing is stored.",
                &json!({ "anyOf": [reference("UnreadableReport"), reference(MESSAGE)] }),
            ),
        )
        .answer(
            413,
            responses::message(&format!(
                "The body is larger than {MAX_BODY_BYTES} bytes, packed or not, or the report or its results are too large."
            )),
        )
        .answer(403, responses::message("A page of another site sent the request."))
        .answer(415, responses::message("The body is a form with files."))
        .idempotent("The same key with the same body and query is answered as the first time, and nothing more is stored.")
        .replays()
        .asks_who_calls()
}

fn parameters() -> Vec<Value> {
    let words = |words: &[&str]| json!({ "type": "string", "enum": words });
    let mut test_case = parameters::query(
        "testcase",
        "The test case of the whole report, and what the names of all cases begin with.",
        &json!({ "type": "string", "minLength": 1, "maxLength": MAX_TEST_CASE_CHARS, "pattern": "\\S" }),
    );
    crate::put::put(&mut test_case, &["required"], true);
    vec![
        test_case,
        parameters::text("item", "What was tested, such as a name-version-release."),
        parameters::text("type", "Of which type that is, such as `koji_build`."),
        parameters::query(
            "format",
            "What the report is, if its content shall not say it.",
            &words(&["junit", "tap"]),
        ),
        parameters::query(
            "cases",
            "Which cases become results beside that of the whole: all (the default), those that failed or could not be carried through, or none.",
            &words(&["all", "failures", "none"]),
        ),
        parameters::query(
            "skipped",
            "Whether skipped cases become results with the outcome `INFO`, which satisfies a gate. The default is none.",
            &words(&["info", "none"]),
        ),
        parameters::text("ref_url", "Where the details of the run are."),
        parameters::text("description", "What the group of the results is."),
    ]
}

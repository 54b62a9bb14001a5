//! Gates: `/api/v1.0/decision`, `/policies`, `/subject_types` and `/validate-gating-yaml`.

use crate::operation::Operation;
use crate::parameters::{self, query};
use crate::patterns;
use crate::put::put;
use crate::responses::{self, Style};
use crate::schemas::{MESSAGE, reference};
use gate::decide::request::{MAX_DECISION_CONTEXTS, MAX_EXPLAINED_SUBJECTS};
use gate::load::remote::MAX_BYTES;
use serde_json::{Value, json};

/// How the document groups these operations.
pub const TAG: &str = "Gates";

/// What every answer has.
pub const STRICTLY_OVER_HTTPS: (&str, &str) = (
    "Strict-Transport-Security",
    "Browsers stay on HTTPS for a year.",
);

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![
        decide(),
        explain(),
        explain_one(),
        progress(),
        progress_by_query(),
        simulate(),
        policies(),
        subject_types(),
        validate(),
    ]
    .into_iter()
    .map(of_gates)
    .collect()
}

/// The operation with what every answer of a gate has.
pub fn of_gates(operation: Operation) -> Operation {
    operation
        .headers(&[STRICTLY_OVER_HTTPS])
        .shared()
        .shares("Access-Control-Allow-Headers", "`Content-Type`")
        .shares("Access-Control-Allow-Methods", "`POST, OPTIONS`")
        .shares(
            "Access-Control-Allow-Method",
            "The same, as Greenwave has always spelt it.",
        )
}

fn decide() -> Operation {
    let id = "evaluate-gate";
    Operation::post(TAG, "/api/v1.0/decision", id, Style::Json, "May this go on?", "DecisionRequest")
        .describe("Finds the policies that apply to the subjects, reads the latest results and the waivers that they ask for, and decides.")
        .parameters([parameters::callback()])
        .examples(&[
            ("one subject", json!({
                "product_version": "fedora-40",
                "decision_context": "bodhi_update_push_stable",
                "subject_type": "koji_build",
                "subject_identifier": "nethack-3.6.7-1.fc40",
            })),
            ("several, of the past", json!({
                "product_version": "fedora-40",
                "decision_context": ["bodhi_update_push_testing", "bodhi_update_push_stable"],
                "subject": [{ "type": "koji_build", "item": "nethack-3.6.7-1.fc40" }],
                "verbose": true,
                "when": "2026-01-31T12:00:00.000000",
            })),
            ("own rules", json!({
                "product_version": "fedora-40",
                "subject_type": "koji_build",
                "subject_identifier": "nethack-3.6.7-1.fc40",
                "rules": [{ "type": "PassingTestCaseRule", "test_case_name": "dist.rpmdeplint" }],
            })),
        ])
        .answer(200, responses::or_jsonp(responses::object("The decision.", "Decision")))
        .answer(400, responses::message("The body is wrong."))
        .answer(404, responses::message("No policy applies to a subject, or a build is unknown whose creation time a rule needs."))
        .answer(415, responses::message("The body's media type is neither `application/json` nor `application/…+json`, or the body says nothing."))
        .answer(502, responses::message("A remote rule can't be read, so that the gate stays closed."))
        .answer(504, responses::message("Koji does not say in time when a build was created."))
        .uses_store()
}

/// An explanation in each of its forms.
fn explained(description: &str) -> Value {
    let response = responses::or_jsonp(responses::object(description, "Explanation"));
    responses::or_text(responses::or_text(response, "text/plain"), "text/html")
}

/// What both ways of asking for an explanation have.
fn explaining(operation: Operation) -> Operation {
    let mut none = explained(
        "No policy applies to a subject, and the explanation says why; or no policies are known of the time, or a build is unknown whose creation time a rule needs.",
    );
    let forms = ["Explanation", MESSAGE].map(reference);
    put(
        &mut none,
        &["content", "application/json", "schema"],
        json!({ "anyOf": forms }),
    );
    operation
        .parameters([parameters::callback()])
        .answer(
            200,
            explained("The explanation: JSON, or what `Accept` names."),
        )
        .answer(404, none)
        .answer(502, responses::message("A remote rule can't be read."))
        .answer(
            504,
            responses::message("Koji does not say in time when a build was created."),
        )
        .uses_store()
}

fn explain() -> Operation {
    let summary = "Why may this go on, or not?";
    explaining(Operation::post(TAG, "/api/v1/explain", "explain-gate", Style::Json, summary, "DecisionRequest"))
        .describe(format!("Of each policy why it applies or not, of each rule what was looked for and found, the waivers that nearly cover it, and the smallest set of actions that opens the gate. Made from the trace of the decision itself. At most {MAX_EXPLAINED_SUBJECTS} subjects."))
        .examples(&[("one subject", json!({
            "product_version": "fedora-40",
            "decision_context": "bodhi_update_push_stable",
            "subject_type": "koji_build",
            "subject_identifier": "nethack-3.6.7-1.fc40",
        }))])
        .answer(400, responses::message("The body is wrong."))
        .answer(415, responses::message("The body's media type is neither `application/json` nor `application/…+json`, or the body says nothing."))
}

/// The parameters that name a gate and subjects.
fn asking(subjects: &Value) -> Vec<Value> {
    let contexts = json!({ "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "maxItems": MAX_DECISION_CONTEXTS });
    let needed = |name: &str, what: &str, schema: &Value| {
        let mut parameter = query(name, what, schema);
        put(&mut parameter, &["required"], true);
        parameter
    };
    let text = json!({ "type": "string", "minLength": 1 });
    vec![
        needed("product_version", "The product version.", &text),
        needed(
            "decision_context",
            "The decision context, or several.",
            &contexts,
        ),
        needed("subject_type", "Type of the subject.", &text),
        needed("subject_identifier", "The subject.", subjects),
        query(
            "when",
            "Decide as of this time.",
            &json!({ "type": "string", "pattern": patterns::when() }),
        ),
        query(
            "policies_as_of",
            "Decide by the policies that were active at this time, ISO 8601.",
            &json!({ "type": "string", "pattern": patterns::valid() }),
        ),
    ]
}

fn explain_one() -> Operation {
    explaining(Operation::get(
        TAG,
        "/api/v1/explain",
        "explain-gate-for-one",
        Style::Json,
        "The same for one subject",
    ))
    .parameters(asking(&json!({ "type": "string", "minLength": 1 })))
    .answer(400, responses::bad_request("A parameter is wrong."))
    .answer(415, responses::message("There is no parameter."))
}

/// What both ways of asking for progress have.
fn measuring(operation: Operation) -> Operation {
    let response = responses::or_jsonp(responses::object(
        "The progress: JSON, or what `format` or `Accept` names.",
        "Progress",
    ));
    let response = responses::or_text(responses::or_text(response, "text/html"), "image/svg+xml");
    let forms = json!({ "type": "string", "enum": ["json", "html", "svg"] });
    operation
        .parameters([
            parameters::callback(),
            query("format", "The form of the answer, whatever `Accept` says.", &forms),
        ])
        .answer(200, response)
        .answer(404, responses::message("No policy applies to a subject; or no policies are known of the time, or a build is unknown whose creation time a rule needs."))
        .answer(502, responses::message("A remote rule can't be read."))
        .answer(504, responses::message("Koji does not say in time when a build was created."))
        .uses_store()
}

fn progress() -> Operation {
    let summary = "How far have these subjects come?";
    measuring(Operation::post(TAG, "/api/v1/progress", "measure-progress", Style::Json, summary, "DecisionRequest"))
        .describe("Counts what is required by how far it is, of all subjects and of each, with the result or waiver that counts. Made from the trace of the decision itself.")
        .examples(&[("a checklist", json!({
            "product_version": "fedora-40",
            "decision_context": "bodhi_update_push_stable",
            "subject": [
                { "type": "koji_build", "item": "nethack-3.6.7-1.fc40" },
                { "type": "koji_build", "item": "kettle-2.1-3.fc40" },
            ],
        }))])
        .answer(400, responses::bad_request("The body or a parameter is wrong."))
        .answer(415, responses::message("The body's media type is neither `application/json` nor `application/…+json`, or the body says nothing."))
}

fn progress_by_query() -> Operation {
    let subjects =
        json!({ "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1 });
    measuring(Operation::get(
        TAG,
        "/api/v1/progress",
        "measure-progress-by-query",
        Style::Json,
        "The same for subjects of one type",
    ))
    .parameters(asking(&subjects))
    .answer(400, responses::bad_request("A parameter is wrong."))
    .answer(415, responses::message("There is no parameter."))
}

fn simulate() -> Operation {
    let id = "simulate-gate";
    let draft = "--- !Policy\nid: draft\nproduct_versions: [fedora-*]\ndecision_context: bodhi_update_push_stable\n\
                 subject_type: koji_build\nrules:\n  - !PassingTestCaseRule {test_case_name: fresh.test}\n";
    Operation::post(TAG, "/api/v1/simulate", id, Style::Json, "Which gates would other policies open and close?", "Simulation")
    .describe("Decides each subject by the policies in force and by the draft. Nothing of the draft is kept. What the lines of the answer say is in `docs/gates.md`.")
    .examples(&[
        ("listed subjects", json!({
            "policies": draft,
            "product_version": "fedora-40",
            "decision_context": "bodhi_update_push_stable",
            "subjects": [{ "type": "koji_build", "item": "nethack-3.6.7-1.fc40" }],
        })),
        ("a span of time", json!({
            "policies": { "draft.yaml": draft },
            "product_version": "fedora-40",
            "decision_context": ["bodhi_update_push_stable"],
            "since": "2026-01-01",
            "until": "2026-01-31T12:00:00",
            "subject_type": "koji_build",
        })),
    ])
    .answer(200, responses::of_type("JSON lines, each an object with one key: `flip` for each gate that the draft opens or closes, `progress`, and at the end `summary` or, if it failed on the way, `error`. They leave as they are made.", "application/x-ndjson"))
    .answer(400, responses::message("The body is wrong, or the draft can't be read."))
    .uses_store()
}

fn policies() -> Operation {
    let id = "list-policies";
    Operation::get(
        TAG,
        "/api/v1.0/policies",
        id,
        Style::Json,
        "The policies of the service",
    )
    .parameters([parameters::callback()])
    .answer(
        200,
        responses::or_jsonp(responses::object("The policies.", "Policies")),
    )
}

fn subject_types() -> Operation {
    let id = "list-subject-types";
    Operation::get(
        TAG,
        "/api/v1.0/subject_types",
        id,
        Style::Json,
        "The types of subjects that are configured",
    )
    .parameters([parameters::callback()])
    .answer(
        200,
        responses::or_jsonp(responses::object("The subject types.", "SubjectTypes")),
    )
}

fn validate() -> Operation {
    let id = "validate-gating-yaml";
    let text = json!({ "type": "string", "maxLength": MAX_BYTES });
    Operation::of_text(
        TAG,
        "/api/v1.0/validate-gating-yaml",
        id,
        Style::Json,
        "Would gates take this gating.yaml?",
        "application/yaml",
        &text,
    )
    .describe("The file is the whole body, in UTF-8; the media type is not looked at.")
    .parameters([parameters::callback()])
    .answer(
        200,
        responses::or_jsonp(responses::message(
            "They would: `All OK`, or the decision contexts in it that no policy of the service has.",
        )),
    )
    .answer(400, responses::message("They would not, and why."))
    .answer(
        413,
        responses::message(&format!("The file is larger than {MAX_BYTES} bytes.")),
    )
}

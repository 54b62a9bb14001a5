//! Who may waive, and the form for people: `/api/v1.0/permissions`, `/config`, `/waivers/new`.

use crate::artifact_schemas::PERMISSION;
use crate::forms::{self, page};
use crate::limits::truth_words;
use crate::operation::Operation;
use crate::parameters::{self, query, text};
use crate::responses::{self, Style};
use crate::schemas::reference;
use crate::waivers::TAG;
use pages::waiver_form::FIELDS;
use serde_json::{Value, json};

/// Where the form is.
const FORM: &str = "/api/v1.0/waivers/new";

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![
        list_permissions().shared(),
        config().shared(),
        form(),
        submit(),
        to_form(),
    ]
}

fn texts() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn list_permissions() -> Operation {
    let mapped = json!({
        "type": "object",
        "description": "An entry of the older mapping.",
        "required": ["_testcase_regex_pattern", "groups", "maintainers", "name", "users"],
        "properties": {
            "_testcase_regex_pattern": {
                "type": "string",
                "description": "It is about test cases whose names have a match of this.",
            },
            "groups": texts(),
            "maintainers": texts(),
            "name": { "type": "string" },
            "users": texts(),
        },
    });
    let rules = json!({ "type": "array", "items": { "anyOf": [reference(PERMISSION), mapped] } });
    let truth = json!({ "type": "string", "pattern": truth_words() });
    let listed = responses::or_jsonp(responses::json_of("The rules, or a page.", &rules));
    let listed = forms::or_page(listed);
    Operation::get(
        TAG,
        "/api/v1.0/permissions",
        "list-permissions-to-waive",
        Style::Json,
        "Who may waive",
    )
    .describe("The rules in the order of the installation's file. One that fits is enough; if there is none at all, everybody may.")
    .parameters([
        text("testcase", "Only rules that are about the test case of this name."),
        query("html", "Whether to answer with a page.", &truth),
        parameters::callback(),
    ])
    .answer(200, listed)
    .answer(400, responses::bad_request("A parameter is wrong."))
}

fn config() -> Operation {
    let entry = json!({
        "type": "object",
        "required": ["groups", "users"],
        "properties": {
            "groups": texts(),
            "maintainer": { "type": "string" },
            "users": texts(),
        },
    });
    let settings = json!({
        "type": "object",
        "required": ["permission_mapping", "superusers"],
        "properties": {
            "permission_mapping": {
                "type": "object",
                "description": "The older mapping, by regular expressions; empty if the installation has a list.",
                "additionalProperties": entry,
            },
            "superusers": texts(),
        },
    });
    let settings = responses::or_jsonp(responses::json_of("Both.", &settings));
    Operation::get(
        TAG,
        "/api/v1.0/config",
        "describe-waiving",
        Style::Json,
        "The older permissions, and who may waive on behalf of others",
    )
    .parameters([parameters::callback()])
    .answer(200, settings)
}

fn form() -> Operation {
    let summary = "A form for people to waive with";
    let fields = FIELDS.map(|field| text(field.name, field.hint));
    Operation::get(TAG, FORM, "show-waiver-form", Style::Html, summary)
        .describe("Parameters fill it in.")
        .parameters(fields)
        .answer(200, page("The form."))
        .needs_name()
}

fn submit() -> Operation {
    let fields = forms::fields(&FIELDS);
    let summary = "Waive by the form";
    Operation::form(TAG, FORM, "submit-waiver-form", Style::Html, summary, &fields)
        .describe("It is taken from its own page alone, which browsers show by `Sec-Fetch-Site` or `Origin`. Programs post JSON to `/api/v1.0/waivers/`. The waiver is in the caller's own name.")
        .answer(201, page("What is stored."))
        .answer(400, page("The form, with what is wrong."))
        .answer(403, page("The form: the caller may not waive this test case, or it came from elsewhere."))
        .needs_name()
}

fn to_form() -> Operation {
    Operation::get(
        TAG,
        "/api/v1.0/waivers/create",
        "find-waiver-form",
        Style::Html,
        "Leads to the form, with the same query",
    )
    .answer(302, responses::redirect("There it is."))
}

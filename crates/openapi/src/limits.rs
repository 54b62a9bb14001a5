//! What derivation does not know of schemas: limits, from the constants that the code checks with,
//! and patterns of what it reads by hand.

use crate::document::Problem;
use crate::{manual_results, parameters, patterns, schemas, waiver_life};
use endpoint::results::catalogue::{MAX_TEST_CASE_CHARS, MAX_UUID_CHARS};
use endpoint::results::submission::{
    MAX_DATA_TEXT_CHARS, MAX_DATA_VALUES, MAX_GROUPS, MAX_RESULTS,
};
use endpoint::settings::DEFAULT_MAX_PAGE_SIZE;
use endpoint::waivers::creation::MAX_WAIVERS;
use endpoint::waivers::fields::{
    MAX_PRODUCT_VERSION_CHARS, MAX_SCENARIO_CHARS, MAX_USERNAME_CHARS,
};
use endpoint::waivers::filter::MAX_FILTERS;
use endpoint::waivers::list::MAX_LIMIT as MAX_WAIVERS_PER_PAGE;
use fetch_rules::templates::MAX_TEMPLATES;
use gate::decide::request::{MAX_DECISION_CONTEXTS, MAX_SUBJECTS};
use gate::load::MAX_RULES;
use gate::simulate::body as simulate;
use http_edge::time::{FIRST_US, LAST_US};
use http_edge::truth::{FALSE_WORDS, TRUE_WORDS};
use http_edge::validation::{Kind, MAX_LISTED};
use serde_json::{Map, Value, json};

/// Adds them all.
///
/// # Errors
/// When a schema is not there or has another shape.
pub fn add(schemas: &mut Map<String, Value>) -> Result<(), Problem> {
    for (schema, place, addition) in [
        results(),
        manual_results::limits(),
        waivers(),
        waiver_life::limits(),
        gates(),
        answers(),
    ]
    .concat()
    {
        let target = schemas
            .get_mut(schema)
            .and_then(|schema| schema.pointer_mut(place))
            .and_then(Value::as_object_mut)
            .ok_or_else(|| Problem(format!("schema `{schema}` has no `{place}`")))?;
        if let Value::Object(addition) = addition {
            target.extend(addition);
        }
    }
    Ok(())
}

/// A schema, a place in it as a JSON pointer, and what is added there.
pub type Addition = (&'static str, &'static str, Value);

fn non_empty() -> Value {
    json!({ "minLength": 1 })
}

fn at_most(characters: usize) -> Value {
    json!({ "maxLength": characters })
}

/// That a text matches.
pub fn pattern(pattern: &str) -> Value {
    json!({ "pattern": pattern })
}

/// The words for true and false, in letters of either case.
pub fn truth_words() -> String {
    let words = TRUE_WORDS.iter().chain(&FALSE_WORDS);
    let words: Vec<String> = words.map(|word| patterns::either_case(word)).collect();
    format!("^(?:{})$", words.join("|"))
}

fn results() -> Vec<Addition> {
    let uuid = json!({ "minLength": 1, "maxLength": MAX_UUID_CHARS });
    let test_case = json!({ "minLength": 1, "maxLength": MAX_TEST_CASE_CHARS });
    vec![
        (
            "NewResult",
            "/properties/outcome",
            json!({ "enum": parameters::outcomes(), "description": "What came out, in letters of either case. An installation may have other outcomes beside the first four: the setting `additional_outcomes`." }),
        ),
        (
            "NewResult",
            "/properties/data",
            json!({
                "propertyNames": { "pattern": "^[^:]*$", "maxLength": MAX_DATA_TEXT_CHARS },
                "maxProperties": MAX_DATA_VALUES,
                // Of other values that become text the limit is the same.
                "additionalProperties": {
                    "maxLength": MAX_DATA_TEXT_CHARS,
                    "maxItems": MAX_DATA_VALUES,
                    "items": { "maxLength": MAX_DATA_TEXT_CHARS },
                },
            }),
        ),
        (
            "NewResults",
            "/anyOf/1",
            json!({ "minItems": 1, "maxItems": MAX_RESULTS }),
        ),
        (
            "NewResult",
            "/properties/groups",
            json!({ "maxItems": MAX_GROUPS }),
        ),
        ("TestCaseMention", "/anyOf/0", test_case.clone()),
        (
            "TestCaseMention",
            "/anyOf/1/properties/name",
            test_case.clone(),
        ),
        ("GroupMention", "/anyOf/0", uuid.clone()),
        ("GroupMention", "/anyOf/1/properties/uuid", uuid),
        (
            "SubmitTime",
            "/anyOf/0",
            json!({ "minimum": FIRST_US / 1000, "maximum": LAST_US / 1000 }),
        ),
        ("SubmitTime", "/anyOf/1", pattern(&patterns::submit_time())),
        ("NewGroup", "/properties/uuid", at_most(MAX_UUID_CHARS)),
        ("NewTestCase", "/properties/name", test_case),
    ]
}

fn waivers() -> Vec<Addition> {
    let mut additions = vec![
        ("NewWaivers", "/anyOf/1", json!({ "maxItems": MAX_WAIVERS })),
        ("WaiverOfSubject", "/properties/subject_type", non_empty()),
        (
            "WaiverOfSubject",
            "/properties/subject_identifier",
            non_empty(),
        ),
        ("ResultId", "/anyOf/1", pattern("^[0-9]{1,18}$")),
        ("ResultId", "/anyOf/0", json!({ "minimum": 1 })),
        ("Truth", "/anyOf/1", json!({ "enum": [0, 1] })),
        ("Truth", "/anyOf/2", pattern(&truth_words())),
        (
            "WaiverFilters",
            "/properties/filters",
            json!({ "minItems": 1, "maxItems": MAX_FILTERS }),
        ),
        (
            "WaiverFilter",
            "/properties/since",
            pattern(&patterns::since_of_waivers()),
        ),
        (
            "WaiverMatches",
            "/properties/since",
            pattern(&patterns::since_of_waivers()),
        ),
        (
            "WaiverMatches",
            "/properties/results",
            json!({ "maxItems": MAX_FILTERS }),
        ),
    ];
    additions.extend(subject_forms("NewOldSubject"));
    for form in ["WaiverOfSubject", "WaiverOfOldSubject", "WaiverOfResult"] {
        let version = json!({ "minLength": 1, "maxLength": MAX_PRODUCT_VERSION_CHARS });
        additions.push((form, "/properties/product_version", version));
        additions.push((form, "/properties/comment", non_empty()));
        additions.push((form, "/properties/username", at_most(MAX_USERNAME_CHARS)));
    }
    for form in ["WaiverOfSubject", "WaiverOfOldSubject"] {
        additions.push((form, "/properties/testcase", non_empty()));
        additions.push((form, "/properties/scenario", at_most(MAX_SCENARIO_CHARS)));
    }
    additions
}

/// The forms of a subject, each of which has texts that say something.
fn subject_forms(schema: &'static str) -> [Addition; 4] {
    [
        "/anyOf/0/properties/type",
        "/anyOf/0/properties/item",
        "/anyOf/1/properties/original_spec_nvr",
        "/anyOf/2/properties/productmd.compose.id",
    ]
    .map(|place| (schema, place, non_empty()))
}

fn gates() -> Vec<Addition> {
    let needs = |name: &str| json!({ "required": [name] });
    let by_policies = json!({
        "required": ["decision_context"],
        "properties": { "rules": { "type": ["array", "null"], "maxItems": 0 } },
    });
    let by_rules = json!({ "required": ["rules"], "not": needs("decision_context"), "properties": { "rules": { "type": "array", "minItems": 1 } } });
    let one_subject = json!({ "required": ["subject_type", "subject_identifier"] });
    let mut additions = vec![
        (
            "DecisionRequest",
            "",
            json!({ "allOf": [
            { "anyOf": [by_policies, by_rules] },
            { "anyOf": [needs("subject"), one_subject] },
        ] }),
        ),
        (
            "DecisionRequest",
            "/properties/product_version",
            non_empty(),
        ),
        (
            "DecisionRequest",
            "/properties/subject",
            json!({ "minItems": 1, "maxItems": MAX_SUBJECTS }),
        ),
        (
            "DecisionRequest",
            "/properties/when",
            pattern(&patterns::when()),
        ),
        (
            "DecisionRequest",
            "/properties/policies_as_of",
            pattern(&patterns::valid()),
        ),
        (
            "DecisionRequest",
            "/properties/rules",
            json!({ "maxItems": MAX_RULES }),
        ),
        (
            "OnDemandRule",
            "/anyOf/1/properties/sources",
            json!({ "maxItems": MAX_TEMPLATES, "items": { "type": "string", "pattern": patterns::url_template() } }),
        ),
        (
            "InformativeBody",
            "/anyOf/1",
            json!({ "additionalProperties": false, "minProperties": 1 }),
        ),
        (
            "InformativeBody",
            "/anyOf/1/properties/since",
            pattern(&patterns::valid()),
        ),
        (
            "InformativeBody",
            "/anyOf/1/properties/until",
            pattern(&patterns::valid()),
        ),
        ("DecisionContext", "/anyOf/0", non_empty()),
        (
            "DecisionContext",
            "/anyOf/1",
            json!({ "minItems": 1, "maxItems": MAX_DECISION_CONTEXTS }),
        ),
        (
            "OnDemandRule",
            "/anyOf/0/properties/valid_since",
            pattern(&patterns::valid()),
        ),
        (
            "OnDemandRule",
            "/anyOf/0/properties/valid_until",
            pattern(&patterns::valid()),
        ),
    ];
    additions.extend(subject_forms("SubjectEntry"));
    additions.extend(simulation());
    additions
}

fn simulation() -> Vec<Addition> {
    let name = json!({ "minLength": 1, "maxLength": simulate::MAX_NAME_CHARS });
    let forms = json!({ "anyOf": [
        { "required": ["subjects"], "properties": { "since": false, "until": false, "subject_type": false } },
        { "required": ["since"], "properties": { "subjects": false } },
    ] });
    let entries = |most: usize| json!({ "minItems": 1, "maxItems": most });
    vec![
        ("Simulation", "", forms),
        ("Simulation", "/properties/product_version", name.clone()),
        ("Simulation", "/properties/subject_type", name.clone()),
        (
            "Simulation",
            "/properties/subjects",
            entries(simulate::MAX_SUBJECTS),
        ),
        ("ListedSubject", "/properties/type", name.clone()),
        ("ListedSubject", "/properties/item", name),
        (
            "Draft",
            "/anyOf/1",
            json!({ "maxProperties": simulate::MAX_FILES }),
        ),
        ("SimulationContexts", "/anyOf/0", non_empty()),
        (
            "SimulationContexts",
            "/anyOf/1",
            entries(MAX_DECISION_CONTEXTS),
        ),
        ("SimulationContexts", "/anyOf/1/items", non_empty()),
    ]
}

fn answers() -> Vec<Addition> {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let verbose = |what: &str, schema: &str| {
        json!({
            "type": "array",
            "description": format!("The {what} that were looked at; only if `verbose`."),
            "items": schemas::reference(schema),
        })
    };
    vec![
        (
            "ValidationError",
            "/properties/validation_error",
            json!({ "minItems": 1, "maxItems": MAX_LISTED }),
        ),
        ("Mistake", "/properties/type", json!({ "enum": kinds })),
        (
            "Mistake",
            "/properties/loc",
            json!({ "items": { "type": ["string", "integer"] } }),
        ),
        (
            "ResultPage",
            "/properties/data",
            json!({ "maxItems": DEFAULT_MAX_PAGE_SIZE }),
        ),
        (
            "GroupPage",
            "/properties/data",
            json!({ "maxItems": DEFAULT_MAX_PAGE_SIZE }),
        ),
        (
            "TestCasePage",
            "/properties/data",
            json!({ "maxItems": DEFAULT_MAX_PAGE_SIZE }),
        ),
        (
            "WaiverPage",
            "/properties/data",
            json!({ "maxItems": MAX_WAIVERS_PER_PAGE }),
        ),
        (
            "Decision",
            "/properties",
            json!({
                "policy_revision": {
                    "type": "string",
                    "description": "A digest of the policies that were used; only if `verbose`.",
                },
                "results": verbose("results", "Result"),
                "waivers": verbose("waivers", "Waiver"),
            }),
        ),
    ]
}

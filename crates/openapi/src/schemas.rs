//! The schemas that are derived from the types of the wire.

use crate::document::Problem;
use crate::put::put;
use endpoint::{results, service, waivers};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

/// `{"message": …}`.
pub const MESSAGE: &str = "Message";
/// A list of mistakes.
pub const VALIDATION_ERROR: &str = "ValidationError";
/// Pages of results, groups and test cases, each made from one envelope.
pub const PAGES: [(&str, &str); 3] = [
    ("ResultPage", "Result"),
    ("GroupPage", "Group"),
    ("TestCasePage", "TestCase"),
];

/// The name that utoipa gives to a page of results; its entries are put in place of `ENTRY`.
const ENVELOPE: &str = "Envelope_Value";

#[derive(OpenApi)]
#[openapi(components(schemas(
    http_edge::reply::Message,
    http_edge::validation::ValidationError,
    results::wire::ResultJson,
    results::wire::TestCaseJson,
    results::catalogue::GroupJson,
    results::list::Envelope<Value>,
    results::list::Latest,
    results::report::ReportJson,
    results::report::UnreadableReport,
    results::submission_body::NewResults,
    results::manual_body::ManualResultBody,
    results::catalogue_body::NewGroupBody,
    results::catalogue_body::NewTestCaseBody,
    intake::wire::Told,
    intake::wire::ToldOfBatch,
    permissions::Entry,
    waivers::wire::WaiverJson,
    waivers::list::Envelope,
    waivers::list::Filtered,
    waivers::creation_body::NewWaivers,
    waivers::filtered_body::FilteredBody,
    waivers::matching_body::MatchingBody,
    waivers::life::wire::LifeJson,
    waivers::life::wire::LivesJson,
    waivers::life::wire::HistoryJson,
    waivers::life::bodies::WantedBody,
    waivers::life::bodies::ApprovalBody,
    waivers::life::bodies::WithdrawalBody,
    gate::Decision,
    gate::Explanation,
    gate::progress::Progress,
    gate::decide::request_body::DecisionRequestBody,
    gate::simulate::body::SimulationBody,
    gate::PoliciesView,
    gate::SubjectTypesView,
    service::Index,
    service::LandingPage,
    service::About,
)))]
struct Derived;

/// All schemas by name.
///
/// # Errors
/// When the derived document has no schemas, which only another version of utoipa could do.
pub fn all() -> Result<Map<String, Value>, Problem> {
    let mut derived =
        serde_json::to_value(Derived::openapi()).map_err(|error| Problem(error.to_string()))?;
    let schemas = derived.pointer_mut("/components/schemas").map(Value::take);
    let Some(Value::Object(mut schemas)) = schemas else {
        return Err(Problem("utoipa made no schemas".to_owned()));
    };
    schemas.values_mut().for_each(any_of);
    let envelope = schemas
        .remove(ENVELOPE)
        .ok_or_else(|| Problem(format!("there is no `{ENVELOPE}`")))?;
    for (page, entry) in PAGES {
        let mut schema = envelope.clone();
        put(
            &mut schema,
            &["properties", "data", "items"],
            reference(entry),
        );
        schemas.insert(page.to_owned(), schema);
    }
    Ok(schemas)
}

/// A reference to the schema of this name.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An untagged enumeration is read by the first form that fits, so that more than one may: utoipa
/// writes `oneOf` where `anyOf` is true.
fn any_of(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(forms) = fields.remove("oneOf") {
                fields.insert("anyOf".to_owned(), forms);
            }
            fields.values_mut().for_each(any_of);
        }
        Value::Array(entries) => entries.iter_mut().for_each(any_of),
        _ => {}
    }
}

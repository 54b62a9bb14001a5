//! The body of `POST /waivers/+by-subjects-and-testcases`: results, whose subjects are in their old
//! form, and conditions beside them that hold for all of the list.

use crate::records::{Selection, WaiverFilter};
use crate::waivers::fields::{Fields, note_model};
use crate::waivers::filter;
use crate::waivers::subject::{check_old_form, type_and_identifier};
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result};
use serde_json::{Map, Value};

/// Reads the body.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value) -> Result<(Vec<WaiverFilter>, Selection)> {
    let Value::Object(object) = body else {
        return Err(Error::bad_request(
            "The body must be a JSON object, such as {\"results\": [{\"subject\": {\"type\": \
             \"koji_build\", \"item\": \"nethack-3.6.7-1.fc40\"}, \"testcase\": \"dist.abicheck\"}]}.",
        ));
    };
    let mut mistakes = Mistakes::default();
    let results = results(object, &mut mistakes)?;
    let mut fields = Fields {
        object,
        place: &[],
        mistakes: &mut mistakes,
    };
    filter::check(&mut fields);
    let selection = match fields.truth("include_obsolete", false) {
        true => Selection::Standing,
        false => Selection::InForcePerUser,
    };
    mistakes.check()?;
    let common = common(object)?;
    let filters = match results {
        Some(results) if !results.is_empty() => results
            .into_iter()
            .filter_map(|result| with_result(&common, result))
            .collect(),
        _ => vec![common],
    };
    Ok((filters, selection))
}

/// The conditions that hold for every result. A test case beside the list has never been one.
fn common(object: &Map<String, Value>) -> Result<WaiverFilter> {
    Ok(WaiverFilter {
        subject_type: None,
        subject_identifier: None,
        testcase: None,
        scenario: None,
        ..filter::from_object(object)?
    })
}

/// A result's filter; none for a subject that is none, which matches nothing.
fn with_result(common: &WaiverFilter, result: &Map<String, Value>) -> Option<WaiverFilter> {
    let subject = result.get("subject").and_then(Value::as_object)?;
    let (subject_type, subject_identifier) = type_and_identifier(subject)?;
    let testcase = result.get("testcase").and_then(Value::as_str);
    Some(WaiverFilter {
        subject_type: Some(subject_type),
        subject_identifier: Some(subject_identifier),
        testcase: testcase
            .filter(|testcase| !testcase.is_empty())
            .map(str::to_owned),
        ..common.clone()
    })
}

/// The list of results, if there is one.
fn results<'a>(
    object: &'a Map<String, Value>,
    mistakes: &mut Mistakes,
) -> Result<Option<Vec<&'a Map<String, Value>>>> {
    let list = match object.get("results") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(other) => {
            mistakes.add(Kind::List, &["results"], other.clone());
            return Ok(None);
        }
    };
    filter::require_few(list, "results")?;
    let mut results = Vec::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        let place = ["results".into(), index.into()];
        let Value::Object(object) = entry else {
            note_model(mistakes, "TestResult", &place, entry.clone());
            continue;
        };
        let mut fields = Fields {
            object,
            place: &place,
            mistakes,
        };
        check(&mut fields);
        results.push(object);
    }
    Ok(Some(results))
}

fn check(fields: &mut Fields<'_>) {
    match fields.object.get("testcase") {
        Some(Value::String(_)) => {}
        Some(other) => fields.note(Kind::Text, &["testcase"], other.clone()),
        None => fields.note(Kind::Missing, &["testcase"], fields.object.clone().into()),
    }
    match fields.object.get("subject") {
        Some(subject) => check_old_form(fields, subject),
        None => fields.note(Kind::Missing, &["subject"], fields.object.clone().into()),
    }
}

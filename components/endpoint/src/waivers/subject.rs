//! The subject of a waiver in the forms from before it had a type and an identifier: an object, or
//! the id of a result.

use crate::waivers::creation::Target;
use crate::waivers::fields::Fields;
use http_edge::validation::Kind;
use http_edge::{Error, Result};
use serde_json::{Map, Value};

/// The keys of the old form.
pub const KEYS: [&str; 4] = ["type", "item", "original_spec_nvr", "productmd.compose.id"];

/// `brew-build` is another name of `koji_build`.
#[must_use]
pub fn stored_type(subject_type: String) -> String {
    match subject_type.as_str() {
        "brew-build" => "koji_build".to_owned(),
        _ => subject_type,
    }
}

/// Notes what is wrong with the types of an object in the old form that stands at `subject`.
pub fn check_old_form(fields: &mut Fields<'_>, subject: &Value) {
    let Value::Object(keys) = subject else {
        fields.note_model("TestSubject", &["subject"], subject.clone());
        return;
    };
    for key in KEYS {
        if let Some(value) = keys
            .get(key)
            .filter(|value| !value.is_null() && !value.is_string())
        {
            fields.note(Kind::Text, &["subject", key], value.clone());
        }
    }
}

/// Type and identifier of a subject in the old form; `None` if it names none.
#[must_use]
pub fn type_and_identifier(subject: &Map<String, Value>) -> Option<(String, String)> {
    let [kind, item, nvr, compose] = KEYS.map(|key| {
        let text = subject.get(key).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    });
    let (kind, identifier) = match (kind, item, nvr, compose) {
        (Some("koji_build" | "brew-build"), Some(item), _, _) => ("koji_build", item),
        (_, _, Some(nvr), _) => ("koji_build", nvr),
        (_, _, _, Some(compose)) => ("compose", compose),
        (Some(kind), Some(item), _, _) => (kind, item),
        _ => return None,
    };
    Some((kind.to_owned(), identifier.to_owned()))
}

/// What a waiver for a result is for, by the result's extra data (lists by key) and test case.
///
/// # Errors
/// 400 if the result does not tell its subject.
pub fn target_of_result(data: &Map<String, Value>, testcase: &str) -> Result<Target> {
    let first = |key: &str| {
        let value = data
            .get(key)
            .and_then(|values| values.get(0))
            .and_then(Value::as_str);
        value.map(str::to_owned)
    };
    let subject = match (first("original_spec_nvr"), first("type"), first("item")) {
        (Some(nvr), _, _) => Some(("koji_build".to_owned(), nvr)),
        (None, Some(kind), Some(item)) => Some((stored_type(kind), item)),
        _ => None,
    };
    let (subject_type, subject_identifier) = subject.ok_or_else(|| {
        Error::bad_request(
            "It is not possible to submit a waiver by id for this result. \
             Please try again specifying a subject and a testcase.",
        )
    })?;
    let scenario = first("scenario");
    Ok(Target::Subject {
        subject_type,
        subject_identifier,
        testcase: testcase.to_owned(),
        scenario,
    })
}

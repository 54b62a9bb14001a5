//! The body of `POST /waivers/`: one waiver or a list of them, also in the forms from before
//! subjects had a type and an identifier.

use crate::waivers::fields::{Fields, note_model};
use crate::waivers::subject::{check_old_form, stored_type, type_and_identifier};
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Error, Result};
use serde_json::{Map, Value};

/// The most waivers that one request may ask for.
pub const MAX_WAIVERS: usize = 500;

/// What a waiver is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A subject and a test case.
    Subject {
        /// Type of the subject.
        subject_type: String,
        /// The subject.
        subject_identifier: String,
        /// Name of the test case.
        testcase: String,
        /// The scenario, if only one is waived.
        scenario: Option<String>,
    },
    /// A result, whose subject, test case and scenario it takes.
    Result(i64),
}

/// A waiver that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it is for.
    pub target: Target,
    /// Whether to waive, or to withdraw.
    pub waived: bool,
    /// The product version.
    pub product_version: String,
    /// Why.
    pub comment: String,
    /// On whose behalf, if not the caller's.
    pub username: Option<String>,
}

/// The names that the wire has for the two forms of the body.
const ONE: &str = "CreateWaiver";
const LIST: &str = "list[CreateWaiver]";

/// Reads the body. The second value tells whether it was a list, as the answer then is one too.
///
/// # Errors
/// 400 that says what is wrong, in each of the two forms.
pub fn parse(body: &Value) -> Result<(Vec<Wanted>, bool)> {
    let mut mistakes = Mistakes::default();
    let wanted = match body {
        Value::Object(object) => read(object, &[ONE.into()], &mut mistakes)
            .into_iter()
            .collect(),
        Value::Array(entries) => read_list(entries, &mut mistakes)?,
        _ => Vec::new(),
    };
    let is_list = body.is_array();
    if mistakes.is_empty() && (is_list || body.is_object()) {
        return Ok((wanted, is_list));
    }
    let mut all = Mistakes::default();
    if !body.is_object() {
        note_model(&mut all, ONE, &[ONE.into()], body.clone());
    }
    all.extend(mistakes);
    if !is_list {
        all.add(Kind::List, &[LIST], body.clone());
    }
    Err(all.into_error())
}

fn read_list(entries: &[Value], mistakes: &mut Mistakes) -> Result<Vec<Wanted>> {
    if entries.len() > MAX_WAIVERS {
        return Err(Error::bad_request(&format!(
            "At most {MAX_WAIVERS} waivers are made at once."
        )));
    }
    let mut wanted = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let place = [LIST.into(), index.into()];
        match entry {
            Value::Object(object) => wanted.extend(read(object, &place, mistakes)),
            other => note_model(mistakes, ONE, &place, other.clone()),
        }
    }
    Ok(wanted)
}

fn read(object: &Map<String, Value>, place: &[Value], mistakes: &mut Mistakes) -> Option<Wanted> {
    let mut own = Mistakes::default();
    let mut fields = Fields {
        object,
        place,
        mistakes: &mut own,
    };
    let subject_type = fields.text("subject_type");
    let subject_identifier = fields.text("subject_identifier");
    let testcase = fields.text("testcase");
    let subject = object.get("subject").filter(|subject| !subject.is_null());
    if let Some(subject) = subject {
        check_old_form(&mut fields, subject);
    }
    let result_id = fields.result_id();
    let waived = fields.truth("waived", true);
    let product_version = fields.required_text("product_version");
    let comment = fields.required_text("comment");
    let username = fields.text("username").filter(|name| !name.is_empty());
    let scenario = fields.text("scenario");
    let given = Given {
        subject_type,
        subject_identifier,
        testcase,
        subject: subject.and_then(Value::as_object),
        result_id,
        scenario,
    };
    if !own.is_empty() {
        mistakes.extend(own);
        return None;
    }
    match target(given) {
        Ok(target) => Some(Wanted {
            target,
            waived,
            product_version,
            comment,
            username,
        }),
        Err(text) => {
            let text = format!("Value error, {text}");
            mistakes.note(Kind::Value, place.into(), text, object.clone().into());
            None
        }
    }
}

struct Given<'a> {
    subject_type: Option<String>,
    subject_identifier: Option<String>,
    testcase: Option<String>,
    subject: Option<&'a Map<String, Value>>,
    result_id: Option<i64>,
    scenario: Option<String>,
}

/// What the waiver is for, if the fields fit together.
fn target(given: Given<'_>) -> std::result::Result<Target, &'static str> {
    let Given {
        subject_type,
        subject_identifier,
        testcase,
        subject,
        result_id,
        scenario,
    } = given;
    let has_new_form = subject_type.is_some() || subject_identifier.is_some();
    if let Some(id) = result_id {
        return match has_new_form || subject.is_some() || testcase.is_some() || scenario.is_some() {
            true => Err(
                "result_id argument should not be used together with arguments: \
                 subject_identifier, subject_type, subject, testcase, scenario",
            ),
            false => Ok(Target::Result(id)),
        };
    }
    let testcase = testcase.ok_or("Argument testcase is missing")?;
    let (subject_type, subject_identifier) = match (subject, subject_type, subject_identifier) {
        (Some(_), _, _) if has_new_form => {
            return Err(
                "subject argument should not be used together with arguments: \
                 subject_identifier, subject_type",
            );
        }
        (Some(subject), _, _) => type_and_identifier(subject)
            .ok_or("subject must have type and item, original_spec_nvr or productmd.compose.id")?,
        (None, Some(subject_type), Some(identifier)) => (subject_type, identifier),
        _ => {
            return Err(
                "subject must be defined using result_id or subject or both \
                 subject_identifier, subject_type",
            );
        }
    };
    if subject_type.is_empty() || subject_identifier.is_empty() || testcase.is_empty() {
        return Err("subject_type, subject_identifier and testcase must not be empty");
    }
    let subject_type = stored_type(subject_type);
    Ok(Target::Subject {
        subject_type,
        subject_identifier,
        testcase,
        scenario,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_forms_name_a_subject() {
        let check = |body: Value, expected: (&str, &str)| {
            let mut body = body;
            body["product_version"] = "fedora-40".into();
            body["comment"] = "c".into();
            body["testcase"] = "t".into();
            let (wanted, is_list) = parse(&body).unwrap();
            let expected = Target::Subject {
                subject_type: expected.0.into(),
                subject_identifier: expected.1.into(),
                testcase: "t".into(),
                scenario: None,
            };
            assert_eq!((&wanted[0].target, is_list), (&expected, false), "{body}");
            assert!(wanted[0].waived);
        };
        check(
            json!({"subject_type": "x", "subject_identifier": "i"}),
            ("x", "i"),
        );
        check(
            json!({"subject_type": "brew-build", "subject_identifier": "i"}),
            ("koji_build", "i"),
        );
        check(
            json!({"subject": {"type": "brew-build", "item": "i"}}),
            ("koji_build", "i"),
        );
        check(
            json!({"subject": {"original_spec_nvr": "n"}}),
            ("koji_build", "n"),
        );
        check(
            json!({"subject": {"productmd.compose.id": "c"}}),
            ("compose", "c"),
        );
        check(json!({"subject": {"type": "x", "item": "i"}}), ("x", "i"));
    }

    #[test]
    fn mistakes_are_told() {
        let good = json!({"subject_type": "x", "subject_identifier": "i", "testcase": "t",
            "product_version": "p", "comment": "c"});
        let check = |name: &str, value: Value, part: &str| {
            let mut body = good.clone();
            body[name] = value;
            let (reply, _) = parse(&body).expect_err(part).into_reply();
            let text = String::from_utf8(reply.body).unwrap();
            assert!(reply.status == 400 && text.contains(part), "{body}: {text}");
        };
        check(
            "comment",
            json!(""),
            "String should have at least 1 character",
        );
        check("comment", json!(5), "string_type");
        check(
            "comment",
            Value::Null,
            r#""loc":["list[CreateWaiver]"],"msg":"Input should be a valid list""#,
        );
        check(
            "testcase",
            Value::Null,
            "Value error, Argument testcase is missing",
        );
        check("testcase", json!(""), "must not be empty");
        check(
            "subject_type",
            Value::Null,
            "subject must be defined using result_id or subject or both",
        );
        check(
            "subject",
            json!({"item": "i"}),
            "subject argument should not be used together",
        );
        check("subject", json!(5), "dictionary or instance of TestSubject");
        check(
            "subject",
            json!({"item": 5}),
            r#""loc":["CreateWaiver","subject","item"]"#,
        );
        check(
            "result_id",
            json!(5),
            "result_id argument should not be used together",
        );
        check("result_id", json!("x"), "int_parsing");
        check("result_id", json!([]), "int_type");
        check("result_id", json!(1.5), "int_from_float");
        check("waived", json!("maybe"), "bool_parsing");
        check(
            "product_version",
            json!("x".repeat(201)),
            "at most 200 characters",
        );
        check("scenario", json!("x".repeat(256)), "at most 255 characters");
        check("scenario", json!("a\0"), "U+0000");
        let many = Value::Array(vec![good.clone(); MAX_WAIVERS + 1]);
        assert!(parse(&many).is_err());
        assert_eq!(
            parse(&Value::Array(vec![good.clone(); MAX_WAIVERS]))
                .unwrap()
                .0
                .len(),
            MAX_WAIVERS
        );
    }

    #[test]
    fn mistakes_are_placed_in_each_form() {
        let check = |body: Value, expected: &[Value]| {
            let (reply, _) = parse(&body).unwrap_err().into_reply();
            let answer: Value = serde_json::from_slice(&reply.body).unwrap();
            let found = answer["validation_error"].as_array().unwrap().iter();
            let found: Vec<Value> = found
                .map(|mistake| json!([mistake["loc"], mistake["type"]]))
                .collect();
            assert_eq!(found, expected, "{body}");
        };
        let no_object = json!([["CreateWaiver"], "model_type"]);
        let no_list = json!([["list[CreateWaiver]"], "list_type"]);
        check(json!("x"), &[no_object.clone(), no_list.clone()]);
        check(Value::Null, &[no_object.clone(), no_list.clone()]);
        check(
            json!({"comment": "c", "product_version": 5}),
            &[
                json!([["CreateWaiver", "product_version"], "string_type"]),
                no_list.clone(),
            ],
        );
        check(
            json!({"comment": "c", "product_version": "p"}),
            &[json!([["CreateWaiver"], "value_error"]), no_list],
        );
        check(
            json!([{"comment": "c", "product_version": "p"}, 5, {"product_version": "p"}]),
            &[
                no_object,
                json!([["list[CreateWaiver]", 0], "value_error"]),
                json!([["list[CreateWaiver]", 1], "model_type"]),
                json!([["list[CreateWaiver]", 2, "comment"], "missing"]),
            ],
        );
    }
}

//! The body of `POST /waivers/`: one waiver or a list of them, also in the forms from before
//! subjects had a type and an identifier.

use crate::waivers::fields::{Fields, old_subject};
use crate::waivers::filter::truth_of;
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

/// Reads the body. The second value tells whether it was a list, as the answer then is one too.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value) -> Result<(Vec<Wanted>, bool)> {
    let (entries, is_list) = match body {
        Value::Object(fields) => (vec![fields], false),
        Value::Array(entries) => (objects(entries)?, true),
        _ => {
            return Err(Error::bad_request(
                "The body must be a JSON object or a list of objects.",
            ));
        }
    };
    if entries.len() > MAX_WAIVERS {
        return Err(Error::bad_request(&format!(
            "At most {MAX_WAIVERS} waivers are made at once."
        )));
    }
    let mut wanted = Vec::with_capacity(entries.len());
    for fields in entries {
        let mut mistakes = Mistakes::default();
        let waiver = read(fields, &mut mistakes);
        if !mistakes.is_empty() && !is_list {
            mistakes.add(Kind::List, &["list[CreateWaiver]"], body.clone());
        }
        mistakes.check()?;
        wanted.extend(waiver);
    }
    Ok((wanted, is_list))
}

fn objects(entries: &[Value]) -> Result<Vec<&Map<String, Value>>> {
    let objects: Option<Vec<_>> = entries.iter().map(Value::as_object).collect();
    objects.ok_or_else(|| Error::bad_request("Every entry of the list must be a JSON object."))
}

fn read(object: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Wanted> {
    let mut fields = Fields {
        fields: object,
        mistakes,
    };
    let subject_type = fields.text("subject_type");
    let subject_identifier = fields.text("subject_identifier");
    let testcase = fields.text("testcase");
    let subject = old_subject(&mut fields);
    let result_id = fields.result_id();
    let waived = truth_of(
        object.get("waived"),
        true,
        &["CreateWaiver", "waived"],
        fields.mistakes,
    );
    let product_version = fields.required_text("product_version");
    let comment = fields.required_text("comment");
    let username = fields.text("username").filter(|name| !name.is_empty());
    let scenario = fields.text("scenario");
    if !mistakes.is_empty() {
        return None;
    }
    let given = Given {
        subject_type,
        subject_identifier,
        testcase,
        subject,
        result_id,
        scenario,
    };
    match target(given) {
        Ok(target) => Some(Wanted {
            target,
            waived,
            product_version,
            comment,
            username,
        }),
        Err(text) => {
            mistakes.add_value_error(&["CreateWaiver"], object.clone(), text);
            None
        }
    }
}

struct Given {
    subject_type: Option<String>,
    subject_identifier: Option<String>,
    testcase: Option<String>,
    subject: Option<Map<String, Value>>,
    result_id: Option<i64>,
    scenario: Option<String>,
}

/// What the waiver is for, if the fields fit together.
fn target(given: Given) -> std::result::Result<Target, &'static str> {
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
        (Some(subject), _, _) => subject_of(&subject)?,
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

/// `brew-build` is another name of `koji_build`.
fn stored_type(subject_type: String) -> String {
    match subject_type.as_str() {
        "brew-build" => "koji_build".to_owned(),
        _ => subject_type,
    }
}

fn subject_of(subject: &Map<String, Value>) -> std::result::Result<(String, String), &'static str> {
    let text = |name: &str| {
        let text = subject
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    match (
        text("type"),
        text("item"),
        text("original_spec_nvr"),
        text("productmd.compose.id"),
    ) {
        (Some(kind), Some(item), _, _) if matches!(kind.as_str(), "koji_build" | "brew-build") => {
            Ok(("koji_build".to_owned(), item))
        }
        (_, _, Some(nvr), _) => Ok(("koji_build".to_owned(), nvr)),
        (_, _, _, Some(compose)) => Ok(("compose".to_owned(), compose)),
        (Some(kind), Some(item), _, _) => Ok((kind, item)),
        _ => Err("subject must have type and item, original_spec_nvr or productmd.compose.id"),
    }
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
        check("subject", json!(5), "dict_type");
        check(
            "result_id",
            json!(5),
            "result_id argument should not be used together",
        );
        check("result_id", json!("x"), "int_type");
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
        assert!(parse(&json!([5])).is_err() && parse(&json!("x")).is_err());
    }
}

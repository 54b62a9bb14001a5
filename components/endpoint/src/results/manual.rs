//! The body of `POST /api/v1/manual-results`: what a person found out by hand. Who that was, and when, is
//! not in it: both come from the request itself and stand in the result's data.

use super::catalogue::MAX_TEST_CASE_CHARS;
use crate::fields::{Fields, MAX_COMMENT_CHARS, MAX_NAME_CHARS};
use crate::records::{NewResult, Update};
use http_edge::time::format_us;
use http_edge::{Error, Result};
use serde_json::{Map, Value};

/// How large a body may be, in bytes: each field at its longest, escaped. More is a 413.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The longest name of an item, in characters.
pub const MAX_ITEM_CHARS: usize = 1_000;

/// The most links of one result.
pub const MAX_ATTACHMENTS: usize = 20;

/// The fields of a body.
pub const FIELDS: [&str; 9] = [
    "type",
    "item",
    "testcase",
    "scenario",
    "system_architecture",
    "system_variant",
    "outcome",
    "comment",
    "attachments",
];

/// Where the result's data says who recorded it, as in version 3 and in waivers.
pub const WHO: &str = "username";

/// Where the result's data says when it was recorded, as in waivers.
pub const WHEN: &str = "timestamp";

/// What says who and when, which nobody chooses.
const NOBODYS_CHOICE: [&str; 3] = [WHO, WHEN, "submit_time"];

/// What is said to who tries.
pub const IS_NOTED: &str = "it is noted who sends the request, and when: leave it out";

/// The request, as far as it is in the result.
#[derive(Clone, Copy, Debug)]
pub struct Recording<'a> {
    /// Who records.
    pub user: &'a str,
    /// When, in microseconds since the epoch.
    pub now_us: i64,
    /// The outcomes that there are.
    pub outcomes: &'a [String],
}

/// Whether a field says who recorded the result, or when.
#[must_use]
pub fn is_nobodys_choice(name: &str) -> bool {
    NOBODYS_CHOICE.contains(&name)
}

/// Reads the body.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value, recording: Recording<'_>) -> Result<NewResult> {
    let Value::Object(object) = body else {
        let text = "The body must be a JSON object, of one result.";
        return Err(Error::bad_request(text));
    };
    let (own, others): (Map<_, _>, Map<_, _>) = object
        .clone()
        .into_iter()
        .partition(|(name, _)| !is_nobodys_choice(name));
    let mut fields = Fields::new(&own, &FIELDS);
    for (name, value) in &others {
        fields.refuse(name, value, IS_NOTED);
    }
    let data = data(&mut fields, recording);
    let outcome = outcome(&mut fields, recording.outcomes);
    let test_case = fields.required("testcase", MAX_TEST_CASE_CHARS);
    let comment = fields.required("comment", MAX_COMMENT_CHARS);
    fields.check()?;
    Ok(NewResult {
        outcome,
        test_case,
        test_case_ref_url: Update::Keep,
        groups: Vec::new(),
        note: Some(comment),
        data: Value::Object(data).to_string(),
        ref_url: None,
        submit_time_us: recording.now_us,
    })
}

/// The result's data: lists of texts, without those that are empty.
fn data(fields: &mut Fields<'_>, recording: Recording<'_>) -> Map<String, Value> {
    let text = |text: Option<String>| text.into_iter().collect::<Vec<String>>();
    let entries = [
        ("type", vec![fields.required("type", MAX_NAME_CHARS)]),
        ("item", vec![fields.required("item", MAX_ITEM_CHARS)]),
        ("scenario", text(fields.text("scenario", MAX_NAME_CHARS))),
        (
            "system_architecture",
            text(fields.text("system_architecture", MAX_NAME_CHARS)),
        ),
        (
            "system_variant",
            text(fields.text("system_variant", MAX_NAME_CHARS)),
        ),
        ("attachments", fields.links("attachments", MAX_ATTACHMENTS)),
        (WHO, vec![recording.user.to_owned()]),
        (WHEN, vec![format_us(recording.now_us)]),
    ];
    let entries = entries.into_iter().filter(|(_, values)| !values.is_empty());
    entries
        .map(|(name, values)| (name.to_owned(), values.into()))
        .collect()
}

/// One of the known outcomes, in letters of either case.
fn outcome(fields: &mut Fields<'_>, known: &[String]) -> String {
    let written = fields.required("outcome", MAX_NAME_CHARS);
    let outcome = written.trim().to_uppercase();
    if !written.is_empty() && !known.contains(&outcome) {
        let rule = format!("must be one of: {}", known.join(", "));
        fields.refuse("outcome", &Value::from(written), &rule);
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::MAX_LINK_CHARS;
    use serde_json::json;

    fn read(body: &Value) -> Result<NewResult> {
        let outcomes = ["PASSED", "FAILED"].map(str::to_owned);
        let recording = Recording {
            user: "ann",
            now_us: 1_500_000,
            outcomes: &outcomes,
        };
        parse(body, recording)
    }

    fn good() -> Value {
        json!({"type": "compose", "item": "i", "testcase": "t", "outcome": " passed", "comment": "c"})
    }

    #[test]
    fn a_result_is_read() {
        let mut body = good();
        let result = read(&body).unwrap();
        assert_eq!(
            (result.outcome.as_str(), result.note.as_deref()),
            ("PASSED", Some("c"))
        );
        assert_eq!(
            result.data,
            r#"{"item":["i"],"timestamp":["1970-01-01T00:00:01.500000"],"type":["compose"],"username":["ann"]}"#
        );
        assert_eq!(result.submit_time_us, 1_500_000);
        body["attachments"] = json!(["https://a/1", "http://a/2"]);
        for name in ["scenario", "system_architecture", "system_variant"] {
            body[name] = json!(name);
        }
        let data: Value = serde_json::from_str(&read(&body).unwrap().data).unwrap();
        assert_eq!(data["attachments"], json!(["https://a/1", "http://a/2"]));
        assert_eq!(
            data["system_architecture"],
            json!(["system_architecture"]),
            "{data}"
        );
    }

    #[test]
    fn mistakes_are_told() {
        let check = |name: &str, value: Value, part: &str| {
            let mut body = good();
            body[name] = value;
            let (reply, _) = read(&body).expect_err(part).into_reply();
            let text = String::from_utf8(reply.body).unwrap();
            assert!(reply.status == 400 && text.contains(part), "{name}: {text}");
        };
        for name in ["type", "item", "testcase", "outcome", "comment"] {
            check(name, Value::Null, "Field required");
            check(name, json!(5), "string_type");
        }
        for name in ["username", "timestamp", "submit_time"] {
            check(name, json!("x"), IS_NOTED);
            check(name, Value::Null, IS_NOTED);
        }
        check("outcome", json!("FINE"), "must be one of: PASSED, FAILED");
        check("data", json!({}), "there is no such field, but: type,");
        check("attachments", json!("https://a"), "list_type");
        let link = |length: usize| format!("https://{}", "a".repeat(length - "https://".len()));
        for wrong in ["javascript:x", "https://a b", "https://a\n"] {
            check("attachments", json!([wrong]), "have no blanks");
        }
        check("attachments", json!([link(MAX_LINK_CHARS + 1)]), "at most");
        let many = vec!["https://a"; MAX_ATTACHMENTS + 1];
        check("attachments", json!(many), "at most 20 items");
        let mut body = good();
        body["attachments"] = json!(vec![link(MAX_LINK_CHARS); MAX_ATTACHMENTS]);
        for (name, most) in [
            ("type", MAX_NAME_CHARS),
            ("item", MAX_ITEM_CHARS),
            ("testcase", MAX_TEST_CASE_CHARS),
            ("comment", MAX_COMMENT_CHARS),
        ] {
            check(
                name,
                json!("x".repeat(most + 1)),
                &format!("at most {most}"),
            );
            body[name] = json!("x".repeat(most));
        }
        assert!(read(&body).is_ok());
        assert!(read(&json!([good()])).is_err());
    }
}

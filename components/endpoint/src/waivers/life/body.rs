//! The body of `POST /api/v1/waivers`: a waiver that somebody wants.

use crate::fields::{Fields, MAX_COMMENT_CHARS, MAX_LINK_CHARS, MAX_NAME_CHARS, NO_LINK, is_link};
use crate::records::{NewWaiver, WaiverTerms};
use crate::waivers::fields::{MAX_PRODUCT_VERSION_CHARS, MAX_SCENARIO_CHARS, MAX_USERNAME_CHARS};
use crate::waivers::subject::stored_type;
use http_edge::{Error, Result};
use serde_json::Value;

/// The classes of reasons.
pub const REASONS: [&str; 5] = [
    "infrastructure",
    "known-issue",
    "false-positive",
    "not-relevant",
    "other",
];

/// The class that needs a link.
pub const KNOWN_ISSUE: &str = "known-issue";

const FIELDS: [&str; 16] = [
    "subject_type",
    "subject_identifier",
    "testcase",
    "product_version",
    "scenario",
    "comment",
    "reason",
    "link",
    "contexts",
    "product_versions",
    "architecture",
    "variant",
    "expires_at",
    "username",
    "request",
    "waived",
];

/// A waiver that is asked for, in the name of nobody yet.
#[derive(Debug)]
pub struct Wanted {
    /// The waiver, as if it were granted; `username` and `proxied_by` are empty.
    pub waiver: NewWaiver,
    /// Its terms.
    pub terms: WaiverTerms,
    /// On whose behalf, if not the caller's.
    pub username: Option<String>,
    /// Whether an approval is asked for even if none is needed.
    pub request: bool,
}

/// Reads the body.
///
/// # Errors
/// 400 that says what is wrong.
pub fn parse(body: &Value, now_us: i64) -> Result<Wanted> {
    let Value::Object(object) = body else {
        return Err(Error::bad_request(
            "The body must be a JSON object, of one waiver.",
        ));
    };
    let mut fields = Fields::new(object, &FIELDS);
    let terms = terms(&mut fields, now_us);
    let waiver = NewWaiver {
        subject_type: stored_type(fields.required("subject_type", MAX_NAME_CHARS)),
        subject_identifier: fields.required("subject_identifier", MAX_NAME_CHARS),
        testcase: fields.required("testcase", MAX_NAME_CHARS),
        username: String::new(),
        scenario: fields.text("scenario", MAX_SCENARIO_CHARS),
        proxied_by: None,
        product_version: fields.required("product_version", MAX_PRODUCT_VERSION_CHARS),
        waived: true,
        comment: fields.required("comment", MAX_COMMENT_CHARS),
        timestamp_us: now_us,
        terms: None,
    };
    let username = fields.text("username", MAX_USERNAME_CHARS);
    let request = fields.truth("request").unwrap_or(false);
    if fields.truth("waived") == Some(false) {
        let rule = "a waiver is withdrawn by POST /api/v1/waivers/{id}/withdrawal";
        fields.refuse("waived", &Value::Bool(false), rule);
    }
    fields.check()?;
    Ok(Wanted {
        waiver,
        terms,
        username,
        request,
    })
}

fn terms(fields: &mut Fields<'_>, now_us: i64) -> WaiverTerms {
    let reason = fields.required("reason", MAX_NAME_CHARS);
    if !reason.is_empty() && !REASONS.contains(&reason.as_str()) {
        let rule = format!("must be one of: {}", REASONS.join(", "));
        fields.refuse("reason", &Value::from(reason.as_str()), &rule);
    }
    let link = fields.text("link", MAX_LINK_CHARS);
    if let Some(text) = link.as_ref().filter(|text| !is_link(text)) {
        fields.refuse("link", &Value::from(text.as_str()), NO_LINK);
    }
    if reason == KNOWN_ISSUE && link.is_none() {
        fields.refuse("link", &Value::Null, "a known issue needs a link to it");
    }
    let expires_us = fields.time_us("expires_at");
    if expires_us.is_some_and(|time| time <= now_us) {
        fields.refuse("expires_at", &Value::Null, "must be in the future");
    }
    WaiverTerms {
        contexts: fields.names("contexts"),
        product_versions: fields.names("product_versions"),
        architecture: fields.text("architecture", MAX_NAME_CHARS),
        variant: fields.text("variant", MAX_NAME_CHARS),
        reason,
        link,
        expires_us,
        needs_approval: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::MAX_ITEMS;
    use serde_json::json;

    fn good() -> Value {
        json!({"subject_type": "brew-build", "subject_identifier": "a-1-1", "testcase": "t",
            "product_version": "p", "comment": "c", "reason": "other"})
    }

    #[test]
    fn a_waiver_is_read() {
        let mut body = good();
        body["expires_at"] = json!("1970-01-01T00:00:02Z");
        body["contexts"] = json!(["x"]);
        body["request"] = json!(true);
        let wanted = parse(&body, 1_999_999).unwrap();
        assert_eq!(wanted.waiver.subject_type, "koji_build");
        assert_eq!(wanted.terms.expires_us, Some(2_000_000));
        assert!(wanted.request && wanted.username.is_none());
    }

    #[test]
    fn mistakes_are_told() {
        let check = |name: &str, value: Value, part: &str| {
            let mut body = good();
            body[name] = value;
            let (reply, _) = parse(&body, 2_000_000).expect_err(part).into_reply();
            let text = String::from_utf8(reply.body).unwrap();
            assert!(reply.status == 400 && text.contains(part), "{name}: {text}");
        };
        check("comment", Value::Null, "Field required");
        check("comment", json!(""), "at least 1 character");
        check(
            "comment",
            json!("x".repeat(MAX_COMMENT_CHARS + 1)),
            "at most 10000",
        );
        check("testcase", json!(5), "string_type");
        check("reason", json!("tired"), "must be one of: infrastructure,");
        check("reason", json!("known-issue"), "a known issue needs a link");
        check("link", json!("bug 5"), "must begin with https://");
        check(
            "expires_at",
            json!("1970-01-01T00:00:02Z"),
            "must be in the future",
        );
        check(
            "expires_at",
            json!("2999-01-01T00:00:02"),
            "a time with a zone",
        );
        check(
            "expire_at",
            json!("2999-01-01T00:00:02Z"),
            "there is no such field",
        );
        check("waived", json!(false), "/withdrawal");
        check("request", json!("maybe"), "bool_type");
        check("contexts", json!("x"), "list_type");
        check("contexts", json!([5]), "string_type");
        check(
            "contexts",
            json!(vec!["x"; MAX_ITEMS + 1]),
            "at most 100 items",
        );
        check(
            "product_versions",
            json!(["x".repeat(256)]),
            "at most 255 characters",
        );
        check("variant", json!("a\0"), "U+0000");
        assert!(parse(&json!([good()]), 0).is_err());
        let mut body = good();
        body["contexts"] = json!(vec!["x"; MAX_ITEMS]);
        body["comment"] = json!("x".repeat(MAX_COMMENT_CHARS));
        assert!(parse(&body, 0).is_ok());
    }
}

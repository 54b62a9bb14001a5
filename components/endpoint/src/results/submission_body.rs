//! The body of `POST /results` as the OpenAPI document shows it. The parser beside this file,
//! [`submission`](super::submission), reads JSON by hand; `crates/openapi` compares the two.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A result to store, or a list of them, of which all are stored or none.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum NewResults {
    /// One.
    One(NewResultBody),
    /// Several.
    Several(Vec<NewResultBody>),
}

/// A test result to store. Other fields are ignored. No text may contain the character U+0000.
#[derive(Serialize, ToSchema)]
#[schema(as = NewResult)]
pub struct NewResultBody {
    /// What came out, in letters of either case.
    pub outcome: String,
    /// What was tested. A test case that is not known is created.
    pub testcase: TestCaseMention,
    /// The groups it belongs to. Unknown ones are created, known ones updated.
    pub groups: Option<Vec<GroupMentionBody>>,
    /// Extra data. A value is text or a list of texts; other values are stored as the text that
    /// Python prints, objects as JSON text, and null is dropped. Keys have no colon.
    pub data: Option<BTreeMap<String, Value>>,
    /// A remark.
    pub note: Option<String>,
    /// Where to read more about this run.
    pub ref_url: Option<String>,
    /// When it was done, if not now.
    pub submit_time: Option<SubmitTime>,
}

/// A test case: its name, or an object.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum TestCaseMention {
    /// Its name.
    Name(String),
    /// With a reference.
    Object {
        /// Its name.
        name: String,
        /// Where to read more about it. Left alone if absent; null removes it.
        ref_url: Option<String>,
    },
}

/// A group: its identifier, or an object.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupMention)]
#[serde(untagged)]
pub enum GroupMentionBody {
    /// Its identifier.
    Uuid(String),
    /// With what is to be said of it; what is absent is left alone, and null removes it.
    Object {
        /// Its identifier; without one the group is a new one.
        uuid: Option<String>,
        /// What it is.
        description: Option<String>,
        /// Where to read more about it.
        ref_url: Option<String>,
    },
}

/// A time: milliseconds since 1970, also as text, or `YYYY-MM-DDTHH:MM:SS.ffffff` in UTC with one
/// to six digits of fraction. A time zone behind it is dropped, not converted.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SubmitTime {
    /// Milliseconds since 1970.
    Milliseconds(i64),
    /// Text.
    Text(String),
}

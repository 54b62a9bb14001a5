//! The body of a request → what is to be stored.

use crate::artifact::ArtifactType;
use crate::value::{self, Checked};
use http_edge::validation::{Kind, Mistakes};
use http_edge::{Result, body};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The outcomes that a result may always have, beside those that are configured.
pub const OUTCOMES: [&str; 3] = ["QUEUED", "RUNNING", ERROR_OUTCOME];

/// The outcome that has a reason.
pub const ERROR_OUTCOME: &str = "ERROR";

/// Larger bodies are not shown in the mistakes for missing fields, of which each would show it
/// again. In bytes of JSON.
const MAX_SHOWN_BYTES: usize = 64 * 1024;

/// What stands for a variant that is not given in the items of a compose.
const UNKNOWN_VARIANT: &str = "unknown";

/// A result of an artifact, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// One of the known outcomes.
    pub outcome: String,
    /// Name of the test case.
    pub test_case: String,
    /// Where the test case is described, if it is said.
    pub test_case_ref_url: Option<String>,
    /// Free text for people.
    pub note: Option<String>,
    /// Where the details of the run are.
    pub ref_url: Option<String>,
    data: BTreeMap<&'static str, Vec<String>>,
}

impl Submission {
    /// The extra data as JSON text, sorted keys and lists of texts, with the name of who submits it.
    #[must_use]
    pub fn data(&self, user: &str) -> String {
        let mut data: Map<String, Value> = Map::new();
        for (name, texts) in &self.data {
            data.insert((*name).to_owned(), texts.as_slice().into());
        }
        data.insert("username".to_owned(), json!([user]));
        Value::Object(data).to_string()
    }
}

impl ArtifactType {
    /// Reads a body. `outcomes` are the known ones, in the order in which the message lists them.
    /// Fields that there are not are ignored; null is as good as absent where a field is optional.
    ///
    /// # Errors
    /// 400 that lists every mistake.
    pub fn read(&self, body: &Value, outcomes: &[String]) -> Result<Submission> {
        let mut mistakes = Mistakes::default();
        let Value::Object(given) = body else {
            let message = format!("{} {}", Kind::Model.message(), self.model);
            mistakes.note(Kind::Model, Vec::new(), message, body.clone());
            return Err(mistakes.into_error());
        };
        body::require_no_nul(body)?;
        let mut checked = self.check(body, given, outcomes, &mut mistakes);
        let has_reason = ["error_reason", "issue_url"].map(|name| checked.contains_key(name));
        let outcome = text(&mut checked, "outcome").unwrap_or_default();
        if mistakes.is_empty() && has_reason.contains(&true) && outcome != ERROR_OUTCOME {
            let text = "error_reason and issue_url can be only set for ERROR outcome";
            mistakes.add_value_error(&[], body.clone(), text);
        }
        mistakes.check()?;
        Ok(Submission {
            outcome,
            test_case: text(&mut checked, "testcase").unwrap_or_default(),
            test_case_ref_url: text(&mut checked, "testcase_ref_url"),
            note: text(&mut checked, "note"),
            ref_url: text(&mut checked, "ref_url"),
            data: self.data(checked),
        })
    }

    fn check(
        &self,
        body: &Value,
        given: &Map<String, Value>,
        outcomes: &[String],
        mistakes: &mut Mistakes,
    ) -> BTreeMap<&'static str, Checked> {
        let mut checked = BTreeMap::new();
        let mut shown = None;
        for field in self.fields() {
            match given.get(field.name) {
                None if field.is_required => {
                    let shown = shown.get_or_insert_with(|| shown_body(body));
                    mistakes.add(Kind::Missing, &[field.name], shown.clone());
                }
                None => {}
                Some(Value::Null) if !field.is_required => {}
                Some(value) => {
                    if let Some(value) = value::check(field, value, outcomes, mistakes) {
                        checked.insert(field.name, value);
                    }
                }
            }
        }
        checked
    }

    fn data(
        &self,
        mut checked: BTreeMap<&'static str, Checked>,
    ) -> BTreeMap<&'static str, Vec<String>> {
        let is_scratch = checked.get("scratch") == Some(&Checked::Truth(true));
        let ending = if is_scratch { "_scratch" } else { "" };
        let mut data = BTreeMap::new();
        data.insert("type", vec![format!("{}{ending}", self.name)]);
        if let Some(id) = self.items_from.and_then(|name| text(&mut checked, name)) {
            let part = |name: &str| match checked.get(name) {
                Some(Checked::Text(text)) => text.as_str(),
                _ => "",
            };
            let variant = match part("system_variant") {
                "" => UNKNOWN_VARIANT,
                variant => variant,
            };
            let item = format!("{id}/{variant}/{}", part("system_architecture"));
            data.insert("item", vec![item, id]);
        }
        for field in self.fields().filter(|field| field.is_data) {
            let texts = match checked.remove(field.name) {
                Some(Checked::Text(text)) => vec![text],
                Some(Checked::Texts(texts)) => texts,
                Some(Checked::Truth(_)) | None => continue,
            };
            if !texts.is_empty() {
                data.insert(field.name, texts);
            }
        }
        data
    }
}

fn text(checked: &mut BTreeMap<&'static str, Checked>, name: &str) -> Option<String> {
    match checked.remove(name) {
        Some(Checked::Text(text)) => Some(text),
        _ => None,
    }
}

fn shown_body(body: &Value) -> Value {
    match body.to_string().len() > MAX_SHOWN_BYTES {
        true => Value::Null,
        false => body.clone(),
    }
}

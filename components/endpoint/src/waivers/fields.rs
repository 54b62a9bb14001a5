//! The fields of a new waiver, each checked by itself.

use http_edge::json;
use http_edge::validation::{Kind, Mistakes};
use serde_json::{Map, Value};

/// The longest user name, in characters.
pub const MAX_USERNAME_CHARS: usize = 255;

/// The longest scenario, in characters.
pub const MAX_SCENARIO_CHARS: usize = 255;

/// The longest product version, in characters.
pub const MAX_PRODUCT_VERSION_CHARS: usize = 200;

/// How long texts may be, in characters.
const MAX_CHARS: [(&str, usize); 3] = [
    ("username", MAX_USERNAME_CHARS),
    ("scenario", MAX_SCENARIO_CHARS),
    ("product_version", MAX_PRODUCT_VERSION_CHARS),
];

/// A JSON object, and the mistakes found in it.
pub struct Fields<'a> {
    /// The object.
    pub fields: &'a Map<String, Value>,
    /// The mistakes.
    pub mistakes: &'a mut Mistakes,
}

impl Fields<'_> {
    /// Text or nothing.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                self.check_text(name, text);
                Some(text.clone())
            }
            Some(other) => {
                self.mistakes
                    .add(Kind::Text, &["CreateWaiver", name], other.clone());
                None
            }
        }
    }

    fn check_text(&mut self, name: &str, text: &str) {
        let location = ["CreateWaiver", name];
        if text.contains('\0') {
            self.mistakes.add_value_error(
                &location,
                text,
                "text may not contain the character U+0000",
            );
        }
        let limit = MAX_CHARS.iter().find(|(limited, _)| *limited == name);
        if let Some((_, most)) = limit
            && text.chars().count() > *most
        {
            let rule = format!("must have at most {most} characters");
            self.mistakes.add_value_error(&location, text, &rule);
        }
    }

    /// Text with one character or more.
    pub fn required_text(&mut self, name: &str) -> String {
        let location = ["CreateWaiver", name];
        match self.fields.get(name) {
            None => self
                .mistakes
                .add(Kind::Missing, &location, self.fields.clone()),
            Some(Value::Null) => self.mistakes.add(Kind::Text, &location, Value::Null),
            Some(Value::String(text)) if text.is_empty() => {
                self.mistakes.add(Kind::TooShort, &location, text.as_str());
            }
            _ => return self.text(name).unwrap_or_default(),
        }
        String::new()
    }

    /// The id of a result, also as text.
    pub fn result_id(&mut self) -> Option<i64> {
        let value = match self.fields.get("result_id") {
            None | Some(Value::Null) => return None,
            Some(value) => value,
        };
        let id = match value {
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => json::whole(number),
            _ => None,
        };
        if id.is_none() {
            self.mistakes
                .add(Kind::Integer, &["CreateWaiver", "result_id"], value.clone());
        }
        id
    }
}

/// The subject in its old form.
pub fn old_subject(fields: &mut Fields<'_>) -> Option<Map<String, Value>> {
    let subject = match fields.fields.get("subject") {
        None | Some(Value::Null) => return None,
        Some(Value::Object(subject)) => subject,
        Some(other) => {
            fields
                .mistakes
                .add(Kind::Object, &["CreateWaiver", "subject"], other.clone());
            return None;
        }
    };
    for name in ["type", "item", "original_spec_nvr", "productmd.compose.id"] {
        if let Some(value) = subject
            .get(name)
            .filter(|value| !value.is_null() && !value.is_string())
        {
            fields.mistakes.add(
                Kind::Text,
                &["CreateWaiver", "subject", name],
                value.clone(),
            );
        }
    }
    Some(subject.clone())
}

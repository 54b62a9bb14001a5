//! The fields of a JSON object, each checked by itself, with WaiverDB's words for what is wrong.

use http_edge::validation::{Kind, Mistakes};
use http_edge::{json, truth};
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

/// A JSON object, where it stands in the body, and the mistakes found in it.
pub struct Fields<'a> {
    /// The object.
    pub object: &'a Map<String, Value>,
    /// Names and indices that lead to it.
    pub place: &'a [Value],
    /// The mistakes.
    pub mistakes: &'a mut Mistakes,
}

/// Notes that there is no object for the model `model` at `place`.
pub fn note_model(mistakes: &mut Mistakes, model: &str, place: &[Value], input: Value) {
    let message = format!("{} {model}", Kind::Model.message());
    mistakes.note(Kind::Model, place.into(), message, input);
}

impl Fields<'_> {
    fn place_of(&self, names: &[&str]) -> Vec<Value> {
        let names = names.iter().map(|name| Value::from(*name));
        self.place.iter().cloned().chain(names).collect()
    }

    /// Notes a mistake of a usual kind below the object.
    pub fn note(&mut self, kind: Kind, names: &[&str], input: Value) {
        let place = self.place_of(names);
        self.mistakes
            .note(kind, place, kind.message().to_owned(), input);
    }

    /// Notes that there is no object for the model `model`.
    pub fn note_model(&mut self, model: &str, names: &[&str], input: Value) {
        let place = self.place_of(names);
        note_model(self.mistakes, model, &place, input);
    }

    fn note_rule(&mut self, name: &str, input: &str, rule: &str) {
        let place = self.place_of(&[name]);
        let text = format!("Value error, {rule}");
        self.mistakes.note(Kind::Value, place, text, input.into());
    }

    /// Text or nothing.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.object.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                self.check_text(name, text);
                Some(text.clone())
            }
            Some(other) => {
                self.note(Kind::Text, &[name], other.clone());
                None
            }
        }
    }

    fn check_text(&mut self, name: &str, text: &str) {
        if text.contains('\0') {
            self.note_rule(name, text, "text may not contain the character U+0000");
        }
        let limit = MAX_CHARS.iter().find(|(limited, _)| *limited == name);
        if let Some((_, most)) = limit
            && text.chars().count() > *most
        {
            let rule = format!("must have at most {most} characters");
            self.note_rule(name, text, &rule);
        }
    }

    /// Text with one character or more.
    pub fn required_text(&mut self, name: &str) -> String {
        match self.object.get(name) {
            None => self.note(Kind::Missing, &[name], self.object.clone().into()),
            Some(Value::Null) => self.note(Kind::Text, &[name], Value::Null),
            Some(Value::String(text)) if text.is_empty() => {
                self.note(Kind::TooShort, &[name], text.as_str().into());
            }
            _ => return self.text(name).unwrap_or_default(),
        }
        String::new()
    }

    /// True or false, also as a number or a word; `default` if it is absent.
    pub fn truth(&mut self, name: &str, default: bool) -> bool {
        let Some(value) = self.object.get(name) else {
            return default;
        };
        truth::of_value(value).unwrap_or_else(|kind| {
            self.note(kind, &[name], value.clone());
            default
        })
    }

    /// The id of a result, also as text.
    pub fn result_id(&mut self) -> Option<i64> {
        let value = self.object.get("result_id")?;
        let (id, kind) = match value {
            Value::Null => return None,
            Value::String(text) => (text.trim().parse().ok(), Kind::IntegerText),
            Value::Number(number) => (json::whole(number), Kind::IntegerFraction),
            _ => (None, Kind::Integer),
        };
        if id.is_none() {
            self.note(kind, &["result_id"], value.clone());
        }
        id
    }
}

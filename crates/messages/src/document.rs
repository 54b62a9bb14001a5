//! A JSON document and places in it, which know their path.

use crate::verdict::Rejection;
use http_edge::body;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;

static NULL: Value = Value::Null;

/// A document that has been read.
#[derive(Debug)]
pub struct Document {
    text: String,
    value: Value,
    /// Where the document is in another one.
    place: String,
}

impl Document {
    /// Reads a document in UTF-8.
    pub fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        Self::parse_at(bytes, "")
    }

    /// Reads a document that is at `place` in another one.
    pub fn parse_at(bytes: &[u8], place: &str) -> Result<Self, Rejection> {
        let rejected = |reason: String| Rejection {
            reason,
            path: place.to_owned(),
        };
        let text = std::str::from_utf8(body::without_mark(bytes))
            .map_err(|error| rejected(format!("it is no JSON, because it is no UTF-8: {error}")))?;
        if body::refuse_own_names(text).is_err() {
            return Err(rejected(
                "names and values may not begin with `$serde_json::private::`".to_owned(),
            ));
        }
        let value = serde_json::from_str(text)
            .map_err(|error| rejected(format!("it is no JSON: {error}")))?;
        Ok(Self {
            text: text.to_owned(),
            value,
            place: place.to_owned(),
        })
    }

    /// All of it.
    pub fn root(&self) -> Node<'_> {
        Node {
            document: self,
            value: &self.value,
            steps: Vec::new(),
            known: (0, &self.text),
        }
    }
}

/// A step from a place to one inside of it.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Field(&'a str),
    Entry(usize),
}

/// A place in a document, which may be empty.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    document: &'a Document,
    value: &'a Value,
    steps: Vec<Step<'a>>,
    /// A place on the way here, by how many steps it has, and the JSON text there.
    known: (usize, &'a str),
}

impl<'a> Node<'a> {
    /// A field of an object; an absent one is null.
    pub fn get(&self, name: &'a str) -> Self {
        self.step(Step::Field(name), self.value.get(name))
    }

    /// The fields of an object, or none.
    pub fn fields(&self) -> Vec<(&'a str, Self)> {
        let Some(fields) = self.value.as_object() else {
            return Vec::new();
        };
        let texts = self.texts_of(fields.values(), fields_of);
        let field = |(name, value): (&'a String, &'a Value)| {
            let name = name.as_str();
            let text = texts.as_ref().and_then(|texts| texts.get(name));
            let node = self.step(Step::Field(name), Some(value));
            (name, node.with_text(text))
        };
        fields.iter().map(field).collect()
    }

    /// The entries, if it is a list.
    pub fn list(&self) -> Option<Vec<Self>> {
        let entries = self.value.as_array()?;
        let texts = self.texts_of(entries.iter(), entries_of);
        let entry = |(index, value): (usize, &'a Value)| {
            let text = texts.as_ref().and_then(|texts| texts.get(index));
            let node = self.step(Step::Entry(index), Some(value));
            node.with_text(text)
        };
        Some(entries.iter().enumerate().map(entry).collect())
    }

    /// The first entry of a list, and anything else itself.
    pub fn first(&self) -> Self {
        match self.value.as_array() {
            Some(entries) => self.step(Step::Entry(0), entries.first()),
            None => self.clone(),
        }
    }

    fn step(&self, step: Step<'a>, value: Option<&'a Value>) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self {
            document: self.document,
            value: value.unwrap_or(&NULL),
            steps,
            known: self.known,
        }
    }

    /// The JSON texts of what is in here, if there may be a question about one of them.
    fn texts_of<T>(
        &self,
        mut values: impl Iterator<Item = &'a Value>,
        take_apart: fn(&'a str) -> Option<T>,
    ) -> Option<T> {
        let has_parts = |value: &Value| value.is_array() || value.is_object();
        values.any(has_parts).then(|| take_apart(self.raw()?))?
    }

    /// The place, whose JSON text this is.
    fn with_text(mut self, text: Option<&&'a RawValue>) -> Self {
        if let Some(text) = text {
            self.known = (self.steps.len(), text.get());
        }
        self
    }

    /// What is there.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Whether nothing is there, or null.
    pub fn is_absent(&self) -> bool {
        self.value.is_null()
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.value.is_object()
    }

    /// Text that must be there and not be empty.
    pub fn required_text(&self) -> Result<&'a str, Rejection> {
        match self.text()? {
            Some("") => Err(self.rejected("it is empty")),
            Some(text) => Ok(text),
            None => Err(self.missing()),
        }
    }

    /// Text, if anything is there.
    pub fn text(&self) -> Result<Option<&'a str>, Rejection> {
        match self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            other => Err(self.rejected(&format!("it must be text, got {}", kind(other)))),
        }
    }

    /// An object or list that must be there.
    pub fn required_list(&self) -> Result<Vec<Self>, Rejection> {
        match self.list() {
            Some(entries) => Ok(entries),
            None if self.is_absent() => Err(self.missing()),
            None => Err(self.rejected(&format!("it must be a list, got {}", kind(self.value)))),
        }
    }

    /// A rejection because of this place.
    pub fn rejected(&self, reason: &str) -> Rejection {
        Rejection {
            reason: reason.to_owned(),
            path: self.path(),
        }
    }

    /// A rejection because nothing is here.
    pub fn missing(&self) -> Rejection {
        self.rejected(&format!("the field `{}` is missing", self.path()))
    }

    /// Passes documents without the character U+0000, which no store can keep.
    pub fn refuse_nul(&self) -> Result<(), Rejection> {
        match body::has_nul(self.value) {
            true => Err(self.rejected("text may not contain the character U+0000")),
            false => Ok(()),
        }
    }

    /// Where this is, such as `body.msg.system[0].architecture`.
    pub fn path(&self) -> String {
        let mut path = self.document.place.clone();
        for step in &self.steps {
            match step {
                Step::Entry(index) => path.push_str(&format!("[{index}]")),
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => path.push_str(&format!(".{name}")),
            }
        }
        path
    }

    /// The JSON text of this place with its fields in the order in which they were written, and
    /// a blank after each comma and colon, which is what Python's `json.dumps` makes of it.
    pub fn json_text(&self) -> String {
        let raw = self.raw().map(spaced);
        raw.unwrap_or_else(|| self.value.to_string())
    }

    fn raw(&self) -> Option<&'a str> {
        let (walked, mut here) = self.known;
        for step in self.steps.iter().skip(walked) {
            here = match step {
                Step::Field(name) => fields_of(here)?.get(*name)?.get(),
                Step::Entry(index) => entries_of(here)?.get(*index)?.get(),
            };
        }
        Some(here)
    }
}

fn fields_of(object: &str) -> Option<HashMap<Cow<'_, str>, &RawValue>> {
    serde_json::from_str(object).ok()
}

fn entries_of(list: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(list).ok()
}

/// What a value is, for messages.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// JSON text with blanks only after commas and colons.
fn spaced(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut in_string = false;
    let mut is_escaped = false;
    for character in raw.chars() {
        if in_string {
            text.push(character);
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
        } else if !character.is_ascii_whitespace() {
            text.push(character);
            in_string = character == '"';
            if matches!(character, ',' | ':') {
                text.push(' ');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_know_their_paths() {
        let document = Document::parse(br#"{"a": [{"b.c": 1}]}"#).unwrap();
        let place = document.root().get("a").first().get("x");
        assert_eq!(place.path(), "a[0].x");
        assert!(place.is_absent());
        assert_eq!(place.missing().reason, "the field `a[0].x` is missing");
        let nested = Document::parse_at(b"{}", "data_base64").unwrap();
        assert_eq!(nested.root().get("x").path(), "data_base64.x");
    }

    #[test]
    fn json_text_keeps_its_order() {
        let check = |text: &str, expected: &str| {
            let text = format!(r#"{{"a": [{text}]}}"#);
            let document = Document::parse(text.as_bytes()).unwrap();
            let place = document.root().get("a").first();
            assert_eq!(place.json_text(), expected);
        };
        check(
            "{\"z\":1 ,\n\"a\" :[ 1.50,true ]}",
            r#"{"z": 1, "a": [1.50, true]}"#,
        );
        check(r#"{"k,\"":"a: \\"}"#, r#"{"k,\"": "a: \\"}"#);
    }

    /// If each had to be looked for from the beginning, this would take minutes.
    #[test]
    fn very_many_places_have_their_texts() {
        let objects: Vec<String> = (0..50_000).map(|n| format!("{{\"n\":{n}}}")).collect();
        let fields = objects.iter().enumerate();
        let fields: Vec<String> = fields.map(|(n, one)| format!("\"k{n}\":{one}")).collect();
        let text = format!(
            "{{\"l\":[{}],\"f\":{{{}}}}}",
            objects.join(","),
            fields.join(",")
        );
        let document = Document::parse(text.as_bytes()).unwrap();
        for (n, place) in document.root().get("l").list().unwrap().iter().enumerate() {
            assert_eq!(place.json_text(), format!("{{\"n\": {n}}}"));
        }
        for (name, place) in document.root().get("f").fields() {
            let n = name.strip_prefix('k').unwrap();
            assert_eq!(place.json_text(), format!("{{\"n\": {n}}}"));
        }
    }
}

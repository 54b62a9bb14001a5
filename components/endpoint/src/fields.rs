//! The fields of a body below `/api/v1/`, each checked by itself. What is not known is a mistake: a
//! misspelt `expires_at` would make a waiver that never ends.

use http_edge::time::parse_iso8601;
use http_edge::validation::{Kind, Mistakes};
use serde_json::{Map, Value};

/// The longest name, pattern, architecture and so on, in characters.
pub const MAX_NAME_CHARS: usize = 255;

/// The longest comment, in characters.
pub const MAX_COMMENT_CHARS: usize = 10_000;

/// The longest link, in characters.
pub const MAX_LINK_CHARS: usize = 2_000;

/// The most contexts or patterns of product versions of one waiver.
pub const MAX_ITEMS: usize = 100;

/// A JSON object and the mistakes found in it.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    mistakes: Mistakes,
}

impl<'a> Fields<'a> {
    /// Notes what is not among `known`.
    #[must_use]
    pub fn new(object: &'a Map<String, Value>, known: &[&str]) -> Self {
        let mut fields = Self {
            object,
            mistakes: Mistakes::default(),
        };
        for (name, value) in object {
            if !known.contains(&name.as_str()) {
                let rule = format!("there is no such field, but: {}", known.join(", "));
                fields.refuse(name, value, &rule);
            }
        }
        fields
    }

    /// Passes if nothing was wrong.
    ///
    /// # Errors
    /// A 400 that lists what was.
    pub fn check(self) -> http_edge::Result<()> {
        self.mistakes.check()
    }

    fn given(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Notes a value that breaks a rule.
    pub fn refuse(&mut self, name: &str, value: &Value, rule: &str) {
        self.mistakes.add_value_error(&[name], value.clone(), rule);
    }

    /// Notes that a field has to be there.
    pub fn miss(&mut self, name: &str) {
        let input = Value::Object(self.object.clone());
        self.mistakes.add(Kind::Missing, &[name], input);
    }

    /// Text with 1 character or more, at most `most`; or nothing.
    pub fn text(&mut self, name: &str, most: usize) -> Option<String> {
        let value = self.given(name)?;
        match value {
            Value::String(text) => match fault(text, most) {
                None => return Some(text.clone()),
                Some(rule) => self.refuse(name, value, &rule),
            },
            _ => self.mistakes.add(Kind::Text, &[name], value.clone()),
        }
        None
    }

    /// As [`Fields::text`], and it has to be there.
    pub fn required(&mut self, name: &str, most: usize) -> String {
        if self.given(name).is_none() {
            self.miss(name);
        }
        self.text(name, most).unwrap_or_default()
    }

    /// A list of at most [`MAX_ITEMS`] names; nothing is an empty one.
    pub fn names(&mut self, name: &str) -> Vec<String> {
        self.texts(name, MAX_ITEMS, MAX_NAME_CHARS)
    }

    /// A list of at most `most` links; nothing is an empty one.
    pub fn links(&mut self, name: &str, most: usize) -> Vec<String> {
        let links = self.texts(name, most, MAX_LINK_CHARS);
        let has_blank = |link: &str| link.contains(|c: char| c.is_whitespace() || c.is_control());
        for link in &links {
            if !is_link(link) || has_blank(link) {
                let rule = format!("{NO_LINK} and have no blanks");
                self.refuse(name, &Value::from(link.as_str()), &rule);
            }
        }
        links
    }

    /// A list of at most `most` texts of 1 to `most_chars` characters; nothing is an empty one.
    fn texts(&mut self, name: &str, most: usize, most_chars: usize) -> Vec<String> {
        let Some(value) = self.given(name) else {
            return Vec::new();
        };
        let Value::Array(items) = value else {
            self.mistakes.add(Kind::List, &[name], value.clone());
            return Vec::new();
        };
        if items.len() > most {
            self.refuse(
                name,
                &Value::Null,
                &format!("must have at most {most} items"),
            );
            return Vec::new();
        }
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match item.as_str().map(|text| (text, fault(text, most_chars))) {
                None => self
                    .mistakes
                    .add_entry(Kind::Text, name, index, item.clone()),
                Some((text, None)) => texts.push(text.to_owned()),
                Some((_, Some(rule))) => self.refuse(name, item, &rule),
            }
        }
        texts
    }

    /// True or false; nothing is false.
    pub fn truth(&mut self, name: &str) -> Option<bool> {
        let value = self.given(name)?;
        let truth = value.as_bool();
        if truth.is_none() {
            self.mistakes.add(Kind::Boolean, &[name], value.clone());
        }
        truth
    }

    /// A time with a zone, in microseconds.
    pub fn time_us(&mut self, name: &str) -> Option<i64> {
        let text = self.text(name, MAX_NAME_CHARS)?;
        let time = time_us(&text);
        if time.is_none() {
            self.refuse(name, &Value::from(text), NO_TIME);
        }
        time
    }
}

/// What is wrong with a text, if anything is.
fn fault(text: &str, most: usize) -> Option<String> {
    if text.is_empty() {
        return Some("must have at least 1 character".to_owned());
    }
    if text.contains('\0') {
        return Some("text may not contain the character U+0000".to_owned());
    }
    let is_long = text.chars().count() > most;
    is_long.then(|| format!("must have at most {most} characters"))
}

/// What is said of a text that is no link.
pub const NO_LINK: &str = "must begin with https:// or http://";

/// Whether a text can be a link to the web. More is not known of it.
#[must_use]
pub fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// What is said of a text that is no time.
pub const NO_TIME: &str = "must be a time with a zone, such as 2026-01-31T12:00:00Z";

/// A time of RFC 3339, in microseconds.
#[must_use]
pub fn time_us(text: &str) -> Option<i64> {
    let written = parse_iso8601(text)?;
    written.offset_minutes.map(|_| written.utc_us())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_zone() {
        assert_eq!(time_us("1970-01-01T00:00:01Z"), Some(1_000_000));
        assert_eq!(time_us("1970-01-01T01:00:01.5+01:00"), Some(1_500_000));
        for text in ["1970-01-01T00:00:01", "1970-01-01", "tomorrow", ""] {
            assert_eq!(time_us(text), None, "{text}");
        }
    }
}

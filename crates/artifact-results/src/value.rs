//! One value of a request: what it is taken for, or what is wrong with it.

use crate::field::{Field, Kind};
use crate::{email, integer, url};
use http_edge::truth;
use http_edge::validation::{Kind as Wrong, Mistakes};
use serde_json::Value;

/// Longest text, in characters.
pub const MAX_TEXT_CHARS: usize = 8_192;
/// Most entries of a list.
pub const MAX_ENTRIES: usize = 1_000;

/// A value as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Text; numbers are text too.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// True or false.
    Truth(bool),
}

/// Takes a value for a field; `None` if it can't be taken, which `mistakes` then tells.
pub fn check(
    field: &Field,
    value: &Value,
    outcomes: &[String],
    mistakes: &mut Mistakes,
) -> Option<Checked> {
    let at = [field.name];
    match field.kind {
        Kind::Outcome => outcome(field, value, outcomes, mistakes),
        Kind::Text | Kind::Name => text(field, value, mistakes),
        Kind::Texts => texts(field, value, mistakes),
        Kind::Url => match value {
            Value::String(text) => url::normalised(text)
                .map_err(|(kind, message)| {
                    mistakes.note(kind, vec![field.name.into()], message, value.clone())
                })
                .map(Checked::Text)
                .ok(),
            other => wrong(Wrong::Url, field, other, mistakes),
        },
        Kind::Email => match value {
            Value::String(text) => email::normalised(text)
                .map_err(|reason| {
                    let message = format!("value is not a valid email address: {reason}");
                    mistakes.add_unexplained(&at, value.clone(), &message);
                })
                .map(Checked::Text)
                .ok(),
            other => wrong(Wrong::Text, field, other, mistakes),
        },
        Kind::Integer => match integer::whole(value) {
            Ok(digits) => Some(Checked::Text(digits)),
            Err(kind) => wrong(kind, field, value, mistakes),
        },
        Kind::Truth => match truth::of_value(value) {
            Ok(is_true) => Some(Checked::Truth(is_true)),
            Err(kind) => wrong(kind, field, value, mistakes),
        },
    }
}

fn wrong(kind: Wrong, field: &Field, value: &Value, mistakes: &mut Mistakes) -> Option<Checked> {
    mistakes.add(kind, &[field.name], value.clone());
    None
}

fn outcome(
    field: &Field,
    value: &Value,
    outcomes: &[String],
    mistakes: &mut Mistakes,
) -> Option<Checked> {
    let known = outcomes.iter().find(|outcome| value == outcome.as_str());
    if known.is_none() {
        let text = format!("must be one of: {}", outcomes.join(", "));
        mistakes.add_value_error(&[field.name], value.clone(), &text);
    }
    known.cloned().map(Checked::Text)
}

fn text(field: &Field, value: &Value, mistakes: &mut Mistakes) -> Option<Checked> {
    let Value::String(text) = value else {
        return wrong(Wrong::Text, field, value, mistakes);
    };
    if text.is_empty() && field.kind == Kind::Name {
        return wrong(Wrong::TooShort, field, value, mistakes);
    }
    if is_too_long(text) {
        note_too_long(vec![field.name.into()], value, mistakes);
        return None;
    }
    Some(Checked::Text(text.clone()))
}

fn texts(field: &Field, value: &Value, mistakes: &mut Mistakes) -> Option<Checked> {
    let Value::Array(entries) = value else {
        return wrong(Wrong::List, field, value, mistakes);
    };
    if entries.len() > MAX_ENTRIES {
        let text = format!("at most {MAX_ENTRIES} entries, got {}", entries.len());
        mistakes.add_value_error(&[field.name], Value::Null, &text);
        return None;
    }
    let mut texts = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        match entry {
            Value::String(text) if is_too_long(text) => {
                note_too_long(vec![field.name.into(), index.into()], entry, mistakes);
            }
            Value::String(text) => texts.push(text.clone()),
            other => mistakes.add_entry(Wrong::Text, field.name, index, other.clone()),
        }
    }
    Some(Checked::Texts(texts))
}

fn is_too_long(text: &str) -> bool {
    // Characters are counted only where there could be too many.
    text.len() > MAX_TEXT_CHARS && text.chars().count() > MAX_TEXT_CHARS
}

fn note_too_long(location: Vec<Value>, value: &Value, mistakes: &mut Mistakes) {
    let kind = Wrong::TooLong;
    let message = format!("{} {MAX_TEXT_CHARS} characters", kind.message());
    mistakes.note(kind, location, message, value.clone());
}

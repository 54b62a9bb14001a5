//! The list of mistakes that a 400 answer carries, in the shape of the services we replace
//! (Pydantic's errors): `{"validation_error":[{"input","loc","msg","type","url"}]}`.

use crate::error::Error;
use crate::reply::Reply;
use serde_json::{Value, json};

/// Where the kinds of mistakes are explained; clients may show it.
const EXPLAINED_AT: &str = "https://errors.pydantic.dev/2.7/v/";

/// What is wrong, by the name that the wire has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A required field is absent.
    Missing,
    /// No list.
    List,
    /// No text.
    Text,
    /// No object.
    Object,
    /// No true or false.
    Boolean,
    /// Text that is no true or false.
    BooleanText,
    /// No whole number.
    Integer,
    /// Text that is no whole number.
    IntegerText,
    /// A number with a fraction.
    IntegerFraction,
    /// A number with too many digits.
    IntegerSize,
    /// A number without end.
    NotFinite,
    /// Text that is too short.
    TooShort,
    /// Text that is too long.
    TooLong,
    /// No text, where a URL should be.
    Url,
    /// Text that is no URL.
    UrlText,
    /// A URL of another scheme.
    UrlScheme,
    /// A URL that is too long.
    UrlTooLong,
    /// No object, where a whole body should be.
    Model,
    /// A list that is too short.
    ListTooShort,
    /// Anything else.
    Value,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 20] = [
        Self::Missing,
        Self::List,
        Self::Text,
        Self::Object,
        Self::Boolean,
        Self::BooleanText,
        Self::Integer,
        Self::IntegerText,
        Self::IntegerFraction,
        Self::IntegerSize,
        Self::NotFinite,
        Self::TooShort,
        Self::TooLong,
        Self::Url,
        Self::UrlText,
        Self::UrlScheme,
        Self::UrlTooLong,
        Self::Model,
        Self::ListTooShort,
        Self::Value,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::List => "list_type",
            Self::Text => "string_type",
            Self::Object => "dict_type",
            Self::Boolean => "bool_type",
            Self::BooleanText => "bool_parsing",
            Self::Integer => "int_type",
            Self::IntegerText => "int_parsing",
            Self::IntegerFraction => "int_from_float",
            Self::IntegerSize => "int_parsing_size",
            Self::NotFinite => "finite_number",
            Self::TooShort => "string_too_short",
            Self::TooLong => "string_too_long",
            Self::Url => "url_type",
            Self::UrlText => "url_parsing",
            Self::UrlScheme => "url_scheme",
            Self::UrlTooLong => "url_too_long",
            Self::Model => "model_type",
            Self::ListTooShort => "too_short",
            Self::Value => "value_error",
        }
    }

    /// Its usual message, which for some kinds goes on with what is special to the case.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Missing => "Field required",
            Self::List => "Input should be a valid list",
            Self::Text => "Input should be a valid string",
            Self::Object => "Input should be a valid dictionary",
            Self::Boolean => "Input should be a valid boolean",
            Self::BooleanText => "Input should be a valid boolean, unable to interpret input",
            Self::Integer => "Input should be a valid integer",
            Self::IntegerText => {
                "Input should be a valid integer, unable to parse string as an integer"
            }
            Self::IntegerFraction => {
                "Input should be a valid integer, got a number with a fractional part"
            }
            Self::IntegerSize => {
                "Unable to parse input string as an integer, exceeded maximum size"
            }
            Self::NotFinite => "Input should be a finite number",
            Self::TooShort => "String should have at least 1 character",
            Self::TooLong => "String should have at most",
            Self::Url => "URL input should be a string or URL",
            Self::UrlText => "Input should be a valid URL",
            Self::UrlScheme => "URL scheme should be 'http' or 'https'",
            Self::UrlTooLong => "URL should have at most",
            Self::Model => "Input should be a valid dictionary or instance of",
            Self::ListTooShort => "List should have at least 1 item after validation, not 0",
            Self::Value => "Value error",
        }
    }
}

/// The most mistakes that an answer lists. Those after it are left out.
pub const MAX_LISTED: usize = 100;

/// The body of the 400 that lists mistakes, for the OpenAPI document.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
pub struct ValidationError {
    /// The mistakes, at least one.
    pub validation_error: Vec<Mistake>,
}

/// One mistake, for the OpenAPI document.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
pub struct Mistake {
    /// What was given.
    pub input: Value,
    /// Where: names of fields and parameters, and places in lists counted from 0.
    pub loc: Vec<Value>,
    /// What is wrong, for people.
    pub msg: String,
    /// What is wrong, for programs.
    #[schema(rename = "type")]
    pub kind: String,
    /// Where this kind of mistake is explained, if it is anywhere.
    #[schema(required = false, nullable = false)]
    pub url: Option<String>,
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub struct Mistakes {
    listed: Vec<Value>,
    entry: Option<usize>,
}

impl Mistakes {
    /// From now on mistakes are those of entry `index` of a list: locations begin with it.
    pub fn enter(&mut self, index: usize) {
        self.entry = Some(index);
    }

    /// Notes a mistake of a usual kind at `location`.
    pub fn add(&mut self, kind: Kind, location: &[&str], input: impl Into<Value>) {
        self.note(
            kind,
            parts(location),
            kind.message().to_owned(),
            input.into(),
        );
    }

    /// As [`Mistakes::add`], for one entry of the list `field`.
    pub fn add_entry(&mut self, kind: Kind, field: &str, index: usize, input: impl Into<Value>) {
        self.note(
            kind,
            vec![field.into(), index.into()],
            kind.message().to_owned(),
            input.into(),
        );
    }

    /// Notes a value that breaks a rule of ours, which `text` tells.
    pub fn add_value_error(&mut self, location: &[&str], input: impl Into<Value>, text: &str) {
        self.note(
            Kind::Value,
            parts(location),
            format!("Value error, {text}"),
            input.into(),
        );
    }

    /// As [`Mistakes::add_value_error`], for a rule whose text stands alone and is explained nowhere,
    /// so that the mistake has no `url`.
    pub fn add_unexplained(&mut self, location: &[&str], input: impl Into<Value>, message: &str) {
        self.list(parts(location), |location| {
            json!({
                "input": input.into(),
                "loc": location,
                "msg": message,
                "type": Kind::Value.name(),
            })
        });
    }

    /// Notes a mistake with a message of its own; `location` is a list of names and indices.
    pub fn note(&mut self, kind: Kind, location: Vec<Value>, message: String, input: Value) {
        self.list(location, |location| {
            json!({
                "input": input,
                "loc": location,
                "msg": message,
                "type": kind.name(),
                "url": format!("{EXPLAINED_AT}{}", kind.name()),
            })
        });
    }

    fn list(&mut self, mut location: Vec<Value>, mistake: impl FnOnce(Vec<Value>) -> Value) {
        if self.listed.len() >= MAX_LISTED {
            return;
        }
        if let Some(index) = self.entry {
            location.insert(0, index.into());
        }
        self.listed.push(mistake(location));
    }

    /// Adds the mistakes of another list as they are, in their order.
    pub fn extend(&mut self, others: Self) {
        let room = MAX_LISTED.saturating_sub(self.listed.len());
        self.listed.extend(others.listed.into_iter().take(room));
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Passes if there is none.
    ///
    /// # Errors
    /// A 400 that lists them.
    pub fn check(self) -> Result<(), Error> {
        match self.listed.is_empty() {
            true => Ok(()),
            false => Err(self.into_error()),
        }
    }

    /// The 400 that lists them.
    #[must_use]
    pub fn into_error(self) -> Error {
        let body = json!({ "validation_error": self.listed });
        Error::Client(Reply::new(400, "application/json", format!("{body}\n")))
    }
}

fn parts(location: &[&str]) -> Vec<Value> {
    location.iter().map(|part| (*part).into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_a_list_say_where_and_are_not_endless() {
        let mut mistakes = Mistakes::default();
        for index in 0..=MAX_LISTED {
            mistakes.enter(index);
            mistakes.add(Kind::Missing, &["outcome"], Value::Null);
        }
        let (reply, _) = mistakes.into_error().into_reply();
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        let listed = body["validation_error"].as_array().unwrap();
        assert_eq!(listed.len(), MAX_LISTED);
        assert_eq!(listed[99]["loc"], json!([99, "outcome"]));
    }
}

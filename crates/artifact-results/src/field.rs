//! One field of a result: what it is called, what it takes, and what it means.

use serde_json::Value;

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of the known outcomes, exactly.
    Outcome,
    /// Text, also none.
    Text,
    /// Text of one character or more.
    Name,
    /// A URL of the web.
    Url,
    /// An e-mail address.
    Email,
    /// A whole number, also as text.
    Integer,
    /// True or false, also as words.
    Truth,
    /// A list of texts.
    Texts,
}

/// A value that a field could have.
#[derive(Clone, Copy, Debug)]
pub enum Example {
    /// Text, which a URL and an address are too.
    Text(&'static str),
    /// A whole number.
    Number(u64),
    /// True.
    True,
    /// A list of texts.
    Texts(&'static [&'static str]),
}

impl Example {
    /// As JSON.
    #[must_use]
    pub fn value(self) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::True => true.into(),
            Self::Texts(texts) => texts.into(),
        }
    }
}

/// A field of a result.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its key in a request and in the stored data.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be there. One that need not may be null.
    pub is_required: bool,
    /// Whether it is stored as extra data under its name.
    pub is_data: bool,
    /// What it means, for people.
    pub description: &'static str,
    /// A value that it could have.
    pub example: Example,
}

impl Field {
    pub(crate) const fn required(
        name: &'static str,
        kind: Kind,
        example: Example,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            is_required: true,
            is_data: true,
            description,
            example,
        }
    }

    pub(crate) const fn optional(
        name: &'static str,
        kind: Kind,
        example: Example,
        description: &'static str,
    ) -> Self {
        Self {
            is_required: false,
            ..Self::required(name, kind, example, description)
        }
    }

    /// The same field, for a value that is stored in another way than as data under its name.
    pub(crate) const fn not_data(self) -> Self {
        Self {
            is_data: false,
            ..self
        }
    }

    /// The name as a title: `ci_docs` is `Ci Docs`.
    #[must_use]
    pub fn title(&self) -> String {
        let words = self.name.split('_').map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        });
        words.collect::<Vec<String>>().join(" ")
    }
}

//! The types of artifacts that results are about.

use crate::field::Field;
use crate::tables;
use serde_json::{Map, Value};

/// A type of artifact, with the fields of its results.
#[derive(Debug)]
pub struct ArtifactType {
    /// As stored in the results' data: `brew-build`.
    pub name: &'static str,
    /// As messages and the schema call it; clients know ResultsDB's names.
    pub model: &'static str,
    /// What a request does, for people.
    pub description: &'static str,
    /// The fields that only this type has. They come after the common ones.
    pub own_fields: &'static [Field],
    /// The field that the items of the results are made of, if they are not given as `item`.
    pub(crate) items_from: Option<&'static str>,
}

impl ArtifactType {
    /// All types, in alphabetical order.
    #[must_use]
    pub fn all() -> &'static [Self] {
        tables::TYPES
    }

    /// The type that a path calls by its plural: `brew-builds`.
    #[must_use]
    pub fn by_plural(plural: &str) -> Option<&'static Self> {
        let name = plural.strip_suffix('s')?;
        Self::all().iter().find(|artifact| artifact.name == name)
    }

    /// What a path calls the type.
    #[must_use]
    pub fn plural(&self) -> String {
        format!("{}s", self.name)
    }

    /// All fields, in the order in which they are checked.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        tables::COMMON.iter().chain(self.own_fields)
    }

    /// The smallest request: every required field with its example.
    #[must_use]
    pub fn example(&self) -> Map<String, Value> {
        self.fields()
            .filter(|field| field.is_required)
            .map(|field| (field.name.to_owned(), field.example.value()))
            .collect()
    }
}

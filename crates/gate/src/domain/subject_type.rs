//! Subject types: how subjects of a kind are named, found among results and treated.

use serde_json::Value;

/// A configured kind of subject. The fields are those of a `!SubjectType` document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectType {
    /// Name of the type, as in waivers and answers.
    pub id: String,
    /// Further names it goes by in policies, requests and waivers.
    pub aliases: Vec<String>,
    /// Key of the old-style request subject (and of result data) that holds the identifier.
    pub item_key: Option<String>,
    /// Whether Koji knows a build by the identifier.
    pub is_koji_build: bool,
    /// Whether the identifier is name-version-release, so that package lists apply.
    pub is_nvr: bool,
    /// Whether no applicable policy means no requirements instead of an error.
    pub ignore_missing_policy: bool,
    /// Patterns (`match`, `product_version`) from identifier to product version, for decision-change messages.
    pub product_version_match: Vec<Value>,
    /// The same from a Koji build target.
    pub product_version_from_koji_build_target: Vec<Value>,
    /// Fixed product version.
    pub product_version: Option<String>,
    /// How a subject is written as `item` of an answer: `item_key` and fixed `keys`. Empty for `{type, item}`.
    pub item_dict: Value,
    /// How results of a subject are found, each again `item_key` and fixed `keys`; a result that several find is found several times.
    pub result_queries: Vec<Value>,
}

impl SubjectType {
    /// The type of subjects nothing is configured for.
    pub fn generic(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            aliases: Vec::new(),
            item_key: None,
            is_koji_build: true,
            is_nvr: false,
            ignore_missing_policy: false,
            product_version_match: Vec::new(),
            product_version_from_koji_build_target: Vec::new(),
            product_version: None,
            item_dict: Value::Object(serde_json::Map::new()),
            result_queries: Vec::new(),
        }
    }

    /// The package name in an identifier: all but its last two `-` parts, if it is an NVR and anything is left.
    pub fn package_of<'i>(&self, identifier: &'i str) -> Option<&'i str> {
        if !self.is_nvr {
            return None;
        }
        let name = identifier.rsplitn(3, '-').last()?;
        (!name.is_empty()).then_some(name)
    }

    /// Whether the type goes by this name.
    pub fn matches(&self, name: &str) -> bool {
        self.id == name || self.aliases.iter().any(|alias| alias == name)
    }
}

//! All policies and subject types a service has, from their files. Finding and reading the files is the caller's.

use std::fmt;
use std::sync::Arc;

use super::attributes::Place;
use super::policy::{self, Dialect};
use super::subject_type;
use crate::domain::policy::{Origin, Policy};
use crate::domain::subject_type::SubjectType;

/// Most policies and subject types together.
pub const MAX_POLICIES: usize = 10_000;

/// What the paths of files with subject types begin with; all others are those of policies.
pub const SUBJECT_TYPES: &str = "subject_types/";

/// Whether a file of this name in a folder of policies or subject types is one, as Greenwave has it: `*.yaml`, but none whose name begins with a
/// dot, such as an editor's lock.
pub fn is_read_from_folder(name: &str) -> bool {
    name.ends_with(".yaml") && !name.starts_with('.')
}

/// A policy or subject type file: its path, which orders it and names it in errors, and its text.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'t> {
    /// Path of the file, unique among its kind.
    pub path: &'t str,
    /// The whole text, one or more YAML documents.
    pub text: &'t str,
}

/// A file that cannot be used. Its `Display` is for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// Path of the file.
    pub path: String,
    /// What is wrong, in Greenwave's words where Greenwave has any.
    pub message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for LoadError {}

/// The policies and subject types of a service, in the order in which they apply.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    policies: Vec<Arc<Policy>>,
    subject_types: Vec<Arc<SubjectType>>,
}

impl PolicySet {
    /// Reads all files. Files are taken in the order of their paths, documents in the order of the file; Greenwave takes files in whatever
    /// order the directory has. One error for each bad file: a service should refuse to start, as Greenwave does, but say all that is wrong.
    pub fn load(
        policies: &[SourceFile<'_>],
        subject_types: &[SourceFile<'_>],
    ) -> Result<Self, Vec<LoadError>> {
        let mut set = Self::default();
        let mut errors = Vec::new();
        for file in by_path(policies) {
            match load_policies(file) {
                Ok(loaded) => set.policies.extend(loaded.into_iter().map(Arc::new)),
                Err(message) => errors.push(LoadError {
                    path: file.path.to_owned(),
                    message,
                }),
            }
        }
        for file in by_path(subject_types) {
            match load_subject_types(file) {
                Ok(loaded) => set.subject_types.extend(loaded.into_iter().map(Arc::new)),
                Err(message) => errors.push(LoadError {
                    path: file.path.to_owned(),
                    message,
                }),
            }
        }
        if set.policies.len() + set.subject_types.len() > MAX_POLICIES {
            let message = format!("more than {MAX_POLICIES} policies and subject types");
            errors.push(LoadError {
                path: "all files".to_owned(),
                message,
            });
        }
        if errors.is_empty() {
            Ok(set)
        } else {
            Err(errors)
        }
    }

    /// The policies in the order in which they apply, which is also the order of `/policies`.
    pub fn policies(&self) -> &[Arc<Policy>] {
        &self.policies
    }

    /// The subject types in the order in which they are looked through.
    pub fn subject_types(&self) -> &[Arc<SubjectType>] {
        &self.subject_types
    }

    /// The subject types by id, the order of `/subject_types`.
    pub fn subject_types_by_id(&self) -> Vec<&SubjectType> {
        let mut types: Vec<&SubjectType> = self.subject_types.iter().map(AsRef::as_ref).collect();
        types.sort_by(|a, b| a.id.cmp(&b.id));
        types
    }

    /// The configured type with this id or alias, else a generic one: its builds are in Koji, its identifiers are no NVRs.
    pub fn subject_type(&self, id: &str) -> Arc<SubjectType> {
        let found = self
            .subject_types
            .iter()
            .find(|subject_type| subject_type.matches(id));
        found
            .cloned()
            .unwrap_or_else(|| Arc::new(SubjectType::generic(id)))
    }
}

fn by_path<'f, 't>(files: &'f [SourceFile<'t>]) -> Vec<&'f SourceFile<'t>> {
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by_key(|file| file.path);
    files
}

fn load_policies(file: &SourceFile<'_>) -> Result<Vec<Policy>, String> {
    let place = Place {
        name: file.path,
        quoted: None,
    };
    place.read_all(file.text, |node| {
        let origin = Origin::Local {
            path: file.path.to_owned(),
            line: node.at.line,
        };
        policy::read(node, place, Dialect::Local, origin)
    })
}

fn load_subject_types(file: &SourceFile<'_>) -> Result<Vec<SubjectType>, String> {
    let place = Place {
        name: file.path,
        quoted: None,
    };
    place.read_all(file.text, |node| subject_type::read(node, place))
}

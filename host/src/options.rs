//! What to serve, and how: everything that the command line can set.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::files::Replacements;
use crate::limits::Limits;

/// What to serve, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The manifest.
    pub manifest: PathBuf,
    /// Where databases are; `.spin` beside the manifest if not given.
    pub state_dir: Option<PathBuf>,
    /// Where compiled components are kept; `cache` in the state directory if not given.
    pub cache_dir: Option<PathBuf>,
    /// Where components' output goes; `logs` in the state directory if not given.
    pub log_dir: Option<PathBuf>,
    /// Values of application variables.
    pub variables: BTreeMap<String, String>,
    /// Directories to mount in place of those that the manifest names.
    pub files: Replacements,
    /// Whether components' output goes to stderr as well.
    pub follow: bool,
    /// Limits.
    pub limits: Limits,
}

impl Options {
    /// The defaults for a manifest.
    pub fn new(manifest: impl Into<PathBuf>) -> Self {
        Self {
            manifest: manifest.into(),
            state_dir: None,
            cache_dir: None,
            log_dir: None,
            variables: BTreeMap::new(),
            files: Replacements::new(),
            follow: false,
            limits: Limits::default(),
        }
    }
}

//! The policies and subject types of the mounted folder, read once per instance. When they were active
//! is not known here.

use crate::kept;
use crate::records::PolicyDocument;
use gate::load::policy_set::{SUBJECT_TYPES, SourceFile, is_read_from_folder};
use gate::load::revision::revision;
use gate::{LoadError, PolicySet};
use http_edge::{Error, Result};
use std::cell::OnceCell;
use std::path::Path;
use std::rc::Rc;

/// Where spin.toml mounts the folder.
const FOLDER: &str = "/policies";

thread_local! {
    static POLICIES: OnceCell<Rc<Policies>> = const { OnceCell::new() };
}

/// Policies and subject types with the files that they were made of.
#[derive(Debug)]
pub struct Policies {
    /// What the files say.
    pub set: PolicySet,
    revision: OnceCell<String>,
    /// The files, with paths below the folder.
    pub documents: Vec<PolicyDocument>,
}

/// The policies.
///
/// # Errors
/// When a file can't be read or is no policy; the log says which and why.
pub fn policies() -> Result<Rc<Policies>> {
    kept::or_read(&POLICIES, || {
        let folder = Path::new(FOLDER);
        let mut documents = yaml_files(folder, "")?;
        documents.extend(yaml_files(&folder.join(SUBJECT_TYPES), SUBJECT_TYPES)?);
        Policies::of(documents).map(Rc::new)
    })
}

impl Policies {
    /// What these files say.
    ///
    /// # Errors
    /// When one is no policy; the log says which and why.
    pub fn of(documents: Vec<PolicyDocument>) -> Result<Self> {
        Self::read(documents).map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Error::Internal(format!("policies: {}", errors.join("; ")))
        })
    }

    /// As [`Self::of`], for files that somebody else may have written.
    ///
    /// # Errors
    /// What is wrong with each of them.
    pub fn read(documents: Vec<PolicyDocument>) -> std::result::Result<Self, Vec<LoadError>> {
        let files = files(&documents);
        let (subject_types, policies): (Vec<_>, Vec<_>) =
            files.partition(|file| file.path.starts_with(SUBJECT_TYPES));
        let set = PolicySet::load(&policies, &subject_types)?;
        Ok(Self {
            set,
            revision: OnceCell::new(),
            documents,
        })
    }

    /// A digest of the files.
    pub fn revision(&self) -> &str {
        self.revision
            .get_or_init(|| revision(files(&self.documents)))
    }
}

fn files(documents: &[PolicyDocument]) -> impl Iterator<Item = SourceFile<'_>> {
    documents.iter().map(|document| SourceFile {
        path: &document.path,
        text: &document.text,
    })
}

/// Name, behind `prefix`, and text of each file of a folder that Greenwave would read, too. A folder
/// that is not there has none.
fn yaml_files(folder: &Path, prefix: &str) -> Result<Vec<PolicyDocument>> {
    let failed = |path: &Path, error| Error::Internal(format!("{}: {error}", path.display()));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_read_from_folder(&name) {
            let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
            files.push(PolicyDocument {
                path: format!("{prefix}{name}"),
                text,
            });
        }
    }
    Ok(files)
}

//! The policies and subject types of the mounted folder, read once per instance.

use crate::kept;
use gate::PolicySet;
use gate::load::policy_set::SourceFile;
use http_edge::{Error, Result};
use std::cell::OnceCell;
use std::path::Path;
use std::rc::Rc;

/// Where spin.toml mounts the folder.
const FOLDER: &str = "/policies";

thread_local! {
    static POLICIES: OnceCell<Rc<PolicySet>> = const { OnceCell::new() };
}

/// The policies.
///
/// # Errors
/// When a file can't be read or is no policy; the log says which and why.
pub fn policies() -> Result<Rc<PolicySet>> {
    kept::or_read(&POLICIES, || load(Path::new(FOLDER)).map(Rc::new))
}

fn load(folder: &Path) -> Result<PolicySet> {
    let policies = yaml_files(folder)?;
    let subject_types = yaml_files(&folder.join("subject_types"))?;
    PolicySet::load(&sources(&policies), &sources(&subject_types)).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Error::Internal(format!("policies: {}", errors.join("; ")))
    })
}

fn sources(files: &[(String, String)]) -> Vec<SourceFile<'_>> {
    files
        .iter()
        .map(|(path, text)| SourceFile { path, text })
        .collect()
}

/// Name and text of each file of a folder that Greenwave would read, too: `*.yaml`, but none whose name
/// begins with a dot, such as an editor's lock. A folder that is not there has none.
fn yaml_files(folder: &Path) -> Result<Vec<(String, String)>> {
    let failed = |path: &Path, error| Error::Internal(format!("{}: {error}", path.display()));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        if is_policy_file(&path) {
            let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(files)
}

fn is_policy_file(path: &Path) -> bool {
    let is_hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    path.extension().is_some_and(|ending| ending == "yaml")
        && path.file_name().is_some_and(|name| !is_hidden(name))
}

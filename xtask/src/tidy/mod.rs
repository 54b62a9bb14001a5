//! `cargo xtask tidy`: the project's own rules, checked by a machine, with file and line.
//! This room reads texts; it compiles and changes nothing. One module per kind of text, each a
//! function from text to problems.

mod dependencies;
mod map;
mod requirements;
mod rust;
mod spin;
mod wit;
mod words;

use crate::progress::step;
use crate::run;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What holds nothing of ours, wherever it is.
const SKIPPED: &[&str] = &[
    "target",
    ".git",
    ".spin",
    ".sluicegate",
    "node_modules",
    "__pycache__",
    ".hypothesis",
];
/// Larger files are data.
const MAX_TEXT_BYTES: u64 = 1024 * 1024;

/// The applications: each component belongs to one of them.
const MANIFESTS: &[&str] = &["spin.toml", "spin-redis.toml"];

/// A file of the project that is text.
pub struct Text {
    /// From the root, with `/`.
    pub path: String,
    /// The whole content.
    pub text: String,
}

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// From the root, with `/`.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// Which rule, and what to do.
    pub message: String,
}

impl Problem {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

/// Prints every problem; an error when there are any.
pub fn run(workspace: &Workspace) -> Result<()> {
    let mut texts = Vec::new();
    let mut folders = Vec::new();
    walk(&workspace.root, "", &mut texts, &mut folders)?;
    let mut problems = Vec::new();
    for text in &texts {
        problems.extend(rust::check(text));
        problems.extend(words::check(text));
        problems.extend(wit::check(text));
        problems.extend(dependencies::check(text));
        problems.extend(requirements::check(text));
    }
    let find = |path: &str| texts.iter().find(|text| text.path == path);
    if let Some(readme) = find("README.md") {
        problems.extend(map::check(readme, &folders));
    }
    let manifests: Vec<_> = MANIFESTS.iter().filter_map(|path| find(path)).collect();
    if !manifests.is_empty() {
        let components: Vec<_> = workspace
            .components
            .iter()
            .map(|c| c.folder.as_str())
            .collect();
        problems.extend(spin::check(&manifests, &components));
    }
    problems.extend(lock_file(&workspace.root));
    problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for problem in &problems {
        eprintln!("{}:{}: {}", problem.path, problem.line, problem.message);
    }
    if !problems.is_empty() {
        bail!("{} problems in {} files read", problems.len(), texts.len());
    }
    step(&format!("tidy: {} files, no problems", texts.len()));
    Ok(())
}

/// Collects texts, and folders that hold any file, as paths from the root.
fn walk(root: &Path, folder: &str, texts: &mut Vec<Text>, folders: &mut Vec<String>) -> Result<()> {
    let place = root.join(folder);
    let mut entries = fs::read_dir(&place)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("can't read `{}`", place.display()))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        // `.git` is a file in a second work tree.
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let before = texts.len();
            let place = folders.len();
            walk(root, &path, texts, folders)?;
            if texts.len() > before {
                folders.insert(place, path);
            }
        } else if kind.is_file() && entry.metadata()?.len() <= MAX_TEXT_BYTES {
            // What is no UTF-8 is no text of ours.
            if let Ok(text) = fs::read_to_string(entry.path()) {
                texts.push(Text { path, text });
            }
        }
    }
    Ok(())
}

/// Everyone builds the same versions: the lock file is part of the project.
fn lock_file(root: &Path) -> Option<Problem> {
    const NAME: &str = "Cargo.lock";
    if !root.join(NAME).is_file() {
        return Some(Problem::new(NAME, 1, "missing: commit the lock file"));
    }
    // Outside of a git checkout, being there is all that can be asked.
    if root.join(".git").exists() && run::which("git").is_some() {
        let mut git = Command::new("git");
        git.current_dir(root).args(["ls-files", "--", NAME]);
        if run::output(&mut git).is_ok_and(|listed| listed.is_empty()) {
            return Some(Problem::new(NAME, 1, "not in git: commit the lock file"));
        }
    }
    None
}

#[cfg(test)]
mod testing {
    //! What the tests of the checks share.

    use super::{Problem, Text};

    /// Runs a check on a text and gives `line: message` per problem.
    pub fn problems_of(
        check: impl Fn(&Text) -> Vec<Problem>,
        path: &str,
        text: &str,
    ) -> Vec<String> {
        let text = Text {
            path: path.into(),
            text: text.into(),
        };
        check(&text)
            .iter()
            .map(|problem| format!("{}: {}", problem.line, problem.message))
            .collect()
    }
}

//! What of the manifest's folder a component may read, as read-only mounts.
//!
//! Spin copies the files of every start; this host mounts directories where they are, and copies only
//! what patterns pick out. Must not know what is in the files.

use std::path::{Component as Part, Path, PathBuf};

use anyhow::{Context, Result, ensure};
use glob::Pattern;

use crate::manifest::{Component, Files};

/// A directory of this machine, and where a guest finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The directory here.
    pub directory: PathBuf,
    /// The absolute path there.
    pub guest_path: String,
}

/// Directories to mount in place of those that the manifest names.
pub type Replacements = std::collections::BTreeMap<String, PathBuf>;

/// The mounts of one component. Files that patterns pick out are copied below `copies`.
pub fn mounts(
    root: &Path,
    copies: &Path,
    component: &Component,
    replacements: &Replacements,
) -> Result<Vec<Mount>> {
    let mut mounts = Vec::new();
    let mut patterns = Vec::new();
    for files in &component.files {
        match files {
            Files::Pattern(pattern) => patterns.push(pattern.as_str()),
            Files::Placement {
                source,
                destination,
            } => {
                ensure!(
                    component.exclude_files.is_empty(),
                    "`exclude_files` is served by this host for patterns only, not for directory `{source}`"
                );
                mounts.push(place(root, source, destination, replacements)?);
            }
        }
    }
    if !patterns.is_empty() {
        copy(root, copies, &patterns, &component.exclude_files)?;
        mounts.push(Mount {
            directory: copies.to_owned(),
            guest_path: "/".to_owned(),
        });
    }
    Ok(mounts)
}

fn place(
    root: &Path,
    source: &str,
    destination: &str,
    replacements: &Replacements,
) -> Result<Mount> {
    let directory = match replacements.get(source) {
        Some(replacement) => replacement.clone(),
        None => root.join(source),
    };
    ensure!(
        directory.is_dir(),
        "files `{source}`: `{}` is not a directory",
        directory.display()
    );
    ensure!(
        destination.starts_with('/'),
        "files `{source}`: destination `{destination}` is not absolute"
    );
    Ok(Mount {
        directory,
        guest_path: destination.to_owned(),
    })
}

/// Replaces the directory `copies` by a fresh copy of all files that match.
fn copy(root: &Path, copies: &Path, patterns: &[&str], excluded: &[String]) -> Result<()> {
    if copies.exists() {
        std::fs::remove_dir_all(copies)
            .with_context(|| format!("can't remove old copies in `{}`", copies.display()))?;
    }
    std::fs::create_dir_all(copies)
        .with_context(|| format!("can't create directory `{}`", copies.display()))?;
    let excluded: Vec<_> = excluded
        .iter()
        .map(|e| Pattern::new(e).with_context(|| format!("`exclude_files` pattern `{e}`")))
        .collect::<Result<_>>()?;
    for pattern in patterns {
        let mut found = false;
        for path in matches(root, pattern)? {
            found = true;
            let relative = path.strip_prefix(root).unwrap_or(&path);
            if !path.is_file() || excluded.iter().any(|e| e.matches_path(relative)) {
                continue;
            }
            let target = copies.join(relative);
            if let Some(directory) = target.parent() {
                std::fs::create_dir_all(directory)?;
            }
            std::fs::copy(&path, &target)
                .with_context(|| format!("can't copy file `{}`", path.display()))?;
        }
        let is_pattern = pattern.contains(['*', '?', '[']);
        ensure!(found || is_pattern, "files `{pattern}` doesn't exist");
    }
    Ok(())
}

/// The files behind a pattern; a plain directory means all that is in it.
fn matches(root: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    let inside = |part: Part<'_>| matches!(part, Part::Normal(_) | Part::CurDir);
    ensure!(
        Path::new(pattern).components().all(inside),
        "files `{pattern}` leaves the manifest's folder"
    );
    let prefix = Pattern::escape(&root.to_string_lossy());
    let all = if root.join(pattern).is_dir() {
        "/**/*"
    } else {
        ""
    };
    glob::glob(&format!("{prefix}/{pattern}{all}"))
        .with_context(|| format!("files `{pattern}`"))?
        .collect::<Result<_, _>>()
        .with_context(|| format!("files `{pattern}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    /// A folder with `a/1.txt`, `a/2.md` and `b/3.txt`.
    fn folder(name: &str) -> PathBuf {
        let root = std::env::temp_dir().join(format!("sluicegate-{name}-{}", std::process::id()));
        for file in ["a/1.txt", "a/2.md", "b/3.txt"] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        root
    }

    fn check(root: &Path, files: &str, replacements: &Replacements) -> Result<Vec<Mount>> {
        let manifest = Manifest::parse(&format!(
            "spin_manifest_version = 2\n[application]\nname = \"a\"\n[trigger]\n\
             [component.c]\nsource = \"c.wasm\"\n{files}"
        ))?;
        mounts(
            root,
            &root.join("copies"),
            &manifest.components["c"],
            replacements,
        )
    }

    #[test]
    fn directories_are_mounted_in_place_or_replaced() {
        let root = folder("place");
        let files = r#"files = [{ source = "a", destination = "/x" }]"#;
        let mount = |directory: &str| Mount {
            directory: root.join(directory),
            guest_path: "/x".to_owned(),
        };
        assert_eq!(
            check(&root, files, &Replacements::new()).unwrap(),
            [mount("a")]
        );
        let replacements = Replacements::from([("a".to_owned(), root.join("b"))]);
        assert_eq!(check(&root, files, &replacements).unwrap(), [mount("b")]);
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn patterns_are_copied() {
        let root = folder("copy");
        let files = "files = [\"a/*\", \"b\"]\nexclude_files = [\"**/*.md\"]";
        assert_eq!(check(&root, files, &Replacements::new()).unwrap().len(), 1);
        for (file, expected) in [("a/1.txt", true), ("a/2.md", false), ("b/3.txt", true)] {
            assert_eq!(root.join("copies").join(file).exists(), expected, "{file}");
        }
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_is_refused_is_named() {
        let root = folder("refuse");
        for (files, expected) in [
            (
                r#"files = [{ source = "x", destination = "/x" }]"#,
                "files `x`",
            ),
            (
                r#"files = [{ source = "a", destination = "x" }]"#,
                "not absolute",
            ),
            (r#"files = ["../a"]"#, "leaves the manifest's folder"),
            (r#"files = ["none.txt"]"#, "files `none.txt` doesn't exist"),
            (
                "files = [{ source = \"a\", destination = \"/\" }]\nexclude_files = [\"*\"]",
                "for patterns only",
            ),
        ] {
            let error = format!(
                "{:#}",
                check(&root, files, &Replacements::new()).unwrap_err()
            );
            assert!(error.contains(expected), "{files}: {error}");
        }
        std::fs::remove_dir_all(&root).unwrap();
    }
}

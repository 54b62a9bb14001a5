//! Lists of Python packages: each names one version exactly, so that everyone runs the same clients.

use super::{Problem, Text};

/// The folder of the lists.
const FOLDER: &str = "tests/clients/requirements/";

/// Checks one list.
pub fn check(text: &Text) -> Vec<Problem> {
    if !text.path.starts_with(FOLDER) {
        return Vec::new();
    }
    let lines = text.text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && !is_pinned(line))
        .map(|(index, line)| {
            let message = format!("`{line}` is no `package==version`: pin it, and set no options");
            Problem::new(&text.path, index + 1, message)
        })
        .collect()
}

fn is_pinned(line: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || "-_.[],".contains(c);
    let of_version = |c: char| c.is_ascii_alphanumeric() || c == '.';
    line.split_once("==").is_some_and(|(name, version)| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(of_name)
            && !version.is_empty()
            && version.chars().all(of_version)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::problems_of;

    #[test]
    fn packages_are_pinned() {
        for (line, is_fine) in [
            ("a==1.0", true),
            ("a-b[c]==2026.1.2", true),
            ("# why", true),
            ("", true),
            ("a", false),
            ("a>=1.0", false),
            ("a==1.*", false),
            ("a==", false),
            ("-r other.txt", false),
            ("--pre==1", false),
        ] {
            let path = "tests/clients/requirements/a.txt";
            let problems = problems_of(super::check, path, line);
            assert_eq!(problems.is_empty(), is_fine, "{line}: {problems:?}");
            assert!(problems_of(super::check, "tests/a.txt", line).is_empty());
        }
    }
}

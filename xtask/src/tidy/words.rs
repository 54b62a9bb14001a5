//! Words that belong to somebody's machine or network and not into the project.

use super::{Problem, Text};

/// Folders of a machine. Written in two halves, so that this file does not break its own rule.
const FOLDERS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
];
/// Hosts that tools know by themselves, halved likewise.
const HOSTS: &[&str] = &[
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("pypi", ".org"),
    concat!("pythonho", "sted.org"),
    concat!("deb.deb", "ian.org"),
    concat!("registry.np", "mjs.org"),
];
/// Recorded data keeps the words it came with.
const DATA: &[&str] = &[".json", ".xml", ".tap", ".snap", ".lock", ".log"];

/// Checks one text.
pub fn check(text: &Text) -> Vec<Problem> {
    let recorded = text.path.starts_with("tests/") && text.path.ends_with(".yaml");
    if recorded || DATA.iter().any(|ending| text.path.ends_with(ending)) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (index, line) in text.text.lines().enumerate() {
        for folder in FOLDERS.iter().filter(|folder| names_folder(line, folder)) {
            let message = format!("`{folder}` is a folder of one machine: use a relative path");
            problems.push(Problem::new(&text.path, index + 1, message));
        }
        for host in HOSTS.iter().filter(|host| line.contains(**host)) {
            let message = format!("`{host}` is for the tools to know: leave it out");
            problems.push(Problem::new(&text.path, index + 1, message));
        }
    }
    problems
}

/// Whether an absolute path starts with the folder; `a/work/b` has it inside only.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(place, _)| {
        let before = line
            .get(..place)
            .and_then(|before| before.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || "._-}>)".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::problems_of;
    use super::{FOLDERS, HOSTS};

    #[test]
    fn machine_folders_are_found() {
        for folder in FOLDERS {
            let found = vec![format!(
                "2: `{folder}` is a folder of one machine: use a relative path"
            )];
            for (path, line, expected) in [
                ("a.rs", format!("let a = \"{folder}x\";"), &found),
                ("README.md", format!("cd {folder}x"), &found),
                ("README.md", format!("see docs{folder}x"), &vec![]),
                ("tests/data/a.json", format!("\"{folder}x\""), &vec![]),
                ("tests/data/a.yaml", format!("{folder}x"), &vec![]),
                ("policies/a.yaml", format!("{folder}x"), &found),
            ] {
                let text = format!("\n{line}\n");
                assert_eq!(
                    &problems_of(super::check, path, &text),
                    expected,
                    "{path} {line}"
                );
            }
        }
    }

    #[test]
    fn registry_hosts_are_found() {
        for host in HOSTS {
            let found = format!("1: `{host}` is for the tools to know: leave it out");
            assert_eq!(
                problems_of(super::check, "a.toml", &format!("https://{host}/x")),
                [found]
            );
            assert!(problems_of(super::check, "Cargo.lock", host).is_empty());
        }
        assert!(problems_of(super::check, "a.md", "https://example.org/x").is_empty());
    }
}

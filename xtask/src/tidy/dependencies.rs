//! Every dependency is named once, in the root, with its reason; members refer to it.

use super::{Problem, Text};
use toml::{Table, Value};

/// Tables of a member that name dependencies.
const TABLES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Checks one `Cargo.toml`.
pub fn check(text: &Text) -> Vec<Problem> {
    if text.path == "Cargo.toml" {
        return reasons(text);
    }
    if text.path.ends_with("/Cargo.toml") {
        references(text)
    } else {
        Vec::new()
    }
}

/// A comment beside a dependency is its reason; one above holds for the lines below it, up to an
/// empty line.
fn reasons(text: &Text) -> Vec<Problem> {
    let mut problems = Vec::new();
    let lines = text.text.lines().enumerate();
    let mut inside = false;
    let mut reason = false;
    for (index, line) in lines {
        let line = line.trim_end();
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
        } else if inside && line.is_empty() {
            reason = false;
        } else if inside && line.starts_with('#') {
            reason = true;
        } else if inside
            && !reason
            && line.starts_with(char::is_alphanumeric)
            && !line.contains(" # ")
        {
            let name = line.split(['=', '.', ' ']).next().unwrap_or(line);
            let message = format!("`{name}` has no reason: write one in a comment above it");
            problems.push(Problem::new(&text.path, index + 1, message));
        }
    }
    problems
}

fn references(text: &Text) -> Vec<Problem> {
    let Ok(table) = text.text.parse::<Table>() else {
        return vec![Problem::new(&text.path, 1, "is no TOML")];
    };
    let targets = table.get("target").and_then(Value::as_table);
    let targets = targets
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    let mut problems = Vec::new();
    for member in std::iter::once(&table).chain(targets) {
        for dependencies in TABLES
            .iter()
            .filter_map(|name| member.get(*name)?.as_table())
        {
            for (name, value) in dependencies {
                if value.get("workspace").and_then(Value::as_bool) != Some(true) {
                    let message = format!(
                        "`{name}` has its version here: name it in the root's `[workspace.dependencies]`"
                    );
                    problems.push(Problem::new(&text.path, line_of(&text.text, name), message));
                }
            }
        }
    }
    problems
}

fn line_of(text: &str, name: &str) -> usize {
    let names = |line: &str| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(['=', '.', ' ']))
    };
    text.lines().position(names).unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::super::testing::problems_of;

    #[test]
    fn every_dependency_of_the_root_has_a_reason() {
        for (text, expected) in [
            (
                "[workspace.dependencies]\n# Why.\na = \"1\"\nb = \"1\"\n",
                &[][..],
            ),
            ("[workspace.dependencies]\na = \"1\" # why\n", &[]),
            (
                "[workspace.dependencies]\n# Why.\na = { version = \"1\", features = [\n    \"x\",\n] }\n",
                &[],
            ),
            ("[package]\nname = \"a\"\n", &[]),
            (
                "[workspace.dependencies]\n# Why.\na = \"1\"\n\nb = \"1\"\n",
                &["5: `b` has no reason: write one in a comment above it"],
            ),
        ] {
            assert_eq!(
                problems_of(super::check, "Cargo.toml", text),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn members_refer_to_the_root() {
        let here = "has its version here: name it in the root's `[workspace.dependencies]`";
        for (text, expected) in [
            (
                "[dependencies]\na.workspace = true\nb = { workspace = true, features = [\"x\"] }\n",
                vec![],
            ),
            (
                "[dev-dependencies]\na = \"1\"\n",
                vec![format!("2: `a` {here}")],
            ),
            (
                "[dependencies]\nb.workspace = true\na = { path = \"../a\" }\n",
                vec![format!("3: `a` {here}")],
            ),
            (
                "[target.'cfg(unix)'.dependencies]\na = \"1\"\n",
                vec![format!("2: `a` {here}")],
            ),
            ("not toml", vec!["1: is no TOML".to_owned()]),
        ] {
            assert_eq!(
                problems_of(super::check, "host/Cargo.toml", text),
                expected,
                "{text}"
            );
        }
    }
}

//! Rules for sources: a module says what it is for, and a file stays small enough to read.

use super::{Problem, Text};

/// The most lines that a source may have.
const MAX_LINES: usize = 400;
/// Endings of what counts as a source.
const SOURCES: &[&str] = &[".rs", ".wit", ".sql", ".lua", ".py"];

/// What a component may not print with, to standard output or error, as it panics where the log has no room.
const PANICKING_PRINT: &str = "println!(";

/// Checks one source.
pub fn check(text: &Text) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !SOURCES.iter().any(|ending| text.path.ends_with(ending)) {
        return problems;
    }
    let lines = text.text.lines().count();
    if lines > MAX_LINES {
        let message = format!("{lines} lines, {MAX_LINES} are allowed: split the file");
        problems.push(Problem::new(&text.path, MAX_LINES + 1, message));
    }
    let first = text.text.lines().find(|line| !line.trim().is_empty());
    if text.path.ends_with(".rs") && !first.is_some_and(|line| line.starts_with("//!")) {
        let message = "start the module with `//!`: what it is for, what it must not know";
        problems.push(Problem::new(&text.path, 1, message));
    }
    if text.path.starts_with("components/") && text.path.contains("/src/") {
        for (index, line) in text.text.lines().enumerate() {
            if line.contains(PANICKING_PRINT) {
                let message = "print by `http_edge::log`: this panics where the log has no room";
                problems.push(Problem::new(&text.path, index + 1, message));
            }
        }
    }
    if text.path.ends_with(".py") && !first.is_some_and(|line| line.starts_with("\"\"\"")) {
        let message = "start the script with its docstring: what it is for, what it must not know";
        problems.push(Problem::new(&text.path, 1, message));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::testing::problems_of;

    #[test]
    fn modules_start_with_their_purpose() {
        let missing = "1: start the module with `//!`: what it is for, what it must not know";
        let script =
            "1: start the script with its docstring: what it is for, what it must not know";
        for (path, text, expected) in [
            ("a.rs", "//! Purpose.\nfn a() {}\n", &[][..]),
            ("a.rs", "\n//! Purpose.\n", &[]),
            ("a.rs", "fn a() {}\n", &[missing]),
            ("a.rs", "// no purpose\n", &[missing]),
            ("a.rs", "", &[missing]),
            ("a.md", "text\n", &[]),
            ("a.py", "\"\"\"Purpose.\"\"\"\n", &[]),
            ("a.py", "# no purpose\n", &[script]),
            ("a.py", "import sys\n", &[script]),
        ] {
            assert_eq!(
                problems_of(super::check, path, text),
                expected,
                "{path} {text}"
            );
        }
    }

    #[test]
    fn components_print_by_what_does_not_panic() {
        let text = "//! Purpose.\nfn a() { eprintln!(\"a\") }\n";
        let told = "2: print by `http_edge::log`: this panics where the log has no room";
        for (path, expected) in [
            ("components/a/src/lib.rs", &[told][..]),
            ("components/a/tests/a.rs", &[]),
            ("crates/a/src/lib.rs", &[]),
        ] {
            assert_eq!(problems_of(super::check, path, text), expected, "{path}");
        }
    }

    #[test]
    fn files_stay_small() {
        let at = format!("//! Purpose.\n{}", "\n".repeat(399));
        let over = format!("{at}\n");
        let over_py = format!("\"\"\"Purpose.\"\"\"\n{}", "\n".repeat(400));
        let long = "401: 401 lines, 400 are allowed: split the file";
        for (path, text, expected) in [
            ("a.rs", &at, &[][..]),
            ("a.rs", &over, &[long]),
            ("a.wit", &over, &[long]),
            ("a.py", &over_py, &[long]),
            ("a.json", &over, &[]),
        ] {
            assert_eq!(problems_of(super::check, path, text), expected, "{path}");
        }
    }
}

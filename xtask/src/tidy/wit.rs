//! Every item of our WIT says what it is, with its units and errors.

use super::{Problem, Text};

/// Words that start an item.
const KEYWORDS: &[&str] = &[
    "interface",
    "world",
    "record",
    "variant",
    "enum",
    "flags",
    "resource",
    "type",
];

/// Checks one file of `wit/`; packages of others (`wit/deps`) are as they came.
pub fn check(text: &Text) -> Vec<Problem> {
    let ours = text.path.starts_with("wit/") && text.path.matches('/').count() == 1;
    if !ours || !text.path.ends_with(".wit") {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let mut documented = false;
    for (index, line) in text.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("///") {
            documented = true;
        } else if !line.is_empty() && !line.starts_with('@') {
            if let Some(item) = item(line).filter(|_| !documented) {
                let message = format!("`{item}` has no `///` comment");
                problems.push(Problem::new(&text.path, index + 1, message));
            }
            documented = false;
        }
    }
    problems
}

/// The name of the item that a line starts.
fn item(line: &str) -> Option<&str> {
    if line.starts_with("//") {
        return None;
    }
    let end = |c: char| !(c.is_alphanumeric() || c == '-' || c == '%');
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if KEYWORDS.contains(&first) {
        return Some(words.next()?.split(end).next().unwrap_or_default());
    }
    // `name: func(…)`, `name: async func(…)`, and in a world `export name: func(…)`.
    let (name, kind) = line.split_once(':')?;
    let kind = kind.trim_start();
    let kind = kind.strip_prefix("static ").unwrap_or(kind);
    let kind = kind.strip_prefix("async ").unwrap_or(kind);
    kind.starts_with("func")
        .then(|| name.split_whitespace().next_back().unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::super::testing::problems_of;

    #[test]
    fn every_item_has_a_comment() {
        let documented = "/// Doc.\ninterface a {\n    /// Doc.\n    @since(version = 0.1.0)\n    b: func(c: string) -> u32;\n    /// Doc.\n    record d { e: u32 }\n}\n";
        for (path, text, expected) in [
            ("wit/a.wit", documented.to_owned(), &[][..]),
            (
                "wit/a.wit",
                documented.replacen("/// Doc.\n", "", 1),
                &["1: `a` has no `///` comment"],
            ),
            (
                "wit/a.wit",
                documented.replace("    /// Doc.\n    @", "    @"),
                &["4: `b` has no `///` comment"],
            ),
            (
                "wit/a.wit",
                documented.replace("    /// Doc.\n    record", "    record"),
                &["6: `d` has no `///` comment"],
            ),
            (
                "wit/a.wit",
                "// a\nworld w {\n}\n".to_owned(),
                &["2: `w` has no `///` comment"],
            ),
            (
                "wit/a.wit",
                "    submit: async func(r: r);".to_owned(),
                &["1: `submit` has no `///` comment"],
            ),
            (
                "wit/a.wit",
                "    variant v {".to_owned(),
                &["1: `v` has no `///` comment"],
            ),
            (
                "wit/a.wit",
                "package a:b@0.1.0;\nuse x.{y};\n  import a;\n".to_owned(),
                &[],
            ),
            ("wit/deps/a.wit", "interface a {}".to_owned(), &[]),
            ("a.rs", "enum a {}".to_owned(), &[]),
        ] {
            assert_eq!(
                problems_of(super::check, path, &text),
                expected,
                "{path} {text}"
            );
        }
    }
}

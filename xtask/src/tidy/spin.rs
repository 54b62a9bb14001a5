//! The manifests serve every component that is built for them, and name no other.

use super::{Problem, Text};
use crate::workspace::{HELLO, PLUGS, PROBE};

/// Where finished components are, as spin.toml writes it.
const FOLDER: &str = "target/components/";

/// Compares manifests with the folders of components. What none of them names is told of the first.
pub fn check(manifests: &[&Text], components: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut named = Vec::new();
    for (manifest, index, line) in manifests.iter().flat_map(|manifest| {
        let lines = manifest.text.lines().enumerate();
        lines.map(move |(index, line)| (manifest, index, line))
    }) {
        let code = line.split(" #").next().unwrap_or(line);
        if code.trim_start().starts_with('#') {
            continue;
        }
        for (place, _) in code.match_indices(FOLDER) {
            let rest = code.get(place + FOLDER.len()..).unwrap_or_default();
            let Some((name, _)) = rest.split_once(".wasm") else {
                continue;
            };
            if !components.contains(&name) || is_apart(name) {
                let message = format!("`{name}` is no component of the application");
                problems.push(Problem::new(&manifest.path, index + 1, message));
            }
            named.push(name);
        }
    }
    let first = manifests.first().map_or("", |manifest| &manifest.path);
    for component in components {
        if !is_apart(component) && !named.contains(component) {
            let message = format!("`components/{component}` is nowhere used: give it a route");
            problems.push(Problem::new(first, 1, message));
        }
    }
    problems
}

/// Plugs are inside of the others; the benchmark and the tests of the host add components of
/// their own.
fn is_apart(component: &str) -> bool {
    let is_plug = PLUGS.iter().any(|(folder, _)| *folder == component);
    is_plug || [HELLO, PROBE].contains(&component)
}

#[cfg(test)]
mod tests {
    use super::super::testing::problems_of;

    #[test]
    fn spin_toml_and_the_components_agree() {
        let a = "source = \"target/components/a.wasm\"\n";
        let b = "middleware = [{ path = \"target/components/b.wasm\" }]\n";
        let both = format!("{a}{b}");
        let unused = "1: `components/b` is nowhere used: give it a route";
        for (text, expected) in [
            (both.clone(), &[][..]),
            (a.to_owned(), &[unused]),
            (format!("{a}# {b}"), &[unused]),
            (
                both.replace("/a.", "/c."),
                &[
                    "1: `c` is no component of the application",
                    "1: `components/a` is nowhere used: give it a route",
                ],
            ),
            (
                format!("{both}{}", a.replace("/a.", "/hello.")),
                &["3: `hello` is no component of the application"],
            ),
        ] {
            let check =
                |text: &super::Text| super::check(&[text], &["a", "b", "hello", "store-sqlite"]);
            assert_eq!(problems_of(check, "spin.toml", &text), expected, "{text}");
        }
    }
}

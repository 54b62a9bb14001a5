//! The README's map of the house names every folder, and every folder it names is there.

use super::{Problem, Text};
use std::collections::BTreeMap;

/// The heading above the map's fenced block.
const HEADING: &str = "## Map";
/// Folders that need no line: every member has its sources there, and tools have their own.
const UNNAMED: &[&str] = &["src", ".cargo"];

/// Compares the map with the folders (paths from the root, any depth; two levels are looked at).
pub fn check(readme: &Text, folders: &[String]) -> Vec<Problem> {
    let Some((start, named)) = read(&readme.text) else {
        let message = format!("no fenced block under a heading `{HEADING}`: add the map");
        return vec![Problem::new(&readme.path, 1, message)];
    };
    let mut problems = Vec::new();
    for folder in folders.iter().filter(|folder| is_mapped(folder)) {
        if !named.contains_key(folder) {
            let message = format!("the map does not name `{folder}/`");
            problems.push(Problem::new(&readme.path, start, message));
        }
    }
    for (folder, line) in &named {
        if !folders.contains(folder) {
            let message = format!("the map names `{folder}/`, which is not there");
            problems.push(Problem::new(&readme.path, *line, message));
        }
    }
    problems
}

fn is_mapped(folder: &str) -> bool {
    let last = folder.rsplit('/').next().unwrap_or_default();
    folder.matches('/').count() < 2 && !UNNAMED.contains(&last) && !folder.starts_with(".cargo/")
}

/// The heading's line, and each folder of the map with its line. An indented line names folders
/// inside of the one above that is not indented; a line's names end at the first word without `/`.
fn read(text: &str) -> Option<(usize, BTreeMap<String, usize>)> {
    let mut lines = text
        .lines()
        .enumerate()
        .skip_while(|(_, line)| line.trim_end() != HEADING);
    let (start, _) = lines.next()?;
    let mut block = lines.skip_while(|(_, line)| !line.starts_with("```"));
    block.next()?;
    let mut named = BTreeMap::new();
    let mut above = String::new();
    for (index, line) in block.take_while(|(_, line)| !line.starts_with("```")) {
        let indented = line.starts_with([' ', '\t']);
        for word in line.split_whitespace() {
            let Some(name) = word.strip_suffix('/') else {
                break;
            };
            let folder = if indented {
                format!("{above}/{name}")
            } else {
                name.to_owned()
            };
            if !indented {
                above.clone_from(&folder);
            }
            named.insert(folder, index + 1);
        }
    }
    Some((start + 1, named))
}

#[cfg(test)]
mod tests {
    use super::super::testing::problems_of;

    #[test]
    fn the_map_and_the_folders_agree() {
        let folders = ["a", "a/b", "a/src", "a/b/deep", "c", "d", ".cargo"].map(String::from);
        let whole = "## Map\n```\nREADME.md   what\na/          rooms\n  b/        a room\nc/  d/      more\n```\n";
        for (text, expected) in [
            (whole.to_owned(), &[][..]),
            (
                whole.replace("c/  d/", "c/"),
                &["1: the map does not name `d/`"],
            ),
            (
                whole.replace("  b/", "  b/ e/"),
                &["5: the map names `a/e/`, which is not there"],
            ),
            (
                whole.replace("  b/ ", "  text"),
                &["1: the map does not name `a/b/`"],
            ),
            (
                "# No map\n".to_owned(),
                &["1: no fenced block under a heading `## Map`: add the map"],
            ),
        ] {
            let check = |readme: &_| super::check(readme, &folders);
            assert_eq!(problems_of(check, "README.md", &text), expected, "{text}");
        }
    }
}

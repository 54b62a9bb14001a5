//! YAML → entries. What is not understood is an error and never passed over: a misspelt
//! `testcases_ignore` would let more people in than its author meant.

use crate::{Entry, Permissions};
use std::fmt;
use yaml_tree::{Content, Node, Position};

/// Most entries in a file.
pub const MAX_ENTRIES: usize = 10_000;
/// Most items in one list of an entry.
pub const MAX_ITEMS: usize = 10_000;

/// A file that can't be used. Its `Display` is for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The file.
    pub path: String,
    /// Where in it, counted from one, if that is known: line and column.
    pub at: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.path)?;
        if let Some((line, column)) = self.at {
            write!(out, "line {line}, column {column}: ")?;
        }
        out.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}

/// What an entry's `approval` says.
const REQUIRED: &str = "required";

/// What is wrong, and where.
pub(crate) type Problem = (Position, String);

impl Permissions {
    /// Reads the entries of one file: a list, of mappings. An empty list is fine and lets nobody in;
    /// an empty file is an error, as it is more likely an accident.
    ///
    /// # Errors
    /// The first mistake, with `path` and its place.
    pub fn load(path: &str, text: &str) -> Result<Self, LoadError> {
        document(path, text, |node| entries(node, false)).map(Self)
    }

    /// As [`Permissions::load`], for waivers: entries may say that an approval is required.
    ///
    /// # Errors
    /// As [`Permissions::load`].
    pub(crate) fn load_of_waivers(path: &str, text: &str) -> Result<Self, LoadError> {
        document(path, text, |node| entries(node, true)).map(Self)
    }
}

/// What `read` makes of the one document of a file.
pub(crate) fn document<T>(
    path: &str,
    text: &str,
    read: impl FnOnce(&Node<'_>) -> Result<T, Problem>,
) -> Result<T, LoadError> {
    let error = |at: Option<Position>, message: String| LoadError {
        path: path.to_owned(),
        at: at.map(|at| (at.line, at.column)),
        message,
    };
    let stream = yaml_tree::documents(text);
    if let Some(fault) = stream.fault {
        let (message, at) = fault.message_and_position();
        return Err(error(at, message));
    }
    let [document] = stream.documents.as_slice() else {
        let found = stream.documents.len();
        let message = format!("expected one document with a list of entries, found {found}");
        return Err(error(None, message));
    };
    read(document).map_err(|(at, message)| error(Some(at), message))
}

/// Whether the text is one document with a mapping.
pub(crate) fn is_mapping(text: &str) -> bool {
    let stream = yaml_tree::documents(text);
    let is_mapping = |node: &Node<'_>| matches!(node.content, Content::Mapping(_));
    stream.fault.is_none() && matches!(stream.documents.as_slice(), [one] if is_mapping(one))
}

fn entries(document: &Node<'_>, of_waivers: bool) -> Result<Vec<Entry>, Problem> {
    sequence(document, "the file", MAX_ENTRIES)?
        .iter()
        .map(|node| entry(node, of_waivers))
        .collect()
}

fn entry(node: &Node<'_>, of_waivers: bool) -> Result<Entry, Problem> {
    let Content::Mapping(pairs) = &node.content else {
        let message = format!("expected an entry as a mapping, found a {}", node.kind());
        return Err((node.at, message));
    };
    let mut entry = Entry::default();
    for (key, value) in pairs {
        let key_text = text(key, "a key")?;
        let name = format!("`{key_text}`");
        let is_repeated = match key_text.as_str() {
            "name" => set(&mut entry.name, text(value, &name)?),
            "description" => set(&mut entry.description, text(value, &name)?),
            "users" => set(&mut entry.users, texts(value, &name)?),
            "groups" => set(&mut entry.groups, texts(value, &name)?),
            "maintainers" => set(&mut entry.maintainers, texts(value, &name)?),
            "testcases" => set(&mut entry.testcases, texts(value, &name)?),
            "testcases_ignore" => set(&mut entry.testcases_ignore, texts(value, &name)?),
            "approval" if of_waivers => set(&mut entry.approval, required(value)?),
            "contexts" if of_waivers => set(&mut entry.contexts, some_texts(value, &name)?),
            _ => return Err((key.at, format!("{name} is no key of an entry"))),
        };
        if is_repeated {
            return Err((key.at, format!("{name} is written twice")));
        }
    }
    match (&entry.approval, &entry.contexts) {
        (None, Some(_)) => Err((
            node.at,
            "`contexts` is for entries with `approval`".to_owned(),
        )),
        _ => Ok(entry),
    }
}

/// The one word that `approval` may have.
fn required(node: &Node<'_>) -> Result<String, Problem> {
    match text(node, "`approval`")? {
        word if word == REQUIRED => Ok(word),
        _ => Err((node.at, format!("`approval` must be `{REQUIRED}`"))),
    }
}

fn some_texts(node: &Node<'_>, name: &str) -> Result<Vec<String>, Problem> {
    match texts(node, name)? {
        list if list.is_empty() => Err((node.at, format!("{name} is empty"))),
        list => Ok(list),
    }
}

/// Sets the value; whether there was one before.
fn set<T>(place: &mut Option<T>, value: T) -> bool {
    place.replace(value).is_some()
}

pub(crate) fn texts(node: &Node<'_>, name: &str) -> Result<Vec<String>, Problem> {
    sequence(node, name, MAX_ITEMS)?
        .iter()
        .map(|item| text(item, &format!("an item of {name}")))
        .collect()
}

fn sequence<'n, 't>(
    node: &'n Node<'t>,
    what: &str,
    most: usize,
) -> Result<&'n [Node<'t>], Problem> {
    match &node.content {
        Content::Sequence(items) if items.len() > most => {
            Err((node.at, format!("{what} has more than {most} items")))
        }
        Content::Sequence(items) => Ok(items),
        _ => {
            let message = format!("{what} must be a list, found a {}", node.kind());
            Err((node.at, message))
        }
    }
}

/// Text with at least one character, written with quotes or without.
pub(crate) fn text(node: &Node<'_>, what: &str) -> Result<String, Problem> {
    match &node.content {
        Content::Scalar { text, .. } if !text.is_empty() => Ok(text.to_string()),
        Content::Scalar { .. } => Err((node.at, format!("{what} is empty"))),
        _ => {
            let message = format!("{what} must be text, found a {}", node.kind());
            Err((node.at, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn entries_are_read_and_shown_as_written() {
        let text = "# who\n- users: [joe, 123, yes]\n  testcases: ['a.*']\n- name: n\n  description: d\n  groups: []\n  maintainers: [k]\n  testcases: [x]\n  testcases_ignore: [y]\n";
        let permissions = Permissions::load("p.yaml", text).unwrap();
        assert_eq!(
            serde_json::to_string(permissions.entries()).unwrap(),
            concat!(
                r#"[{"testcases":["a.*"],"users":["joe","123","yes"]},"#,
                r#"{"description":"d","groups":[],"maintainers":["k"],"name":"n","testcases":["x"],"testcases_ignore":["y"]}]"#
            )
        );
        assert_eq!(
            Permissions::load("p.yaml", "[]").unwrap(),
            Permissions::default()
        );
    }

    #[test]
    fn mistakes_say_where_they_are() {
        let check = |text: &str, expected: &str| {
            let error = Permissions::load("p.yaml", text).unwrap_err().to_string();
            assert_eq!(error, expected, "{text}");
        };
        check(
            "",
            "p.yaml: expected one document with a list of entries, found 0",
        );
        check(
            "[]\n---\n[]\n",
            "p.yaml: expected one document with a list of entries, found 2",
        );
        check(
            "users: [joe]",
            "p.yaml: line 1, column 1: the file must be a list, found a mapping",
        );
        check(
            "- joe",
            "p.yaml: line 1, column 3: expected an entry as a mapping, found a scalar",
        );
        check(
            "- testcase_ignore: [x]",
            "p.yaml: line 1, column 3: `testcase_ignore` is no key of an entry",
        );
        check(
            "- users: [a]\n  users: [b]\n",
            "p.yaml: line 2, column 3: `users` is written twice",
        );
        check(
            "- users: joe",
            "p.yaml: line 1, column 10: `users` must be a list, found a scalar",
        );
        check(
            "- users: [[joe]]",
            "p.yaml: line 1, column 11: an item of `users` must be text, found a sequence",
        );
        check(
            "- users: ['']",
            "p.yaml: line 1, column 11: an item of `users` is empty",
        );
        check(
            "- name: []",
            "p.yaml: line 1, column 9: `name` must be text, found a sequence",
        );
        for text in ["- users: [*]", "- users: [joe", "\t- x: {"] {
            let error = Permissions::load("p.yaml", text).unwrap_err();
            assert!(error.at.is_some(), "{text}: {error}");
        }
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let load = |text: &str| Permissions::load("p.yaml", text);
        assert!(load(&"- {}\n".repeat(MAX_ENTRIES)).is_ok());
        let error = load(&"- {}\n".repeat(MAX_ENTRIES + 1)).unwrap_err();
        assert!(error.message.contains("more than 10000"), "{error}");
        let users = |count: usize| format!("- users:\n{}", "  - u\n".repeat(count));
        assert!(load(&users(MAX_ITEMS)).is_ok());
        let error = load(&users(MAX_ITEMS + 1)).unwrap_err();
        assert!(error.message.contains("`users` has more than"), "{error}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-a-c:\\[\\]{}*&!'\" \n]{0,60}") {
            let _ = Permissions::load("p.yaml", &text);
        }
    }
}

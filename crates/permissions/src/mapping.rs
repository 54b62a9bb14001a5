//! The form in which WaiverDB wrote permissions before there was a list of entries: a mapping from
//! regular expressions to who may.
//!
//! Expressions are searched for in a test case's name, in time that grows with both lengths alone.
//! What needs more than that (looking around, references back) is refused when the file is read.

use crate::decide::{Caller, EVERYONE};
use crate::load::{LoadError, MAX_ENTRIES, Problem, document, text, texts};
use regex_lite::{Regex, RegexBuilder};
use serde::ser::{Serialize, SerializeMap, Serializer};
use yaml_tree::{Content, Node};

/// How large a compiled expression may be, in bytes.
const MAX_REGEX_BYTES: usize = 64 * 1024;

/// All entries of a mapping, in its order. It serializes as it is written.
#[derive(Clone, Debug, Default)]
pub struct Mapping(Vec<Mapped>);

/// Who may waive test cases whose names have a match of an expression. It serializes as an entry of
/// the list would.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The expression.
    pub pattern: String,
    /// Users who may; as in [`Entry`](crate::Entry).
    pub users: Vec<String>,
    /// Groups whose members may.
    pub groups: Vec<String>,
    /// Whom to ask about it.
    pub maintainer: Option<String>,
    regex: Regex,
}

impl Mapping {
    /// Reads the mapping of one file.
    ///
    /// # Errors
    /// The first mistake, with `path` and its place.
    pub fn load(path: &str, text: &str) -> Result<Self, LoadError> {
        document(path, text, entries).map(Self)
    }

    /// Whether an entry lets the caller waive the test case.
    #[must_use]
    pub fn allows(&self, caller: Caller<'_>, test_case: &str) -> bool {
        self.for_test_case(test_case).any(|entry| {
            let mut users = entry.users.iter();
            let mut groups = entry.groups.iter();
            users.any(|user| user == EVERYONE || user == caller.user)
                || groups.any(|group| caller.groups.contains(group))
        })
    }

    /// The entries in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Mapped] {
        &self.0
    }

    /// The entries that are about a test case, whomever they name.
    pub fn for_test_case(&self, test_case: &str) -> impl Iterator<Item = &Mapped> {
        let entries = self.0.iter();
        entries.filter(move |entry| entry.regex.is_match(test_case))
    }
}

fn entries(document: &Node<'_>) -> Result<Vec<Mapped>, Problem> {
    match &document.content {
        Content::Mapping(pairs) if pairs.len() > MAX_ENTRIES => {
            let message = format!("the file has more than {MAX_ENTRIES} items");
            Err((document.at, message))
        }
        Content::Mapping(pairs) => pairs.iter().map(|(key, value)| entry(key, value)).collect(),
        _ => {
            let message = format!("the file must be a mapping, found a {}", document.kind());
            Err((document.at, message))
        }
    }
}

fn entry(key: &Node<'_>, value: &Node<'_>) -> Result<Mapped, Problem> {
    // The empty expression is a usual one: it is found in every name.
    let pattern = match &key.content {
        Content::Scalar { text, .. } => text.to_string(),
        _ => text(key, "a key")?,
    };
    let regex = RegexBuilder::new(&pattern)
        .size_limit(MAX_REGEX_BYTES)
        .build()
        .map_err(|error| (key.at, format!("`{pattern}` can't be used: {error}")))?;
    let Content::Mapping(pairs) = &value.content else {
        let message = format!("expected a mapping, found a {}", value.kind());
        return Err((value.at, message));
    };
    let mut entry = Mapped {
        pattern,
        users: Vec::new(),
        groups: Vec::new(),
        maintainer: None,
        regex,
    };
    for (key, value) in pairs {
        let name = text(key, "a key")?;
        match name.as_str() {
            "users" => entry.users = texts(value, "`users`")?,
            "groups" => entry.groups = texts(value, "`groups`")?,
            "maintainer" => entry.maintainer = Some(text(value, "`maintainer`")?),
            _ => return Err((key.at, format!("`{name}` is no key of an entry"))),
        }
    }
    Ok(entry)
}

impl Serialize for Mapped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let maintainers: Vec<&String> = self.maintainer.iter().collect();
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("_testcase_regex_pattern", &self.pattern)?;
        map.serialize_entry("groups", &self.groups)?;
        map.serialize_entry("maintainers", &maintainers)?;
        map.serialize_entry("name", &self.pattern)?;
        map.serialize_entry("users", &self.users)?;
        map.end()
    }
}

/// An entry as the mapping has it.
struct Written<'a>(&'a Mapped);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("groups", &self.0.groups)?;
        if let Some(maintainer) = &self.0.maintainer {
            map.serialize_entry("maintainer", maintainer)?;
        }
        map.serialize_entry("users", &self.0.users)?;
        map.end()
    }
}

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|entry| (&entry.pattern, Written(entry))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
^kernel-qe\\.: {groups: [devel, qa], users: [alice], maintainer: alice@example.com}
'': {groups: [admins]}
";

    #[test]
    fn an_expression_is_searched_for() {
        let mapping = Mapping::load("p.yaml", TEXT).unwrap();
        let check = |user: &str, groups: &[&str], test_case: &str, expected: bool| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            let groups = &groups;
            let allowed = mapping.allows(Caller { user, groups }, test_case);
            assert_eq!(allowed, expected, "{user} {groups:?} {test_case}");
        };
        check("alice", &[], "kernel-qe.boot", true);
        check("alice", &[], "kernel-qe", false);
        check("alice", &[], "my.kernel-qe.boot", false);
        check("bob", &["qa"], "kernel-qe.boot", true);
        check("bob", &["qa"], "other", false);
        check("bob", &["qa", "admins"], "other", true);
    }

    #[test]
    fn it_is_shown_in_both_forms() {
        let mapping = Mapping::load("p.yaml", TEXT).unwrap();
        assert_eq!(
            serde_json::to_string(&mapping).unwrap(),
            r#"{"^kernel-qe\\.":{"groups":["devel","qa"],"maintainer":"alice@example.com","users":["alice"]},"":{"groups":["admins"],"users":[]}}"#
        );
        assert_eq!(
            serde_json::to_string(mapping.entries()).unwrap(),
            concat!(
                r#"[{"_testcase_regex_pattern":"^kernel-qe\\.","groups":["devel","qa"],"maintainers":["alice@example.com"],"name":"^kernel-qe\\.","users":["alice"]},"#,
                r#"{"_testcase_regex_pattern":"","groups":["admins"],"maintainers":[],"name":"","users":[]}]"#
            )
        );
    }

    #[test]
    fn mistakes_say_where_they_are() {
        let check = |text: &str, part: &str| {
            let error = Mapping::load("p.yaml", text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        };
        check("a(: {}", "line 1, column 1: `a(` can't be used");
        check("(?!a): {}", "can't be used");
        check(
            "a: []",
            "line 1, column 4: expected a mapping, found a sequence",
        );
        check("a: {user: [b]}", "`user` is no key of an entry");
        check("a: {users: b}", "`users` must be a list");
        check("a", "the file must be a mapping, found a scalar");
        check("(a{999}){999}: {}", "can't be used");
    }
}

//! The question itself.

use crate::{Entry, Permissions};
use fnmatch::fnmatch;

/// The entry of `users` that stands for whoever has a name. The services we replace have no such
/// word: there each user or group is listed.
pub const EVERYONE: &str = "*";

/// Somebody who has a name.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The name.
    pub user: &'a str,
    /// The groups that the caller is in.
    pub groups: &'a [String],
}

impl Permissions {
    /// The first entry by which the caller may submit for the test case; `None` if there is none.
    #[must_use]
    pub fn decide(&self, caller: Caller<'_>, test_case: &str) -> Option<&Entry> {
        self.for_test_case(test_case)
            .find(|entry| entry.names(caller))
    }

    /// The entries that are about a test case, whomever they name.
    pub fn for_test_case<'a>(&'a self, test_case: &str) -> impl Iterator<Item = &'a Entry> {
        self.entries()
            .iter()
            .filter(move |entry| entry.is_about(test_case))
    }
}

impl Entry {
    fn is_about(&self, test_case: &str) -> bool {
        let any = |patterns: &Option<Vec<String>>| {
            let mut patterns = patterns.iter().flatten();
            patterns.any(|pattern| fnmatch(test_case, pattern))
        };
        any(&self.testcases) && !any(&self.testcases_ignore)
    }

    /// Whether its test cases need an approval of waivers for these contexts; none is all.
    pub(crate) fn demands_approval(&self, contexts: &[String]) -> bool {
        let is_listed = |patterns: &Vec<String>| {
            contexts.is_empty()
                || contexts
                    .iter()
                    .any(|context| patterns.iter().any(|pattern| fnmatch(context, pattern)))
        };
        self.approval.is_some() && self.contexts.as_ref().is_none_or(is_listed)
    }

    fn names(&self, caller: Caller<'_>) -> bool {
        let mut users = self.users.iter().flatten();
        let mut groups = self.groups.iter().flatten();
        users.any(|user| user == EVERYONE || user == caller.user)
            || groups.any(|group| caller.groups.contains(group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_must_name_the_caller_and_be_about_the_test_case() {
        let text = "
- {name: dist, users: [joe], groups: [qe], testcases: ['dist.*'], testcases_ignore: ['dist.secret*']}
- {name: all, users: ['*'], testcases: ['public.?']}
- {name: nothing, users: ['*']}
- {name: patterns are for test cases, users: ['b*'], groups: ['*'], testcases: ['*']}
- {name: maintainers, maintainers: [kim], testcases: ['*']}
- {name: ignoring, users: [eve], testcases: ['x'], testcases_ignore: []}
";
        let permissions = Permissions::load("p.yaml", text).unwrap();
        let check = |user: &str, groups: &[&str], test_case: &str, expected: Option<&str>| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            let caller = Caller {
                user,
                groups: &groups,
            };
            let entry = permissions.decide(caller, test_case);
            let name = entry.and_then(|entry| entry.name.as_deref());
            assert_eq!(name, expected, "{user} {groups:?} {test_case}");
        };
        check("joe", &[], "dist.rpmlint", Some("dist"));
        check("joe", &[], "dist.secret.x", None);
        check("joe", &[], "Dist.rpmlint", None);
        check("Joe", &[], "dist.rpmlint", None);
        check("bob", &["dev", "qe"], "dist.rpmlint", Some("dist"));
        check("bob", &["dev"], "dist.rpmlint", None);
        check("anybody", &[], "public.a", Some("all"));
        check("anybody", &[], "public.ab", None);
        check("b*", &[], "z", Some("patterns are for test cases"));
        check("anybody", &["any"], "z", None);
        check("kim", &[], "z", None);
        check("eve", &[], "x", Some("ignoring"));
    }

    #[test]
    fn no_entries_let_nobody_submit() {
        let caller = Caller {
            user: "joe",
            groups: &[],
        };
        assert_eq!(Permissions::default().decide(caller, "t"), None);
    }
}

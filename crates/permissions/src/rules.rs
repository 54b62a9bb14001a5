//! Who may waive: a list of entries or the older mapping, whichever the file has.

use crate::{Caller, Entry, LoadError, Mapped, Mapping, Permissions};
use serde::Serialize;

/// The rules of one file. Unlike for results, none at all means that whoever has a name may waive.
#[derive(Clone, Debug)]
pub enum Rules {
    /// WaiverDB's `PERMISSIONS`.
    List(Permissions),
    /// WaiverDB's older `PERMISSION_MAPPING`.
    Mapping(Mapping),
}

/// One rule, in the form that clients read.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum Rule<'a> {
    /// Of a list.
    Entry(&'a Entry),
    /// Of a mapping.
    Mapped(&'a Mapped),
}

impl Rules {
    /// Reads the rules of one file.
    ///
    /// # Errors
    /// The first mistake, with `path` and its place.
    pub fn load(path: &str, text: &str) -> Result<Self, LoadError> {
        match crate::load::is_mapping(text) {
            true => Mapping::load(path, text).map(Self::Mapping),
            false => Permissions::load_of_waivers(path, text).map(Self::List),
        }
    }

    /// Whether the caller may waive results of the test case.
    #[must_use]
    pub fn allow(&self, caller: Caller<'_>, test_case: &str) -> bool {
        match self {
            Self::List(list) if list.entries().is_empty() => true,
            Self::Mapping(mapping) if mapping.entries().is_empty() => true,
            Self::List(list) => list.decide(caller, test_case).is_some(),
            Self::Mapping(mapping) => mapping.allows(caller, test_case),
        }
    }

    /// Whether a second person must approve of a waiver for the test case that is limited to these
    /// decision contexts; one without contexts holds for all. Any entry may say so, whomever it
    /// names. A mapping can't.
    #[must_use]
    pub fn demand_approval(&self, test_case: &str, contexts: &[String]) -> bool {
        match self {
            Self::List(list) => list
                .for_test_case(test_case)
                .any(|entry| entry.demands_approval(contexts)),
            Self::Mapping(_) => false,
        }
    }

    /// The rules in the order of the file: all, or those about a test case, whomever they name.
    #[must_use]
    pub fn rules(&self, test_case: Option<&str>) -> Vec<Rule<'_>> {
        match (self, test_case) {
            (Self::List(list), None) => list.entries().iter().map(Rule::Entry).collect(),
            (Self::List(list), Some(name)) => list.for_test_case(name).map(Rule::Entry).collect(),
            (Self::Mapping(mapping), None) => mapping.entries().iter().map(Rule::Mapped).collect(),
            (Self::Mapping(mapping), Some(name)) => {
                mapping.for_test_case(name).map(Rule::Mapped).collect()
            }
        }
    }

    /// The mapping, if the file has one.
    #[must_use]
    pub fn mapping(&self) -> Option<&Mapping> {
        match self {
            Self::List(_) => None,
            Self::Mapping(mapping) => Some(mapping),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_may_demand_an_approval() {
        let text = "
- {users: ['*'], testcases: ['*']}
- {approval: required, testcases: ['dist.*'], testcases_ignore: ['dist.lint']}
- {approval: required, contexts: ['*_stable'], users: [joe], testcases: ['ci.*']}
";
        let rules = Rules::load("w.yaml", text).unwrap();
        let check = |test_case: &str, contexts: &[&str], expected: bool| {
            let contexts: Vec<String> = contexts.iter().map(|text| (*text).to_owned()).collect();
            let found = rules.demand_approval(test_case, &contexts);
            assert_eq!(found, expected, "{test_case} {contexts:?}");
        };
        check("dist.abi", &[], true);
        check("dist.abi", &["push_testing"], true);
        check("dist.lint", &[], false);
        check("other", &[], false);
        check("ci.boot", &[], true);
        check("ci.boot", &["push_testing"], false);
        check("ci.boot", &["push_testing", "push_stable"], true);
        let refused = |text: &str, part: &str| {
            let error = Rules::load("w.yaml", text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        };
        refused("- {approval: yes}", "`approval` must be `required`");
        refused(
            "- {contexts: [a]}",
            "`contexts` is for entries with `approval`",
        );
        refused(
            "- {approval: required, contexts: []}",
            "`contexts` is empty",
        );
        let error = Permissions::load("r.yaml", "- {approval: required}").unwrap_err();
        assert!(error.to_string().contains("no key of an entry"), "{error}");
    }

    #[test]
    fn either_form_is_read_and_none_lets_everybody() {
        let check = |text: &str, joe: bool, rules: usize| {
            let loaded = Rules::load("w.yaml", text).unwrap();
            let caller = Caller {
                user: "joe",
                groups: &[],
            };
            assert_eq!(loaded.allow(caller, "t1"), joe, "{text}");
            assert_eq!(loaded.rules(Some("t1")).len(), rules, "{text}");
        };
        check("[]", true, 0);
        check("{}", true, 0);
        check("- {users: [joe], testcases: ['t*']}", true, 1);
        check("- {users: [bot], testcases: ['t*']}", false, 1);
        check("- {users: [joe], testcases: ['x*']}", false, 0);
        check(
            "- {users: [joe], testcases: ['t*'], testcases_ignore: [t1]}",
            false,
            0,
        );
        check("^t: {users: [joe]}", true, 1);
        check("^x: {users: [joe]}", false, 0);
        for text in ["", "joe", "- joe", "a: {", "[]\n---\n[]"] {
            assert!(Rules::load("w.yaml", text).is_err(), "{text}");
        }
    }
}

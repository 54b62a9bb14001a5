//! The policies that the benchmark decides by: five rules of its own, and a large real policy where
//! there is one to read.

use super::data::{self, GATED_TEST_CASES, Rule};
use crate::manifest::POLICIES;
use crate::up::copy_folder;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The context of the policy of five rules.
pub const CONTEXT: &str = "bench_5";
/// Names the folder of sample data that the large policy is read from.
const SHARED: &str = "SLUICEGATE_SHARED";
/// The large policy in that folder.
const LARGE: &str = "policies/bodhi/policy.yaml";
/// What is changed in the mounted copy, so that one request about an update meets every rule of the
/// file, the rules for composes too.
const FOR_ONE_REQUEST: [(&str, &str); 3] = [
    ("subject_type: compose", "subject_type: bodhi_update"),
    (
        "decision_context: rawhide_compose_sync_to_mirrors",
        "decision_context: bodhi_update_push_testing_critpath",
    ),
    ("- fedora-rawhide", "- fedora-*"),
];

/// The large policy's file, if it is there.
pub fn large(workspace: &Workspace) -> Option<PathBuf> {
    let shared = std::env::var_os(SHARED)
        .map_or_else(|| workspace.root.join("../shared/data"), PathBuf::from);
    let file = shared.join(LARGE);
    if file.is_file() {
        return Some(file);
    }
    eprintln!("skipped: decisions by the large policy, no `{LARGE}` in `{SHARED}`");
    None
}

/// The rules that a decision by the large policy asks for.
pub fn rules(large: &Path) -> Result<Vec<Rule>> {
    Ok(rules_of(&read(large)?))
}

/// Reads as much of the file as results need: the decisions themselves are the application's.
fn rules_of(text: &str) -> Vec<Rule> {
    text.lines()
        .filter(|line| line.trim_start().starts_with("- !PassingTestCaseRule"))
        .filter_map(|line| {
            let value = |key: &str| {
                let (_, rest) = line.split_once(key)?;
                let value = rest.split([',', '}']).next()?;
                Some(value.trim().trim_matches('"').to_owned())
            };
            Some(Rule {
                test_case: value("test_case_name:")?,
                scenario: value("scenario:")?,
            })
        })
        .collect()
}

/// Makes the folder that is mounted: subject types of the project, the five rules, the large policy.
pub fn write(workspace: &Workspace, folder: &Path, large: Option<&Path>) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("can't empty `{}`", folder.display()))?;
    }
    copy_folder(
        &workspace.root.join(POLICIES).join("subject_types"),
        &folder.join("subject_types"),
    )?;
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("can't write `{}`", file.display()))
    };
    write("bench_5.yaml", &five_rules())?;
    if let Some(large) = large {
        let text = FOR_ONE_REQUEST
            .iter()
            .fold(read(large)?, |text, (from, to)| text.replace(from, to));
        write("large.yaml", &text)?;
    }
    Ok(())
}

fn five_rules() -> String {
    let mut text = format!(
        "--- !Policy\nid: {CONTEXT}\nproduct_versions: [fedora-*]\ndecision_context: {CONTEXT}\n\
         subject_type: {}\nrules:\n",
        data::KOJI_BUILD
    );
    for rank in 0..GATED_TEST_CASES {
        let name = data::test_case(rank);
        text.push_str(&format!(
            "  - !PassingTestCaseRule {{test_case_name: {name}}}\n"
        ));
    }
    text
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("can't read `{}`", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_from_all_policies() {
        let text = "# x\n--- !Policy\nid: \"a\"\nrules:\n  - !PassingTestCaseRule {test_case_name: t, scenario: \"s 1\"}\n\
                    --- !Policy\nid: b\nrules:\n  - !PassingTestCaseRule {test_case_name: u, scenario: v}\n  - !RemoteRule {}\n";
        let rule = |test_case: &str, scenario: &str| Rule {
            test_case: test_case.into(),
            scenario: scenario.into(),
        };
        assert_eq!(rules_of(text), [rule("t", "s 1"), rule("u", "v")]);
    }

    #[test]
    fn five_rules_are_five() {
        assert_eq!(
            five_rules()
                .lines()
                .filter(|line| line.contains("Rule"))
                .count(),
            5
        );
    }
}

//! The policies that the benchmark decides by: five rules of its own, and a large real policy where
//! there is one to read.

use super::data::{self, GATED_TEST_CASES, Rule};
use crate::manifest::POLICIES;
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
/// The policy of that file which has the most rules that one request can ask for.
const LARGE_ID: &str = "bodhiupdate_bodhipush_openqa";

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
    Ok(rules_of(&read(large)?, LARGE_ID))
}

/// Every rule of the file, whether or not a decision asks for it.
pub fn count_rules(large: &Path) -> Result<usize> {
    Ok(read(large)?.lines().filter(|line| is_rule(line)).count())
}

fn is_rule(line: &str) -> bool {
    line.trim_start().starts_with("- !") && line.contains("Rule")
}

/// Reads as much of the file as results need: the decisions themselves are the application's.
fn rules_of(text: &str, id: &str) -> Vec<Rule> {
    let policies = text.split("--- !Policy");
    let policy = policies.into_iter().find(|policy| {
        policy.lines().any(|line| {
            line.strip_prefix("id: ")
                .is_some_and(|name| name.trim_matches('"') == id)
        })
    });
    let lines = policy
        .unwrap_or_default()
        .lines()
        .filter(|line| is_rule(line));
    lines
        .filter_map(|line| {
            let value = |key: &str| {
                let (_, rest) = line.split_once(key)?;
                Some(
                    rest.split([',', '}'])
                        .next()?
                        .trim()
                        .trim_matches('"')
                        .to_owned(),
                )
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
    copy(
        &workspace.root.join(POLICIES).join("subject_types"),
        &folder.join("subject_types"),
    )?;
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("can't write `{}`", file.display()))
    };
    write("bench_5.yaml", &five_rules())?;
    if let Some(large) = large {
        write("large.yaml", &read(large)?)?;
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

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("can't create `{}`", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("can't read `{}`", from.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("can't read `{}`", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_from_one_policy() {
        let text = "# x\n--- !Policy\nid: \"a\"\nrules:\n  - !PassingTestCaseRule {test_case_name: t, scenario: \"s 1\"}\n\
                    --- !Policy\nid: b\nrules:\n  - !PassingTestCaseRule {test_case_name: u, scenario: v}\n  - !RemoteRule {}\n";
        let rule = |test_case: &str, scenario: &str| Rule {
            test_case: test_case.into(),
            scenario: scenario.into(),
        };
        assert_eq!(rules_of(text, "a"), [rule("t", "s 1")]);
        assert_eq!(rules_of(text, "b"), [rule("u", "v")]);
        assert_eq!(rules_of(text, "c"), []);
    }

    #[test]
    fn five_rules_are_five() {
        assert_eq!(five_rules().lines().filter(|line| is_rule(line)).count(), 5);
    }
}

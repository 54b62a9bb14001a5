//! Explanations of the cases of `tests/cases/decisions`: each agrees with the decision, and those of some folders are compared with golden
//! files, `explanation.txt` and `explanation.json`. After a wanted change: `UPDATE_EXPLANATIONS=1 cargo test -p gate`, and look at what changed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

mod support;

use std::fs;

use gate::explain::view::{Explanation, PolicyExplanation};
use serde_json::Value;
use support::{Case, case_dirs};

/// The requirements of an explanation that a decision shows, in order: satisfied, unsatisfied, informative.
fn requirements(explanation: &Explanation) -> [Vec<Value>; 3] {
    fn collect(policies: &[PolicyExplanation], lists: &mut [Vec<Value>; 3]) {
        for policy in policies {
            for rule in &policy.rules {
                for one in &rule.requirements {
                    let object = serde_json::to_value(&one.requirement).unwrap();
                    let is_waived_fault = one.requirement.waiver_id.is_some()
                        && !object["type"].as_str().unwrap().starts_with("test-result");
                    match (rule.informative, one.satisfied) {
                        _ if is_waived_fault => {}
                        (true, _) => lists[2].push(object),
                        (false, true) => lists[0].push(object),
                        (false, false) => lists[1].push(object),
                    }
                }
                let file = rule.remote_file.iter();
                file.for_each(|file| collect(&file.policies, lists));
            }
        }
    }
    let mut lists = [Vec::new(), Vec::new(), Vec::new()];
    for subject in &explanation.subjects {
        collect(&subject.policies, &mut lists);
    }
    lists
}

#[test]
fn explanation_and_decision_agree() {
    let mut compared = 0;
    for dir in case_dirs() {
        let case = Case::read(&dir);
        let (answer, Some(explanation)) = (case.decide(), case.explain()) else {
            continue;
        };
        let (name, body) = (dir.display(), &answer["body"]);
        let told = serde_json::to_value(&explanation).unwrap();
        if let Some(refusal) = &explanation.refusal {
            assert_eq!(refusal.status, answer["status"], "{name}");
            assert_eq!(refusal.message, body["message"], "{name}");
            assert_eq!(explanation.actions, [], "{name}");
            continue;
        }
        assert_eq!(
            told["policies_satisfied"], body["policies_satisfied"],
            "{name}"
        );
        assert_eq!(told["summary"], body["summary"], "{name}");
        assert_eq!(
            explanation.actions.is_empty(),
            explanation.policies_satisfied,
            "{name}"
        );
        let [satisfied, unsatisfied, informative] = requirements(&explanation);
        let list = |key: &str, leave_out: &str| -> Vec<Value> {
            let list = body[key].as_array().cloned().unwrap_or_default();
            let kept = list.into_iter().filter(|one| one["type"] != *leave_out);
            kept.collect()
        };
        // What a policy excludes is told of the policy, not of a rule.
        assert_eq!(
            satisfied,
            list("satisfied_requirements", "excluded"),
            "{name}"
        );
        assert_eq!(unsatisfied, list("unsatisfied_requirements", ""), "{name}");
        assert_eq!(
            informative,
            list("informative_requirements", "excluded"),
            "{name}"
        );
        compared += 1;
    }
    assert!(compared >= 200, "only {compared} cases");
}

#[test]
fn explanations_are_as_recorded() {
    let update = std::env::var_os("UPDATE_EXPLANATIONS").is_some();
    let mut compared = 0;
    for dir in case_dirs() {
        for file in ["explanation.txt", "explanation.json"] {
            let path = dir.join(file);
            if !path.is_file() {
                continue;
            }
            let explanation = Case::read(&dir).explain().unwrap();
            let made = match file {
                "explanation.txt" => explanation.to_string(),
                _ => serde_json::to_string_pretty(&explanation).unwrap() + "\n",
            };
            if update {
                fs::write(&path, &made).unwrap();
            }
            assert_eq!(
                made,
                fs::read_to_string(&path).unwrap(),
                "{}",
                path.display()
            );
            compared += 1;
        }
    }
    assert!(compared >= 10, "only {compared} files");
}

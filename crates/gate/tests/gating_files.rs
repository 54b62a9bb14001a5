//! What is said of a package's own `gating.yaml`.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use gate::{PolicySet, SourceFile, validate_gating_yaml};

const POLICY: &str =
    "id: p\nproduct_versions: [a]\ndecision_context: c\nsubject_type: t\nrules: []\n";

#[test]
fn gating_files_are_validated_as_in_greenwave() {
    let parents = SourceFile {
        path: "p.yaml",
        text: POLICY,
    };
    let parents = PolicySet::load(&[parents], &[]).unwrap();
    let check = |text: &str, expected: Result<&str, &str>| {
        let actual = validate_gating_yaml(text, &parents);
        assert_eq!(
            actual.as_deref().map_err(String::as_str),
            expected,
            "{text}"
        );
    };
    check("decision_context: c\nrules: []\n", Ok("All OK"));
    check("", Err("No policies defined"));
    check(
        "decision_contexts: [z, c, b]\nrules: []\n",
        Ok(
            "Greenwave could not find a parent policy(ies) for following decision context(s): b, z. Please change your policy so that it \
            will match a decision context in the parent policies.",
        ),
    );
    check(
        "rules: []\n",
        Err("Policy 'untitled': No decision contexts provided"),
    );
    let remote_rule = "decision_context: c\nrules: [!RemoteRule {}]\n";
    check(
        remote_rule,
        Err("Policy 'untitled': RemoteRule is not allowed in remote policies"),
    );
    let quoted = "Policy 'untitled': Attribute 'rules': expected a sequence node, but found scalar\n  \
                  in \"<unicode string>\", line 2, column 8:\n    rules: abc\n           ^";
    check("decision_context: c\nrules: abc\n", Err(quoted));
}

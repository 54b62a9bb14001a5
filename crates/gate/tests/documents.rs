//! Reads real policy, subject type and gating files and compares with what an independent reader of them found, and checks the complaints
//! about bad documents.
//!
//! The real files are shared data outside the repository: `SLUICEGATE_SHARED`, else `shared/data` beside the workspace. Without them that test
//! is skipped with a printed line, or fails where `CI` is `true`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use std::fs;
use std::path::{Path, PathBuf};

use gate::{PolicySet, PolicyView, RemotePolicies, SourceFile, SubjectTypeView};
use serde_json::{Value, json};

fn shared_dir() -> Option<PathBuf> {
    let dir = std::env::var_os("SLUICEGATE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if dir.join("expected.json").is_file() {
        return Some(dir);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "no shared data in {}",
        dir.display()
    );
    println!("skipped: no shared data in {}", dir.display());
    None
}

fn file<'t>(path: &'t str, text: &'t str) -> SourceFile<'t> {
    SourceFile { path, text }
}

fn load_error(policy: &str) -> String {
    PolicySet::load(&[file("p.yaml", policy)], &[])
        .unwrap_err()
        .remove(0)
        .message
}

#[test]
fn real_files_load_as_in_greenwave() {
    let Some(shared) = shared_dir() else { return };
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(shared.join("expected.json")).unwrap()).unwrap();
    let mut checked = 0;
    for group in ["policies", "gating-yaml"] {
        for (path, expected) in expected[group].as_object().unwrap() {
            if !path.ends_with(".yaml") {
                continue;
            }
            let text = fs::read_to_string(shared.join(path)).unwrap();
            assert_eq!(expected["loads"], true, "{path}");
            match expected["read_as"].as_str().unwrap() {
                "SubjectType" => {
                    let set = PolicySet::load(&[], &[file(path, &text)]).unwrap();
                    let ids: Vec<&str> = set
                        .subject_types()
                        .iter()
                        .map(|one| one.id.as_str())
                        .collect();
                    assert_eq!(json!(ids), expected["ids"], "{path}");
                }
                "RemotePolicy" => {
                    let loaded =
                        RemotePolicies::load(&text, "https://git.example/gating.yaml").unwrap();
                    let views: Vec<PolicyView<'_>> =
                        loaded.policies.iter().map(PolicyView::from).collect();
                    assert_eq!(json!(views), expected["as_json"], "{path}");
                }
                _ => {
                    let set = PolicySet::load(&[file(path, &text)], &[]).unwrap();
                    let views: Vec<PolicyView<'_>> = set
                        .policies()
                        .iter()
                        .map(|policy| PolicyView::from(policy.as_ref()))
                        .collect();
                    assert_eq!(json!(views), expected["as_json"], "{path}");
                }
            }
            checked += 1;
        }
    }
    assert!(checked >= 17, "only {checked} files");
}

#[test]
fn views_have_exactly_these_keys_in_this_order() {
    let policy = "id: p\nproduct_versions: [a]\ndecision_context: c\nsubject_type: t\nrules:\n- !PassingTestCaseRule {test_case_name: x}\n- !RemoteRule {}\n";
    let subject_type = "id: t\nitem_dict: {item_key: k, keys: {b: 1, a: text}}\nresult_queries: [{item_key: item}]\n";
    let set = PolicySet::load(&[file("p.yaml", policy)], &[file("t.yaml", subject_type)]).unwrap();
    assert_eq!(
        serde_json::to_string(&PolicyView::from(set.policies()[0].as_ref())).unwrap(),
        r#"{"decision_context":"c","decision_contexts":[],"excluded_packages":[],"id":"p","packages":[],"product_versions":["a"],"relevance_key":null,"relevance_value":null,"rules":[{"rule":"PassingTestCaseRule","scenario":null,"test_case_name":"x"},{"required":false,"rule":"RemoteRule","sources":[]}],"subject_type":"t","subject_types":[]}"#
    );
    assert_eq!(
        serde_json::to_string(&SubjectTypeView::from(set.subject_types()[0].as_ref())).unwrap(),
        r#"{"aliases":[],"id":"t","ignore_missing_policy":false,"is_koji_build":false,"is_nvr":false,"item_dict":{"item_key":"k","keys":{"a":"text","b":1}},"item_key":null,"product_version":null,"product_version_from_koji_build_target":[],"product_version_match":[],"result_queries":[{"item_key":"item"}]}"#
    );
}

#[test]
fn files_are_ordered_by_path_and_all_bad_files_are_reported() {
    let policy = |id: &str| {
        format!(
            "id: {id}\nproduct_versions: [a]\ndecision_context: c\nsubject_type: t\nrules: []\n"
        )
    };
    let (first, second) = (
        policy("first"),
        format!("{}--- !Policy\n{}", policy("second"), policy("third")),
    );
    let set = PolicySet::load(&[file("b.yaml", &second), file("a.yaml", &first)], &[]).unwrap();
    let ids: Vec<&str> = set
        .policies()
        .iter()
        .filter_map(|policy| policy.id.as_deref())
        .collect();
    assert_eq!(ids, ["first", "second", "third"]);
    let errors = PolicySet::load(
        &[file("b.yaml", "a"), file("a.yaml", &first)],
        &[file("c.yaml", "[")],
    )
    .unwrap_err();
    let paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["b.yaml", "c.yaml"]);
}

#[test]
fn nothing_but_comments_is_no_policy() {
    for text in ["", "# nothing\n"] {
        assert!(
            PolicySet::load(&[file("p.yaml", text)], &[])
                .unwrap()
                .policies()
                .is_empty()
        );
    }
}

const POLICY: &str =
    "id: p\nproduct_versions: [a]\ndecision_context: c\nsubject_type: t\nrules: []\n";

#[test]
fn bad_policies_are_complained_about_as_in_greenwave() {
    let check = |part: &str, instead: &str, expected: &str| {
        let text = POLICY.replace(part, instead);
        assert_ne!(text, POLICY, "{part}");
        assert_eq!(load_error(&text), expected);
    };
    check(
        "id: p\n",
        "",
        "Policy 'untitled': Attribute 'id' is required",
    );
    check(
        "product_versions: [a]\n",
        "",
        "Policy 'p': Attribute 'product_versions' is required",
    );
    check(
        "rules: []\n",
        "",
        "Policy 'p': Attribute 'rules' is required",
    );
    check(
        "id: p\nproduct_versions: [a]\n",
        "id: it's\n",
        "Policy \"it's\": Attribute 'product_versions' is required",
    );

    let not_text = "Policy 'p': Attribute 'product_versions': Expected list of str objects";
    for list in [
        "[8]",
        "[1.0, a]",
        "[yes]",
        "[2024-01-01]",
        "[~]",
        "[[a]]",
        "[{a: b}]",
    ] {
        check("[a]", list, not_text);
    }
    let position =
        |line: usize, column: usize| format!("\n  in \"p.yaml\", line {line}, column {column}");
    let no_list =
        "Policy 'p': Attribute 'product_versions': expected a sequence node, but found scalar";
    check("[a]", "fedora-41", &format!("{no_list}{}", position(2, 19)));
    check(
        "id: p",
        "id: [p]",
        &format!(
            "Policy 'untitled': Attribute 'id': expected a scalar node, but found sequence{}",
            position(1, 5)
        ),
    );
    let unknown_tag =
        "Policy 'p': Attribute 'rules': could not determine a constructor for the tag '!Unknown'";
    check(
        "rules: []",
        "rules:\n  - !Unknown {a: b}",
        &format!("{unknown_tag}{}", position(6, 5)),
    );

    let rules = |rule: &str, expected: &str| {
        check(
            "rules: []",
            &format!("rules: [{rule}]"),
            &format!("Policy 'p': Attribute 'rules': {expected}"),
        )
    };
    rules("x", "Expected list of Rule objects");
    rules("{test_case_name: x}", "Expected list of Rule objects");
    rules(
        "!PassingTestCaseRule {}",
        "YAML object !PassingTestCaseRule: Attribute 'test_case_name' is required",
    );
    rules(
        "!PassingTestCaseRule {test_case_name: x, valid_since: soonish}",
        "YAML object !PassingTestCaseRule: Attribute 'valid_since': Could not parse string as date/time, got: soonish",
    );
    rules(
        "!RemoteRule {required: maybe}",
        "YAML object !RemoteRule: Attribute 'required': Expected a boolean value, got: maybe",
    );
    rules(
        "!RemoteRule {required: }",
        "YAML object !RemoteRule: Attribute 'required': Expected a boolean value, got: None",
    );
    // A tag that stands alone is a rule without attributes.
    rules(
        "!PassingTestCaseRule",
        "YAML object !PassingTestCaseRule: Attribute 'test_case_name' is required",
    );
    rules(
        "!PassingTestCaseRule []",
        "YAML object !PassingTestCaseRule: Attribute 'test_case_name' is required",
    );
    check(
        "[a]",
        "[8, !PassingTestCaseRule {}]",
        "Policy 'p': Attribute 'product_versions': YAML object !PassingTestCaseRule: Attribute 'test_case_name' is required",
    );
    check(
        "[a]",
        "[!RemoteRule {}]",
        "Policy 'p': Attribute 'product_versions': Expected list of str objects",
    );
    let control = "YAML Parser Error: unacceptable character #x0000: special characters are not allowed\n  in \"p.yaml\", position 4";
    check("id: p", "id: \0", control);
    for tag in ["!PackageSpecificBuild", "!FedoraAtomicCi"] {
        let advice = format!("{tag} is obsolete. Please use the \"packages\" allowlist instead.");
        rules(&format!("{tag} {{test_case_name: x, repos: []}}"), &advice);
    }

    check(
        "decision_context: c\n",
        "",
        "Policy 'p': No decision contexts provided",
    );
    check(
        "decision_context: c",
        "decision_contexts: []",
        "Policy 'p': No decision contexts provided",
    );
    check(
        "decision_context: c",
        "decision_context: ''",
        "Policy 'p': No decision contexts provided",
    );
    let both_contexts =
        "Policy 'p': Both properties \"decision_contexts\" and \"decision_context\" were set";
    check(
        "decision_context: c",
        "decision_context: c\ndecision_contexts: [d]",
        both_contexts,
    );
    check(
        "subject_type: t\n",
        "",
        "Policy 'p': No subject types provided",
    );
    let both_types = "Policy 'p': Both properties \"subject_types\" and \"subject_type\" were set";
    check(
        "subject_type: t",
        "subject_type: t\nsubject_types: [u]",
        both_types,
    );
    for root in ["[]", "text", "--- !Policy\n"] {
        check(POLICY, root, "Expected mapping for !Policy tagged object");
    }
    assert!(load_error(&format!("{POLICY}x: [\n")).starts_with("YAML Parser Error: "));
    // What comes first in the file is complained about, not what is read first.
    check(
        "rules: []\n",
        "--- [\n",
        "Policy 'p': Attribute 'rules' is required",
    );
}

#[test]
fn values_keep_their_text_and_defaults() {
    let text = "--- !Anything\nid: 5\nproduct_versions: ['8', !!str 9]\ndecision_context: null\nsubject_type: yes\nrules:\n\
                - !PassingTestCaseRule {test_case_name: 1.0, scenario: null, valid_since: 1970-01-02, valid_until: '1970-01-02T01:00:00+01:00'}\n\
                - !RemoteRule {required: 'On', sources: [u]}\n- !RemoteRule\nunknown: !Tag {left: alone}\n";
    let set = PolicySet::load(&[file("p.yaml", text)], &[]).unwrap();
    let policy = &set.policies()[0];
    assert_eq!(policy.id.as_deref(), Some("5"));
    assert_eq!(policy.product_versions, ["8", "9"]);
    assert_eq!(policy.decision_context.as_deref(), Some("null"));
    assert_eq!(policy.subject_type.as_deref(), Some("yes"));
    let gate::Rule::PassingTestCase(rule) = &policy.rules[0] else {
        panic!("{policy:?}")
    };
    assert_eq!(
        (rule.test_case_name.as_str(), rule.scenario.as_deref()),
        ("1.0", Some("null"))
    );
    assert_eq!(
        (rule.valid_since_us, rule.valid_until_us),
        (Some(86_400_000_000), Some(86_400_000_000))
    );
    assert_eq!(
        policy.rules[1],
        gate::Rule::Remote(
            gate::RemoteRule {
                sources: vec!["u".to_owned()],
                required: true,
                informative: gate::Informative::Never,
            }
            .into()
        )
    );
    let bare = gate::RemoteRule {
        sources: Vec::new(),
        required: false,
        informative: gate::Informative::Never,
    };
    assert_eq!(policy.rules[2], gate::Rule::Remote(bare.into()));
}

#[test]
fn bad_subject_types_are_complained_about_as_in_greenwave() {
    let check = |text: &str, expected: &str| {
        let errors = PolicySet::load(&[], &[file("t.yaml", text)]).unwrap_err();
        assert_eq!(errors[0].message, expected);
    };
    check(
        "item_key: x\n",
        "SubjectType None: Attribute 'id' is required",
    );
    check(
        "id: t\nis_nvr: perhaps\n",
        "SubjectType 't': Attribute 'is_nvr': Expected a boolean value, got: perhaps",
    );
    check(
        "id: t\naliases: [1]\n",
        "SubjectType 't': Attribute 'aliases': Expected list of str objects",
    );
    check(
        "id: t\nresult_queries: [a]\n",
        "SubjectType 't': Attribute 'result_queries': Expected list of dict objects",
    );
    check("a", "Expected mapping for !SubjectType tagged object");
    let no_dict = "SubjectType 't': Attribute 'item_dict': expected a mapping node, but found scalar\n  in \"t.yaml\", line 2, column 12";
    check("id: t\nitem_dict: a\n", no_dict);
}

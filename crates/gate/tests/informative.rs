//! Rules that are looked at without closing the gate: how they are written, when they hold, and what they leave untouched.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use gate::{
    DecisionRequest, Facts, GateConfig, PolicySet, PolicyView, RemoteFetch, SourceFile, Waiver,
};
use serde_json::{Value, json};

const NVR: &str = "kettle-2.1-3.fc41";
const DAY_US: i64 = 86_400_000_000;

fn load(rules: &str) -> Result<PolicySet, String> {
    let text = format!(
        "id: p\nproduct_versions: [pv]\ndecision_context: c\nsubject_type: koji_build\nrules:\n{rules}"
    );
    let file = SourceFile {
        path: "p.yaml",
        text: &text,
    };
    PolicySet::load(&[file], &[]).map_err(|mut errors| errors.remove(0).message)
}

fn body() -> Value {
    json!({"product_version": "pv", "decision_context": "c", "subject_type": "koji_build", "subject_identifier": NVR})
}

fn decide_with(policies: &PolicySet, body: &Value, facts: &Facts, waivers: &[Waiver]) -> Value {
    let (config, request) = (
        GateConfig::default(),
        DecisionRequest::from_json(body, policies).unwrap(),
    );
    let plan = gate::plan_with(policies, &config, &request, facts).unwrap();
    let evaluation = plan.evaluate(&[]).unwrap();
    serde_json::to_value(evaluation.apply_waivers(waivers)).unwrap()
}

fn decide(rules: &str, facts: &Facts) -> Value {
    decide_with(&load(rules).unwrap(), &body(), facts, &[])
}

fn now(now_us: i64) -> Facts {
    let mut facts = Facts::default();
    facts.set_now(now_us);
    facts
}

#[test]
fn an_informative_rule_is_told_under_its_own_key_and_nowhere_else() {
    let decision = decide(
        "- !PassingTestCaseRule {test_case_name: t, informative: true}\n",
        &Facts::default(),
    );
    let expected = json!({
        "applicable_policies": ["p"],
        "informative_requirements": [{
            "type": "test-result-missing", "testcase": "t", "scenario": null, "source": null, "subject_type": "koji_build",
            "subject_identifier": NVR, "item": {"type": "koji_build", "item": NVR}
        }],
        "policies_satisfied": true,
        "satisfied_requirements": [],
        "summary": "No tests are required",
        "unsatisfied_requirements": []
    });
    assert_eq!(decision, expected);
}

#[test]
fn decisions_without_informative_rules_keep_their_keys() {
    for rules in [
        "- !PassingTestCaseRule {test_case_name: t}\n",
        "- !PassingTestCaseRule {test_case_name: t, informative: false}\n",
    ] {
        let decision = decide(rules, &Facts::default());
        assert_eq!(decision.get("informative_requirements"), None);
        assert_eq!(decision["policies_satisfied"], false);
    }
}

#[test]
fn neither_an_informative_rule_nor_one_that_blocks_takes_the_place_of_the_other() {
    let (blocking, informative) = (
        "- !PassingTestCaseRule {test_case_name: t}\n",
        "- !PassingTestCaseRule {test_case_name: t, informative: true}\n",
    );
    for rules in [
        format!("{blocking}{informative}"),
        format!("{informative}{blocking}{informative}"),
    ] {
        let decision = decide(&rules, &Facts::default());
        assert_eq!(decision["summary"], "Of 1 required test, 1 result missing");
        assert_eq!(
            decision["informative_requirements"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
}

#[test]
fn from_one_date_to_another_a_rule_is_informative() {
    let check = |informative: &str, now_us: i64, is_informative: bool| {
        let rules =
            format!("- !PassingTestCaseRule {{test_case_name: t, informative: {informative}}}\n");
        let decision = decide(&rules, &now(now_us));
        assert_eq!(
            decision.get("informative_requirements").is_some(),
            is_informative,
            "{informative} {now_us}"
        );
        assert_eq!(decision["policies_satisfied"], is_informative);
    };
    for (time_us, is_informative) in [(DAY_US - 1, false), (DAY_US, true), (9 * DAY_US, true)] {
        check("{since: 1970-01-02}", time_us, is_informative);
    }
    for (time_us, is_informative) in [(0, true), (DAY_US - 1, true), (DAY_US, false)] {
        check("{until: 1970-01-02}", time_us, is_informative);
    }
    let both = "{since: 1970-01-02, until: '1970-01-03T00:00:00+00:00'}";
    for (time_us, is_informative) in [
        (DAY_US - 1, false),
        (DAY_US, true),
        (2 * DAY_US - 1, true),
        (2 * DAY_US, false),
    ] {
        check(both, time_us, is_informative);
    }
}

#[test]
fn the_time_of_the_decision_counts_and_an_unknown_one_closes() {
    let rules = "- !PassingTestCaseRule {test_case_name: t, informative: {until: 1970-01-02}}\n";
    let policies = load(rules).unwrap();
    let mut past = body();
    past["when"] = json!("1970-01-01T00:00:00.0");
    let satisfied = |body: &Value, facts: &Facts| {
        decide_with(&policies, body, facts, &[])["policies_satisfied"].clone()
    };
    assert_eq!(satisfied(&past, &now(9 * DAY_US)), true);
    assert_eq!(satisfied(&body(), &now(9 * DAY_US)), false);
    assert_eq!(satisfied(&body(), &Facts::default()), false);

    let config = GateConfig::default();
    let needs_now = |body: &Value, rules: &str| {
        let policies = load(rules).unwrap();
        let request = DecisionRequest::from_json(body, &policies).unwrap();
        gate::plan(&policies, &config, &request)
            .unwrap()
            .needs_now()
    };
    assert!(needs_now(&body(), rules));
    assert!(!needs_now(&past, rules));
    assert!(!needs_now(
        &body(),
        "- !PassingTestCaseRule {test_case_name: t, informative: true}\n"
    ));
}

#[test]
fn what_an_informative_remote_rule_brings_is_informative() {
    let rules = "- !RemoteRule {informative: true, required: true}\n";
    let check = |fetch: RemoteFetch, expected: &[&str]| {
        let mut facts = Facts::default();
        facts.add_remote_rule("koji_build", NVR, &[], fetch);
        let decision = decide(rules, &facts);
        assert_eq!(decision["policies_satisfied"], true);
        assert_eq!(decision["summary"], "No tests are required");
        let told = decision["informative_requirements"].as_array().unwrap();
        let types: Vec<&str> = told
            .iter()
            .map(|one| one["type"].as_str().unwrap())
            .collect();
        assert_eq!(types, expected);
    };
    let found = |text: &str| RemoteFetch::Found {
        source: "u".to_owned(),
        text: text.to_owned(),
    };
    let file = "decision_context: c\nrules: [!PassingTestCaseRule {test_case_name: t}]\n";
    check(found(file), &["fetched-gating-yaml", "test-result-missing"]);
    check(
        found("rules: 5\n"),
        &["fetched-gating-yaml", "invalid-gating-yaml"],
    );
    check(
        RemoteFetch::NotFound { sources: vec![] },
        &["missing-gating-yaml"],
    );
    check(
        RemoteFetch::Failed {
            sources: vec![],
            error: "e".to_owned(),
        },
        &["failed-fetch-gating-yaml"],
    );
    check(RemoteFetch::NotConfigured, &["failed-fetch-gating-yaml"]);
}

#[test]
fn a_file_is_needed_once_and_for_good_if_any_rule_that_blocks_asks_for_it() {
    let check = |rules: &str, expected: &[bool]| {
        let (policies, config) = (load(rules).unwrap(), GateConfig::default());
        let request = DecisionRequest::from_json(&body(), &policies).unwrap();
        let plan = gate::plan(&policies, &config, &request).unwrap();
        let needs: Vec<bool> = plan
            .remote_needs()
            .iter()
            .map(|need| need.informative)
            .collect();
        assert_eq!(needs, expected);
    };
    check("- !RemoteRule {informative: true}\n", &[true]);
    check("- !RemoteRule {}\n", &[false]);
    check(
        "- !RemoteRule {informative: true}\n- !RemoteRule {required: true}\n- !RemoteRule {sources: [s]}\n",
        &[false, false],
    );
}

#[test]
fn a_creation_time_that_only_informs_need_not_be_known() {
    const INFORMATIVE: &str = "- !PassingTestCaseRule {test_case_name: t, valid_since: 1970-01-03, informative: true}\n- !PassingTestCaseRule {test_case_name: u, valid_until: 1970-01-02, informative: true}\n";
    const BLOCKING: &str = "- !PassingTestCaseRule {test_case_name: v, valid_since: 1970-01-03}\n";
    let needs = |rules: &str, facts: &Facts| {
        let (policies, config) = (load(rules).unwrap(), GateConfig::default());
        let request = DecisionRequest::from_json(&body(), &policies).unwrap();
        let plan = gate::plan_with(&policies, &config, &request, facts).unwrap();
        [
            plan.creation_time_needs().len(),
            plan.informative_creation_time_needs().len(),
        ]
    };
    let mut failed = Facts::default();
    failed.add_creation_time_failure(NVR, "no Koji".to_owned());
    let both = format!("{INFORMATIVE}{BLOCKING}");
    assert_eq!(needs(INFORMATIVE, &Facts::default()), [0, 1]);
    assert_eq!(needs(&both, &Facts::default()), [1, 1]);
    // What closes the gate is not content with a failure.
    assert_eq!(needs(INFORMATIVE, &failed), [0, 0]);
    assert_eq!(needs(&both, &failed), [1, 0]);
    let decision = decide(INFORMATIVE, &failed);
    assert_eq!(decision["policies_satisfied"], true);
    let told = decision["informative_requirements"].as_array().unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| (&one["testcase"], &one["error"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("failed-fetch-gating-yaml"), &json!("no Koji")),
            (&json!("t"), &Value::Null),
            (&json!("u"), &Value::Null),
        ]
    );
    let mut known = failed;
    known.add_creation_time(NVR, DAY_US);
    let decision = decide(INFORMATIVE, &known);
    assert_eq!(decision["informative_requirements"], json!([]));
}

#[test]
fn waivers_are_neither_asked_for_nor_applied() {
    let policies = load("- !PassingTestCaseRule {test_case_name: t, informative: true}\n").unwrap();
    let (config, request) = (
        GateConfig::default(),
        DecisionRequest::from_json(&body(), &policies).unwrap(),
    );
    let plan = gate::plan(&policies, &config, &request).unwrap();
    let evaluation = plan.evaluate(&[]).unwrap();
    assert_eq!(evaluation.waiver_filters(), []);
    assert_eq!(evaluation.explanation_waiver_filters(), []);
    let waiver = Waiver {
        id: 1,
        subject_type: "koji_build".to_owned(),
        subject_identifier: NVR.to_owned(),
        testcase: "t".to_owned(),
        product_version: "pv".to_owned(),
        waived: true,
        ..Waiver::default()
    };
    let decision = decide_with(&policies, &body(), &Facts::default(), &[waiver]);
    assert_eq!(
        decision["informative_requirements"][0]["type"],
        "test-result-missing"
    );
}

#[test]
fn policies_show_when_a_rule_is_informative() {
    let shown = |informative: &str| {
        let policies = load(&format!(
            "- !PassingTestCaseRule {{test_case_name: t{informative}}}\n- !RemoteRule {{sources: []{informative}}}\n"
        ))
        .unwrap();
        let view = json!(PolicyView::from(policies.policies()[0].as_ref()));
        let of = |index: usize| view["rules"][index].get("informative").cloned();
        assert_eq!(of(0), of(1));
        of(0)
    };
    assert_eq!(shown(""), None);
    assert_eq!(shown(", informative: no"), None);
    assert_eq!(shown(", informative: yes"), Some(json!(true)));
    assert_eq!(
        shown(", informative: {since: 2026-12-01}"),
        Some(json!({"since": "2026-12-01T00:00:00Z"}))
    );
    assert_eq!(
        shown(", informative: {since: 2026-12-01, until: '2027-01-01 12:00:00.5+01:00'}"),
        Some(json!({"since": "2026-12-01T00:00:00Z", "until": "2027-01-01T11:00:00.500000Z"}))
    );
}

#[test]
fn what_is_unclear_is_refused() {
    let yaml = |informative: &str, problem: &str| {
        for (tag, key) in [
            ("PassingTestCaseRule", "test_case_name"),
            ("RemoteRule", "x"),
        ] {
            let rules = format!("- !{tag} {{{key}: t, informative: {informative}}}\n");
            assert_eq!(
                load(&rules).unwrap_err(),
                format!(
                    "Policy 'p': Attribute 'rules': YAML object !{tag}: Attribute 'informative': {problem}"
                )
            );
        }
    };
    let expected = "Expected true, false or a mapping with \"since\" or \"until\", got: ";
    yaml("2026-12-01", &format!("{expected}2026-12-01"));
    yaml("1", &format!("{expected}1"));
    yaml("''", expected);
    yaml("'true'", &format!("{expected}true"));
    yaml("null", &format!("{expected}None"));
    yaml("[true]", &format!("{expected}[True]"));
    yaml("{}", "Expected \"since\" or \"until\"");
    yaml(
        "{from: 2026-12-01}",
        "Unknown key \"from\", expected \"since\" or \"until\"",
    );
    yaml(
        "{since: soon}",
        "Could not parse \"since\" as date/time, got: soon",
    );
    yaml(
        "{since: 2026-12-01, until: 2026-12-01}",
        "\"since\" must be before \"until\"",
    );

    let policies = load("  []\n").unwrap();
    let on_demand = |informative: Value| {
        let rule = json!({"type": "PassingTestCaseRule", "test_case_name": "t", "informative": informative});
        let body = json!({"product_version": "pv", "rules": [rule], "subject_type": "koji_build", "subject_identifier": NVR});
        DecisionRequest::from_json(&body, &policies).map_err(|error| error.to_string())
    };
    assert!(on_demand(json!(true)).is_ok());
    assert!(on_demand(json!(null)).is_ok());
    assert!(on_demand(json!({"until": "2026-12-01"})).is_ok());
    assert_eq!(
        on_demand(json!("2026-12-01")).unwrap_err(),
        format!(
            "Failed to parse on demand policy: Attribute 'rules': Attribute 'informative': {expected}2026-12-01"
        )
    );
}

//! What an explanation says of waivers that nearly match.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use gate::{
    DecisionRequest, GateConfig, Lapse, PolicySet, QueryResults, SourceFile, TestResult, Waiver,
};
use serde_json::{Value, json};

const NVR: &str = "kettle-2.1-3.fc41";
const POLICY: &str = "id: p\nproduct_versions: ['fedora-*']\ndecision_contexts: [c, d]\nsubject_type: koji_build\n\
                      rules:\n- !PassingTestCaseRule {test_case_name: dist.lint}\n";

/// The near waivers for a result in scenario `y` that failed, or for a missing one.
fn near(waivers: &[Waiver], failed: bool, changes: Value) -> Vec<(i64, Vec<String>)> {
    let file = |text| SourceFile {
        path: "f.yaml",
        text,
    };
    let types = "id: koji_build\naliases: [brew-build]\nis_nvr: true\n";
    let policies = PolicySet::load(&[file(POLICY)], &[file(types)]).unwrap();
    let mut body = json!({"product_version": "fedora-41", "decision_context": ["c"], "subject_type": "koji_build", "subject_identifier": NVR});
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    let (config, request) = (
        GateConfig::default(),
        DecisionRequest::from_json(&body, &policies).unwrap(),
    );
    let data = json!({"item": [NVR], "type": ["koji_build"], "scenario": ["y"], "system_architecture": ["x86_64"]});
    let result = TestResult {
        id: 1,
        testcase: "dist.lint".to_owned(),
        outcome: "FAILED".to_owned(),
        submit_time_us: 1,
        data: serde_json::from_value(data).unwrap(),
    };
    let results = if failed { vec![result] } else { Vec::new() };
    let plan = gate::plan(&policies, &config, &request).unwrap();
    let query = plan.reads()[0].queries[0].clone();
    let found = [vec![QueryResults { query, results }]];
    let explanation = plan.evaluate(&found).unwrap().settle(waivers).explain();
    let requirement = &explanation.subjects[0].policies[0].rules[0].requirements[0];
    let told = |near: &gate::explain::view::NearWaiver| {
        let texts = near.differences.iter().map(|one| one.text.clone());
        (near.waiver_id, texts.collect())
    };
    requirement.near_waivers.iter().map(told).collect()
}

fn waiver() -> Waiver {
    Waiver {
        id: 1,
        subject_type: "koji_build".to_owned(),
        subject_identifier: NVR.to_owned(),
        testcase: "dist.lint".to_owned(),
        product_version: "fedora-41".to_owned(),
        waived: true,
        ..Waiver::default()
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn each_difference_is_told() {
    let check = |change: &dyn Fn(&mut Waiver), expected: &[&str]| {
        let mut waiver = waiver();
        change(&mut waiver);
        let expected: Vec<String> = expected.iter().map(|one| (*one).to_owned()).collect();
        let expected = if expected.is_empty() {
            vec![]
        } else {
            vec![(1, expected)]
        };
        assert_eq!(near(&[waiver], true, json!({})), expected);
    };
    check(&|_| {}, &[]);
    check(
        &|one| one.scenario = text("x"),
        &["scenario `x` is waived, `y` is not"],
    );
    check(&|one| one.scenario = text("y"), &[]);
    check(&|one| one.scenario = text(""), &[]);
    check(
        &|one| one.product_version = "fedora-40".to_owned(),
        &["product version `fedora-40` is waived, `fedora-41` is not"],
    );
    check(
        &|one| one.subject_type = "brew-build".to_owned(),
        &["subject type `brew-build` is waived, `koji_build` is not"],
    );
    check(
        &|one| one.subject_identifier = "kettle-2.1-2.fc41".to_owned(),
        &["subject `kettle-2.1-2.fc41` is waived, `kettle-2.1-3.fc41` is not"],
    );
    check(
        &|one| one.lapse = Some(Lapse::Requested),
        &["it is not in force, but requested"],
    );
    check(
        &|one| one.lapse = Some(Lapse::Expired),
        &["it is not in force, but expired"],
    );
    check(
        &|one| one.testcase = "lint".to_owned(),
        &["test case `lint` is waived, `dist.lint` is not"],
    );
    check(
        &|one| one.testcase = "Dist.Lint".to_owned(),
        &["test case `Dist.Lint` is waived, `dist.lint` is not"],
    );
    check(
        &|one| one.architecture = text("s390x"),
        &["architecture `s390x` is waived, `x86_64` is not"],
    );
    check(
        &|one| one.variant = text("Server"),
        &["variant `Server` is waived, and there is none here"],
    );
    check(
        &|one| one.contexts = vec!["d".to_owned()],
        &["decision context `d` is waived, `c` is not"],
    );
    check(
        &|one| one.waived = false,
        &["it takes an earlier waiver back"],
    );
    check(
        &|one| {
            one.scenario = text("x");
            one.product_version = "fedora-40".to_owned();
            one.product_version_globs = vec!["fedora-3?".to_owned()];
        },
        &[
            "scenario `x` is waived, `y` is not",
            "product version `fedora-40, fedora-3?` is waived, `fedora-41` is not",
        ],
    );
}

#[test]
fn what_is_far_is_not_told() {
    for change in [
        |one: &mut Waiver| one.subject_identifier = "pot-1-1".to_owned(),
        |one: &mut Waiver| one.testcase = "dist.other".to_owned(),
        |one: &mut Waiver| one.testcase = "splint".to_owned(),
        |one: &mut Waiver| one.testcase = String::new(),
    ] {
        let mut waiver = waiver();
        change(&mut waiver);
        assert_eq!(near(&[waiver], true, json!({})), []);
    }
}

#[test]
fn a_missing_result_has_no_scenario_and_an_ignored_waiver_is_told() {
    let mut scenario = waiver();
    scenario.scenario = text("x");
    scenario.architecture = text("x86_64");
    assert_eq!(
        near(&[scenario], false, json!({})),
        [(
            1,
            vec![
                "scenario `x` is waived, and there is none here".to_owned(),
                "architecture `x86_64` is waived, and there is none here".to_owned()
            ]
        )]
    );
    assert_eq!(
        near(&[waiver()], false, json!({"ignore_waiver": [1]})),
        [(1, vec!["the request says to ignore it".to_owned()])]
    );
    let mut limited = waiver();
    limited.contexts = vec!["c".to_owned()];
    assert_eq!(
        near(&[limited], false, json!({"decision_context": ["c", "d"]})),
        [(
            1,
            vec!["decision context `c` is waived, `d` is not".to_owned()]
        )]
    );
}

#[test]
fn those_that_differ_least_come_first_and_no_more_than_ten() {
    let with = |id: i64, scenario: &str, product_version: &str| Waiver {
        id,
        scenario: text(scenario),
        product_version: product_version.to_owned(),
        timestamp_us: id,
        ..waiver()
    };
    let waivers = [
        with(2, "x", "fedora-41"),
        with(3, "z", "fedora-40"),
        with(4, "z", "fedora-41"),
    ];
    let ids = |near: Vec<(i64, Vec<String>)>| near.into_iter().map(|one| one.0).collect::<Vec<_>>();
    assert_eq!(ids(near(&waivers, true, json!({}))), [4, 2, 3]);
    for (count, expected) in [(10, 10), (11, 10)] {
        let many: Vec<Waiver> = (0..count)
            .map(|id| with(id, &format!("s{id}"), "fedora-41"))
            .collect();
        assert_eq!(near(&many, true, json!({})).len(), expected);
    }
}

#[test]
fn what_is_not_in_force_hides_nothing() {
    let lapses = [
        Lapse::Requested,
        Lapse::Denied,
        Lapse::Withdrawn,
        Lapse::Expired,
    ];
    for lapse in lapses {
        let newer = Waiver {
            id: 2,
            lapse: Some(lapse),
            ..waiver()
        };
        // Covered by the older one, so that nothing is near.
        assert_eq!(near(&[waiver(), newer], true, json!({})), vec![]);
    }
}

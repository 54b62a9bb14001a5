//! What is made from documentation types is accepted by the code that reads the same JSON by hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

use endpoint::records::Update;
use endpoint::results::catalogue::{new_group, new_test_case};
use endpoint::results::catalogue_body::{NewGroupBody, NewTestCaseBody};
use endpoint::results::submission::{self, Context};
use endpoint::results::submission_body::{
    GroupMentionBody, NewResultBody, NewResults, SubmitTime, TestCaseMention,
};
use endpoint::waivers::creation::{self, Target};
use endpoint::waivers::creation_body::{
    NewWaiverBody, NewWaivers, OldSubjectBody, ResultId, Truth, WaiverOfOldSubject, WaiverOfResult,
    WaiverOfSubject,
};
use endpoint::waivers::filtered;
use endpoint::waivers::filtered_body::{FilterBody, FilteredBody};
use endpoint::waivers::matching;
use endpoint::waivers::matching_body::{MatchedResult, MatchedSubject, MatchingBody};
use gate::decide::request_body::{
    DecisionContext, DecisionRequestBody, InformativeBody, OnDemandRule, SubjectEntry,
};
use gate::load::policy_set::SourceFile;
use gate::{DecisionRequest, PolicySet};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn json_of(body: &impl serde::Serialize) -> Value {
    serde_json::to_value(body).unwrap()
}

#[test]
fn a_documented_result_is_accepted() {
    let body = NewResultBody {
        outcome: "passed".into(),
        testcase: TestCaseMention::Object {
            name: "t".into(),
            ref_url: text("http://t"),
        },
        groups: Some(vec![
            GroupMentionBody::Uuid("g".into()),
            GroupMentionBody::Object {
                uuid: text("h"),
                description: text("d"),
                ref_url: None,
            },
        ]),
        data: Some(BTreeMap::from([("item".to_owned(), json!(["a", 1]))])),
        note: text("n"),
        ref_url: text("http://r"),
        submit_time: Some(SubmitTime::Milliseconds(1_000)),
    };
    let context = Context {
        outcomes: &["PASSED".to_owned()],
        now_us: 7,
        new_uuid: String::new,
    };
    let result = submission::parse(&json_of(&body), &context).unwrap();
    assert_eq!(result.outcome, "PASSED");
    assert_eq!(result.test_case, "t");
    assert_eq!(result.test_case_ref_url, Update::Set(text("http://t")));
    let group = &result.groups[0];
    assert_eq!(
        (group.uuid.as_str(), &group.description, &group.ref_url),
        ("h", &Update::Set(text("d")), &Update::Set(None))
    );
    assert_eq!(result.groups[1].uuid, "g");
    assert_eq!(result.data, r#"{"item":["a","1"]}"#);
    assert_eq!((result.note, result.ref_url), (text("n"), text("http://r")));
    assert_eq!(result.submit_time_us, 1_000_000);
    let short = NewResultBody {
        testcase: TestCaseMention::Name("t".into()),
        submit_time: Some(SubmitTime::Text("1970-01-01T00:00:01.0".into())),
        groups: None,
        data: None,
        note: None,
        ref_url: None,
        ..body
    };
    let result = submission::parse(&json_of(&short), &context).unwrap();
    assert_eq!(result.submit_time_us, 1_000_000);
    let several = NewResults::Several(vec![short]);
    let submitted = submission::parse_any(&json_of(&several), &context).unwrap();
    assert_eq!((submitted.results, submitted.is_list), (vec![result], true));
}

#[test]
fn a_documented_group_and_test_case_are_accepted() {
    let group = NewGroupBody {
        uuid: text("g"),
        description: text("d"),
        ref_url: text("r"),
    };
    let group = new_group(&json_of(&group), String::new).unwrap();
    assert_eq!(
        (group.uuid.as_str(), group.description, group.ref_url),
        ("g", Update::Set(text("d")), Update::Set(text("r")))
    );
    let test_case = NewTestCaseBody {
        name: "t".into(),
        ref_url: text("r"),
    };
    assert_eq!(
        new_test_case(&json_of(&test_case)).unwrap(),
        ("t".to_owned(), Update::Set(text("r")))
    );
}

#[test]
fn documented_waivers_are_accepted() {
    let of_subject = WaiverOfSubject {
        subject_type: "x".into(),
        subject_identifier: "i".into(),
        testcase: "t".into(),
        scenario: text("s"),
        product_version: "p".into(),
        comment: "c".into(),
        waived: Some(Truth::Truth(false)),
        username: text("u"),
    };
    let one = NewWaivers::One(NewWaiverBody::OfSubject(of_subject));
    let (waivers, is_list) = creation::parse(&json_of(&one)).unwrap();
    let subject = |scenario| Target::Subject {
        subject_type: "x".into(),
        subject_identifier: "i".into(),
        testcase: "t".into(),
        scenario,
    };
    assert_eq!(
        (&waivers[0].target, waivers[0].waived, is_list),
        (&subject(text("s")), false, false)
    );
    assert_eq!(
        (waivers[0].comment.as_str(), &waivers[0].username),
        ("c", &text("u"))
    );
    let old = |subject| {
        NewWaiverBody::OfOldSubject(WaiverOfOldSubject {
            subject,
            testcase: "t".into(),
            scenario: None,
            product_version: "p".into(),
            comment: "c".into(),
            waived: Some(Truth::Word("Off".into())),
            username: None,
        })
    };
    let several = NewWaivers::Several(vec![
        old(OldSubjectBody::Item {
            kind: "x".into(),
            item: "i".into(),
        }),
        old(OldSubjectBody::Build {
            original_spec_nvr: "n".into(),
        }),
        old(OldSubjectBody::Compose { id: "c".into() }),
        NewWaiverBody::OfResult(WaiverOfResult {
            result_id: ResultId::Number(7),
            product_version: "p".into(),
            comment: "c".into(),
            waived: Some(Truth::Number(0)),
            username: None,
        }),
        NewWaiverBody::OfResult(WaiverOfResult {
            result_id: ResultId::Text("7".into()),
            product_version: "p".into(),
            comment: "c".into(),
            waived: Some(Truth::Number(0)),
            username: None,
        }),
    ]);
    let (waivers, is_list) = creation::parse(&json_of(&several)).unwrap();
    assert!(is_list && waivers.iter().all(|waiver| !waiver.waived));
    assert_eq!(waivers[0].target, subject(None));
    assert_eq!(waivers[3].target, Target::Result(7));
    assert_eq!(waivers[4].target, Target::Result(7));
}

#[test]
fn documented_filters_are_accepted() {
    let filter = FilterBody {
        subject_type: text("a"),
        subject_identifier: text("b"),
        testcase: text("c"),
        scenario: text("d"),
        product_version: text("e"),
        username: text("f"),
        proxied_by: text("g"),
        since: text("1970-01-01T00:00:01,"),
    };
    let body = FilteredBody {
        filters: vec![filter],
        include_obsolete: Some(Truth::Truth(true)),
    };
    let (filters, selection) = filtered::parse(&json_of(&body)).unwrap();
    assert_eq!(filters[0].proxied_by, text("g"));
    assert_eq!(filters[0].since_us, Some(1_000_000));
    assert_eq!(selection, endpoint::records::Selection::Standing);
}

#[test]
fn documented_results_to_match_are_accepted() {
    let subject = MatchedSubject {
        kind: text("x"),
        item: text("i"),
        original_spec_nvr: None,
        compose: None,
    };
    let result = MatchedResult {
        subject,
        testcase: "t".into(),
    };
    let body = MatchingBody {
        results: Some(vec![result]),
        product_version: text("e"),
        username: text("f"),
        proxied_by: text("g"),
        since: text("1970-01-01T00:00:01,"),
        include_obsolete: Some(Truth::Word("on".into())),
        subject_type: None,
        subject_identifier: None,
        testcase: text("not looked at"),
        scenario: None,
    };
    let (filters, selection) = matching::parse(&json_of(&body)).unwrap();
    assert_eq!(filters[0].subject_type, text("x"));
    assert_eq!(filters[0].subject_identifier, text("i"));
    assert_eq!(filters[0].testcase, text("t"));
    assert_eq!(filters[0].product_version, text("e"));
    assert_eq!(filters[0].since_us, Some(1_000_000));
    assert_eq!(selection, endpoint::records::Selection::Standing);
}

/// A request with everything but context and rules.
fn decision_request() -> DecisionRequestBody {
    DecisionRequestBody {
        product_version: "fedora-40".into(),
        decision_context: None,
        subject_type: text("koji_build"),
        subject_identifier: text("a-1-1"),
        subject: None,
        verbose: Some(true),
        ignore_result: Some(vec![1]),
        ignore_waiver: Some(vec![2]),
        when: text("1970-01-01T00:00:01.0"),
        policies_as_of: text("1970-01-01T00:00:02Z"),
        rules: None,
        decision_contexts: Some(vec!["c".into()]),
        subject_types: Some(vec!["t".into()]),
        id: text("mine"),
        product_versions: Some(vec!["fedora-*".into()]),
        packages: Some(vec!["a*".into()]),
        excluded_packages: Some(vec!["b*".into()]),
        relevance_key: text("k"),
        relevance_value: text("v"),
    }
}

/// What the gate reads of it, with the subject types of the project.
fn read_decision_request(body: &DecisionRequestBody) -> DecisionRequest {
    let subject_types = SourceFile {
        path: "subject_types.yaml",
        text: include_str!("../../../policies/subject_types/subject_types.yaml"),
    };
    let policies = PolicySet::load(&[], &[subject_types]).unwrap();
    let mut body = json_of(body);
    // What is not given is absent here; null is not everywhere the same.
    let fields = body.as_object_mut().unwrap();
    fields.retain(|_, value| !value.is_null());
    DecisionRequest::from_json(&body, &policies).unwrap()
}

#[test]
fn documented_decision_requests_are_accepted() {
    let context = DecisionContext::Several(vec!["c".into(), "d".into()]);
    let several = read_decision_request(&DecisionRequestBody {
        decision_context: Some(context),
        ..decision_request()
    });
    assert_eq!(several.decision_contexts, ["c", "d"]);
    assert!(several.verbose && several.ignore_result.contains(&1));
    assert!(several.ignore_waiver.contains(&2));
    assert_eq!(several.when_us, Some(1_000_000));
    let one = read_decision_request(&DecisionRequestBody {
        decision_context: Some(DecisionContext::One("c".into())),
        ..decision_request()
    });
    assert_eq!(one.decision_contexts, ["c"]);
}

#[test]
fn documented_subjects_are_accepted() {
    let item = SubjectEntry::Item {
        kind: "x".into(),
        item: "i".into(),
    };
    let build = SubjectEntry::Build {
        original_spec_nvr: "n".into(),
    };
    let compose = SubjectEntry::Compose { id: "c".into() };
    let request = read_decision_request(&DecisionRequestBody {
        decision_context: Some(DecisionContext::One("c".into())),
        subject: Some(vec![item, build, compose]),
        ..decision_request()
    });
    let named: Vec<_> = request
        .subjects
        .iter()
        .map(|subject| {
            (
                subject.subject_type.id.as_str(),
                subject.identifier.as_str(),
            )
        })
        .collect();
    assert_eq!(named, [("x", "i"), ("koji_build", "n"), ("compose", "c")]);
}

#[test]
fn documented_rules_are_accepted() {
    let rules = vec![
        OnDemandRule::PassingTestCaseRule {
            test_case_name: "t".into(),
            scenario: text("s"),
            valid_since: text("2020-01-01"),
            valid_until: text("2030-01-01 00:00:00Z"),
            informative: Some(InformativeBody::Between {
                since: None,
                until: text("2026-12-01"),
            }),
        },
        OnDemandRule::RemoteRule {
            sources: Some(vec!["https://example.org/{rev}".into()]),
            required: Some(true),
            informative: Some(InformativeBody::Always(true)),
        },
    ];
    let request = read_decision_request(&DecisionRequestBody {
        rules: Some(rules),
        ..decision_request()
    });
    let policy = request.on_demand.unwrap();
    assert_eq!(
        (policy.id.as_deref(), policy.rules.len()),
        (Some("mine"), 2)
    );
    let informative: Vec<_> = policy.rules.iter().map(gate::Rule::informative).collect();
    let until = gate::Informative::Between {
        since_us: None,
        until_us: Some(1_796_083_200_000_000),
    };
    assert_eq!(informative, [until, gate::Informative::Always]);
    assert_eq!(policy.packages, ["a*"]);
    assert_eq!(policy.excluded_packages, ["b*"]);
    assert_eq!(policy.relevance_value, text("v"));
}

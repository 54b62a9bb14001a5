//! Worlds for property tests: policies, results, waivers, remote files and a request, all made of few names so that they often meet.

use gate::{
    DecisionRequest, Facts, GateConfig, PolicySet, RemoteFetch, SourceFile, TestResult, Waiver,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// No result or waiver is as late as this.
pub const END_US: i64 = 100_000_000;
/// No result or waiver has an id as high as this.
pub const FRESH_ID: i64 = 1_000;

const SUBJECT_TYPES: &str = r#"
--- !SubjectType
id: koji_build
aliases: [brew-build]
is_nvr: true
result_queries:
  - item_key: item
    keys: {type: "koji_build,brew-build"}
  - item_key: original_spec_nvr
--- !SubjectType
id: container
result_queries:
  - item_key: item
    keys: {type: container}
  - item_key: item
    keys: {type: koji_build}
--- !SubjectType
id: update
ignore_missing_policy: true
"#;

#[derive(Clone, Debug)]
pub struct Rule {
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Policy {
    pub head: String,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
pub struct World {
    pub policies: Vec<Policy>,
    pub results: Vec<TestResult>,
    pub waivers: Vec<Waiver>,
    pub request: Value,
    pub fetch: RemoteFetch,
    pub now_us: i64,
}

fn text(items: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(items).prop_map(str::to_owned)
}

fn texts(items: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    subsequence(items, 0..=items.len())
        .prop_map(|items| items.into_iter().map(str::to_owned).collect())
}

const CASES: &[&str] = &["t", "u"];
const SCENARIOS: &[&str] = &["x", "y", ""];
const CONTEXTS: &[&str] = &["a", "b"];
const NVRS: &[&str] = &["kettle-1-1", "kettle-1-2"];
const TYPES: &[&str] = &["koji_build", "container", "update"];
const INFORMATIVE: &[&str] = &[
    "",
    "",
    "",
    ", informative: true",
    ", informative: {since: '1970-01-01T00:00:50Z'}",
    ", informative: {until: '1970-01-01T00:00:50Z'}",
];

fn rule(with_remote: bool) -> impl Strategy<Value = Rule> {
    let scenario = option::of(text(SCENARIOS));
    let test = (text(CASES), scenario, text(INFORMATIVE)).prop_map(|(name, scenario, more)| {
        let scenario = scenario.map_or_else(String::new, |one| format!(", scenario: '{one}'"));
        format!("!PassingTestCaseRule {{test_case_name: {name}{scenario}{more}}}")
    });
    let remote = (any::<bool>(), text(INFORMATIVE))
        .prop_map(|(required, more)| format!("!RemoteRule {{required: {required}{more}}}"));
    let share = if with_remote { 1 } else { 0 };
    prop_oneof![5 => test, share => remote].prop_map(|text| Rule { text })
}

fn policy(with_remote: bool) -> impl Strategy<Value = Policy> {
    const LISTS: &[&str] = &[
        "",
        "",
        "",
        "packages: [ket*]\n",
        "excluded_packages: [kettle]\n",
        "packages: [pot]\n",
    ];
    let contexts = subsequence(CONTEXTS, 1..=2);
    let types = subsequence(&["brew-build", "container", "update"][..], 1..=3);
    let pattern = text(&["fedora-*", "fedora-*", "fedora-[!0]*", "rhel-*"]);
    let rules = vec(rule(with_remote), 0..4);
    (contexts, types, pattern, text(LISTS), rules).prop_map(|(contexts, types, pattern, lists, rules)| {
        let head = format!(
            "product_versions: ['{pattern}']\ndecision_contexts: [{}]\nsubject_types: [{}]\n{lists}",
            contexts.join(", "),
            types.join(", ")
        );
        Policy { head, rules }
    })
}

pub fn result() -> impl Strategy<Value = TestResult> {
    let outcome = text(&[
        "PASSED", "PASSED", "INFO", "FAILED", "QUEUED", "ERROR", "ODD",
    ]);
    let data = (
        texts(SCENARIOS),
        texts(&["s390x", "x86_64"]),
        subsequence(TYPES, 0..=3),
        option::weighted(0.2, text(NVRS)),
    );
    (
        text(CASES),
        outcome,
        0..END_US / 1_000_000,
        text(NVRS),
        data,
    )
        .prop_map(
            |(testcase, outcome, seconds, nvr, (scenarios, architectures, types, spec))| {
                let mut result = TestResult {
                    id: 0,
                    testcase,
                    outcome,
                    submit_time_us: seconds * 1_000_000,
                    ..TestResult::default()
                };
                let mut put = |key: &str, values: Vec<String>| {
                    if !values.is_empty() {
                        result.data.insert(key.to_owned(), values);
                    }
                };
                put("item", vec![nvr]);
                put("type", types.into_iter().map(str::to_owned).collect());
                put("scenario", scenarios);
                put("system_architecture", architectures);
                put("original_spec_nvr", spec.into_iter().collect());
                result
            },
        )
}

pub fn waiver() -> impl Strategy<Value = Waiver> {
    let testcase = text(&[
        "t",
        "t",
        "u",
        "u",
        "missing-gating-yaml",
        "invalid-gating-yaml",
    ]);
    let subject = (
        text(&[
            "koji_build",
            "koji_build",
            "koji_build",
            "container",
            "update",
            "brew-build",
        ]),
        text(NVRS),
    );
    let limits = (
        option::weighted(0.2, text(&["s390x", "x86_64"])),
        prop_oneof![4 => Just(Vec::new()), 1 => texts(CONTEXTS)],
        prop_oneof![4 => Just(Vec::new()), 1 => Just(vec!["fedora-4?".to_owned()])],
    );
    let product_version = text(&["fedora-41", "fedora-41", "fedora-40"]);
    let seconds = 0..END_US / 1_000_000;
    (
        testcase,
        subject,
        option::of(text(SCENARIOS)),
        product_version,
        limits,
        any::<bool>(),
        any::<bool>(),
        seconds,
    )
        .prop_map(
            |(
                testcase,
                (subject_type, subject_identifier),
                scenario,
                product_version,
                limits,
                one,
                other,
                seconds,
            )| Waiver {
                id: 0,
                subject_type,
                subject_identifier,
                testcase,
                product_version,
                product_version_globs: limits.2,
                contexts: limits.1,
                architecture: limits.0,
                variant: None,
                scenario,
                waived: one || other,
                timestamp_us: seconds * 1_000_000,
                lapse: None,
            },
        )
}

fn fetch() -> impl Strategy<Value = RemoteFetch> {
    let found = |text: &str| RemoteFetch::Found {
        source: "u".to_owned(),
        text: text.to_owned(),
    };
    let sources = || vec!["u".to_owned()];
    prop_oneof![
        Just(RemoteFetch::NotFound { sources: sources() }),
        Just(RemoteFetch::Failed {
            sources: sources(),
            error: "e".to_owned()
        }),
        Just(found("rules: 5\n")),
        Just(found(
            "decision_contexts: [a, b]\nrules: [!PassingTestCaseRule {test_case_name: t}, !PassingTestCaseRule {test_case_name: v}]\n"
        )),
    ]
}

fn request() -> impl Strategy<Value = Value> {
    let subject =
        (select(TYPES), select(NVRS)).prop_map(|(kind, item)| json!({"type": kind, "item": item}));
    let contexts = subsequence(CONTEXTS, 1..=2);
    let ids = || vec(0..6_i64, 0..2);
    (contexts, vec(subject, 1..4), ids(), ids(), option::weighted(0.3, 10..90_i64), any::<bool>()).prop_map(
        |(contexts, subjects, results, waivers, when, verbose)| {
            let when = when.map(|seconds| format!("1970-01-01T00:{:02}:{:02}.000000", seconds / 60, seconds % 60));
            json!({
                "product_version": "fedora-41", "decision_context": contexts, "subject": subjects, "ignore_result": results,
                "ignore_waiver": waivers, "when": when, "verbose": verbose
            })
        },
    )
}

pub fn world(with_remote: bool) -> impl Strategy<Value = World> {
    let records = (vec(result(), 0..10), vec(waiver(), 0..16));
    (vec(policy(with_remote), 1..4), records, request(), fetch()).prop_map(
        |(policies, (mut results, mut waivers), request, fetch)| {
            // Ids rise with time, as they do in the stores.
            results.sort_by_key(|result| result.submit_time_us);
            waivers.sort_by_key(|waiver| waiver.timestamp_us);
            (0..)
                .zip(&mut results)
                .for_each(|(id, result)| result.id = id);
            (0..)
                .zip(&mut waivers)
                .for_each(|(id, waiver)| waiver.id = id);
            World {
                policies,
                results,
                waivers,
                request,
                fetch,
                now_us: END_US,
            }
        },
    )
}

impl World {
    /// The time up to which things count.
    pub fn until_us(&self, request: &DecisionRequest) -> i64 {
        request.when_us.unwrap_or(self.now_us)
    }

    pub fn load(&self) -> (PolicySet, DecisionRequest) {
        let documents = self.policies.iter().enumerate().map(|(index, policy)| {
            let rules = policy
                .rules
                .iter()
                .map(|rule| format!("  - {}\n", rule.text));
            let rules: String = rules.collect();
            let rules = if rules.is_empty() {
                " []\n".to_owned()
            } else {
                format!("\n{rules}")
            };
            let id = policy.head.len() * 100 + index;
            format!("--- !Policy\nid: p{id}\n{}rules:{rules}", policy.head)
        });
        let policies: String = documents.collect();
        let file = |path: &'static str, text| SourceFile { path, text };
        let set = PolicySet::load(
            &[file("p.yaml", &policies)],
            &[file("t.yaml", SUBJECT_TYPES)],
        );
        let set = set.unwrap_or_else(|errors| panic!("{errors:?}\n{policies}"));
        let request = DecisionRequest::from_json(&self.request, &set).unwrap();
        (set, request)
    }

    pub fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        facts.set_now(self.now_us);
        for kind in TYPES {
            for nvr in NVRS {
                facts.add_remote_rule(kind, nvr, &[], self.fetch.clone());
            }
        }
        facts
    }

    /// What `look` makes of the evaluation and what the stores have; nothing if no policy applies.
    pub fn look<T>(&self, look: impl FnOnce(gate::Evaluation<'_>, &[Waiver]) -> T) -> Option<T> {
        let ((set, request), config) = (self.load(), GateConfig::default());
        let plan = gate::plan_with(&set, &config, &request, &self.facts()).ok()?;
        let found = super::found(&plan, &self.results);
        let evaluation = plan.evaluate(&found).unwrap();
        Some(look(evaluation, &self.waivers))
    }

    /// The decision, as shown.
    pub fn decide(&self) -> Option<Value> {
        self.look(|evaluation, stored| {
            let waivers = super::read_waivers(stored, &evaluation.waiver_filters());
            serde_json::to_value(evaluation.apply_waivers(&waivers)).unwrap()
        })
    }

    pub fn explain(&self) -> Option<gate::Explanation> {
        self.look(|evaluation, stored| {
            let waivers = super::read_explanation_waivers(stored, &evaluation);
            evaluation.settle(&waivers).explain()
        })
    }
}

//! What is measured: the hot paths of the application, each with requests that vary.

use super::client::Request;
use super::data::{self, Corpus, KOJI_BUILD, Random};
use super::policies;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Subjects of the request with many.
const MANY: u64 = 100;
/// Different requests per scenario.
const VARIANTS: u64 = 2_000;
/// The path of the component that everything is measured against.
pub const HELLO_PATH: &str = "/hello";

/// What a scenario has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A ratio to hello's requests per second at 32 connections, or more.
    OfHello(f64),
    /// Milliseconds that half of the requests take at one connection, or fewer.
    Milliseconds(f64),
}

/// One thing to measure.
pub struct Scenario {
    /// Short, for the table and for `--only`.
    pub name: String,
    /// What it has to reach.
    pub target: Option<Target>,
    /// Sent in turn.
    pub requests: Vec<Request>,
}

/// The smallest component.
pub fn hello() -> Scenario {
    Scenario {
        name: "hello".into(),
        target: None,
        requests: vec![Request::get(HELLO_PATH)],
    }
}

/// Every scenario, reads before writes. `large_rules` is what a decision by the large policy asks for.
pub fn all(corpus: &Corpus, ids: &[u64], large_rules: Option<usize>) -> Vec<Scenario> {
    let scenario = |name: &str, target, requests| Scenario {
        name: name.into(),
        target,
        requests,
    };
    let mut scenarios = vec![
        scenario(
            "query by item",
            Some(Target::OfHello(0.15)),
            queries(corpus, "/api/v2.0/results", false),
        ),
        scenario(
            "latest",
            Some(Target::OfHello(0.30)),
            queries(corpus, "/api/v2.0/results/latest", true),
        ),
        scenario("result by id", Some(Target::OfHello(0.30)), by_id(ids)),
        scenario(
            "decide, 5 rules",
            Some(Target::OfHello(0.20)),
            variants(|n| decide_five(corpus, n)),
        ),
    ];
    if let Some(rules) = large_rules {
        let name = format!("decide, {rules} rules");
        let one = variants(|n| decide_large(corpus, n, 1));
        scenarios.push(scenario(&name, Some(Target::OfHello(0.10)), one));
        let name = format!("decide, {MANY} x {rules}");
        let many = vec![decide_large(corpus, 0, MANY)];
        scenarios.push(scenario(&name, Some(Target::Milliseconds(100.0)), many));
    }
    scenarios.push(scenario("submit", None, variants(|n| submit(corpus, n))));
    scenarios.push(scenario("waive", None, variants(|n| waive(corpus, n))));
    scenarios
}

fn variants(make: impl Fn(u64) -> Request) -> Vec<Request> {
    (0..VARIANTS).map(make).collect()
}

fn by_id(ids: &[u64]) -> Vec<Request> {
    let path = |id: &u64| Request::get(format!("/api/v2.0/results/{id}"));
    ids.iter()
        .take(usize::try_from(VARIANTS).unwrap_or(usize::MAX))
        .map(path)
        .collect()
}

/// Asks for items of stored results, each once in turn: clients ask about a build, not about a result.
fn queries(corpus: &Corpus, path: &str, builds_only: bool) -> Vec<Request> {
    let mut random = Random::new(corpus.results);
    let mut requests = Vec::new();
    let mut asked = BTreeSet::new();
    for _ in 0..VARIANTS * 10 {
        let result = corpus.result(random.below(corpus.results));
        let text = |key| {
            result
                .get("data")
                .and_then(|data| data.get(key))
                .and_then(Value::as_str)
        };
        let (Some(item), Some(kind)) = (text("item"), text("type")) else {
            continue;
        };
        if !asked.insert(item.to_owned()) {
            continue;
        }
        if builds_only && kind == KOJI_BUILD {
            requests.push(Request::get(format!("{path}?item={item}&type={kind}")));
        } else if !builds_only {
            requests.push(Request::get(format!("{path}?item={item}")));
        }
        if requests.len() as u64 == VARIANTS {
            break;
        }
    }
    requests
}

fn submit(corpus: &Corpus, number: u64) -> Request {
    let mut random = Random::new(u64::MAX - number);
    Request::post("/api/v2.0/results", &corpus.any_result(&mut random))
}

fn waive(corpus: &Corpus, number: u64) -> Request {
    let waiver = json!({
        "subject_type": KOJI_BUILD,
        "subject_identifier": data::gated_item(number % corpus.gated_items),
        "testcase": data::test_case(number % 50),
        "product_version": "fedora-40",
        "comment": "known problem of the test, see https://bugs.example.com/1",
    });
    Request::post("/api/v1.0/waivers/", &waiver)
}

fn decide_five(corpus: &Corpus, number: u64) -> Request {
    let subject = json!({
        "product_version": "fedora-40",
        "decision_context": policies::CONTEXT,
        "subject_type": KOJI_BUILD,
        "subject_identifier": data::gated_item(number % corpus.gated_items),
    });
    Request::post("/api/v1.0/decision", &subject)
}

/// What Bodhi asks before it pushes critical updates, in one request: `count` of them from this one on.
fn decide_large(corpus: &Corpus, number: u64, count: u64) -> Request {
    let subject = |number: u64| {
        let item = data::update(number % corpus.updates.max(1));
        json!({ "type": "bodhi_update", "item": item })
    };
    let subjects: Vec<Value> = (number..number + count).map(subject).collect();
    let question = json!({
        "product_version": "fedora-40",
        "decision_context": [
            "bodhi_update_push_testing_critpath",
            "bodhi_update_push_stable_critpath",
            "bodhi_update_push_testing",
            "bodhi_update_push_stable",
        ],
        "subject": subjects,
    });
    Request::post("/api/v1.0/decision", &question)
}

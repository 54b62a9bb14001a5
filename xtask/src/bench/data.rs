//! Results as skewed as real ones: a few types and architectures, many items with some results each
//! and a few with very many, few test cases that everyone runs and many that hardly anyone does.
//! Every result follows from its number, so each run stores the same.

use serde_json::{Value, json};

/// How many test cases there are.
const TEST_CASES: u64 = 800;
/// Results per item, on average.
const RESULTS_PER_ITEM: u64 = 8;
/// Items that have many more results than that.
const HOT_ITEMS: u64 = 20;
/// The test cases that the policy of five rules asks for.
pub const GATED_TEST_CASES: u64 = 5;
/// The type of builds.
pub const KOJI_BUILD: &str = "koji_build";

/// A rule of a policy, as far as results have to answer it.
#[derive(Debug, PartialEq, Eq, Clone)]
pub struct Rule {
    /// The test case that has to pass.
    pub test_case: String,
    /// The scenario that it is asked for in.
    pub scenario: String,
}

/// All results of one benchmark.
pub struct Corpus {
    /// How many results there are.
    pub results: u64,
    /// Items that have a result for each gated test case.
    pub gated_items: u64,
    /// Updates that have a result for each rule of the large policy.
    pub updates: u64,
    rules: Vec<Rule>,
}

impl Corpus {
    /// A corpus of so many results, some of which answer the rules of the large policy.
    pub fn new(results: u64, rules: Vec<Rule>) -> Self {
        let updates = if rules.is_empty() {
            0
        } else {
            (results / 1_000).clamp(1, 100)
        };
        Self {
            results,
            gated_items: (results / 200).clamp(1, 500),
            updates,
            rules,
        }
    }

    /// The body that submits the result of this number.
    pub fn result(&self, index: u64) -> Value {
        let gated = self.gated_items * GATED_TEST_CASES;
        let for_updates = self.updates * self.rules.len() as u64;
        let mut random = Random::new(index);
        if index < gated {
            let item = gated_item(index / GATED_TEST_CASES);
            let test_case = test_case(index % GATED_TEST_CASES);
            return result(&test_case, "PASSED", &item, KOJI_BUILD, None, &mut random);
        }
        let rules = self.rules.len().max(1) as u64;
        let rule = usize::try_from((index - gated) % rules).unwrap_or_default();
        if let Some(rule) = self.rules.get(rule).filter(|_| index - gated < for_updates) {
            let item = update((index - gated) / rules);
            let scenario = Some(rule.scenario.as_str());
            return result(
                &rule.test_case,
                "PASSED",
                &item,
                "bodhi_update",
                scenario,
                &mut random,
            );
        }
        self.any_result(&mut random)
    }

    /// A new result, like the stored ones but for those that answer a policy.
    pub fn any_result(&self, random: &mut Random) -> Value {
        let items = (self.results / RESULTS_PER_ITEM).max(1);
        // One result in fifty is about an item that is tested again and again, such as a nightly.
        let number = match random.below(50) {
            0 => random.below(items.min(HOT_ITEMS)),
            _ => random.below(items),
        };
        let (item, kind) = match number % 20 {
            0..14 => (
                format!("package{}-{}.{}-1.fc40", number / 3, number % 7, number % 3),
                KOJI_BUILD,
            ),
            14..18 => (format!("FEDORA-2026-{number:010x}"), "bodhi_update"),
            18 => (format!("Fedora-Rawhide-20260101.n.{number}"), "compose"),
            _ => (
                format!("sha256:{:064x}", u128::from(number) << 64),
                "redhat-container-image",
            ),
        };
        let outcome = random.pick(&[
            ("PASSED", 85),
            ("FAILED", 8),
            ("INFO", 4),
            ("NEEDS_INSPECTION", 3),
        ]);
        let test_case = test_case(random.rank(TEST_CASES));
        result(&test_case, outcome, &item, kind, None, random)
    }
}

/// An item whose results answer the five rules.
pub fn gated_item(number: u64) -> String {
    format!("gated{number}-1.0-1.fc40")
}

/// An update whose results answer the large policy.
pub fn update(number: u64) -> String {
    format!("FEDORA-2026-bench{number:05}")
}

/// The name of a test case, the most frequent first.
pub fn test_case(rank: u64) -> String {
    let namespace = [
        "dist",
        "fedora-ci.koji-build",
        "osci.brew-build",
        "update",
        "compose",
    ];
    let namespace = usize::try_from(rank % 5)
        .ok()
        .and_then(|place| namespace.get(place));
    format!(
        "{}.tier{}.check-{rank}",
        namespace.unwrap_or(&"dist"),
        rank % 3
    )
}

fn result(
    test_case: &str,
    outcome: &str,
    item: &str,
    kind: &str,
    scenario: Option<&str>,
    random: &mut Random,
) -> Value {
    let arch = random.pick(&[
        ("x86_64", 60),
        ("aarch64", 15),
        ("noarch", 10),
        ("ppc64le", 8),
        ("s390x", 7),
    ]);
    let task = 100_000_000 + random.below(9_000_000);
    let mut data = json!({
        "item": item,
        "type": kind,
        "arch": arch,
        "ci_name": random.pick(&[("Fedora CI", 70), ("OSCI", 25), ("openQA", 5)]),
        "brew_task_id": task.to_string(),
    });
    if let (Some(scenario), Some(data)) = (scenario, data.as_object_mut()) {
        data.insert("scenario".to_owned(), scenario.into());
    }
    json!({
        "testcase": test_case,
        "outcome": outcome,
        "ref_url": format!("https://ci.example.com/job/{task}"),
        "data": data,
    })
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// From 0 to below 1.
    #[allow(clippy::cast_precision_loss)] // 53 bits are what a fraction can hold
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A rank from 0 to below `count`, by Zipf's law: rank k with a weight of about 1 / (k + 1).
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    fn rank(&mut self, count: u64) -> u64 {
        let rank = ((count + 1) as f64).powf(self.fraction()) as u64;
        rank.clamp(1, count) - 1
    }

    fn pick<'a>(&mut self, weighted: &[(&'a str, u64)]) -> &'a str {
        let mut place = self.below(weighted.iter().map(|(_, weight)| weight).sum());
        for (value, weight) in weighted {
            if place < *weight {
                return value;
            }
            place -= weight;
        }
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_answer_both_policies_and_then_vary() {
        let rule = Rule {
            test_case: "update.base".into(),
            scenario: "s".into(),
        };
        let corpus = Corpus::new(10_000, vec![rule.clone(), rule]);
        assert_eq!((corpus.gated_items, corpus.updates), (50, 10));
        assert_eq!(corpus.result(7)["data"]["item"], gated_item(1));
        assert_eq!(corpus.result(7)["testcase"], test_case(2));
        assert_eq!(corpus.result(269)["data"]["item"], update(9));
        assert_eq!(corpus.result(269)["data"]["scenario"], "s");
        assert_eq!(corpus.result(270)["data"]["scenario"], Value::Null);
        assert_eq!(corpus.result(5_000), corpus.result(5_000));
    }

    #[test]
    fn few_test_cases_are_frequent_and_items_repeat() {
        let corpus = Corpus::new(10_000, Vec::new());
        let results: Vec<_> = (250..10_000).map(|index| corpus.result(index)).collect();
        let first = results
            .iter()
            .filter(|result| result["testcase"] == test_case(0))
            .count();
        assert!((600..2_500).contains(&first), "{first}");
        let items: std::collections::BTreeSet<_> = results
            .iter()
            .map(|result| result["data"]["item"].to_string())
            .collect();
        assert!((700..1_300).contains(&items.len()), "{}", items.len());
    }
}

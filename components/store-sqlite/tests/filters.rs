//! Whatever a search starts from, it finds what a look at every result finds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::Embedded;
use endpoint::records::{
    DataFilter, GroupMention, NewResult, Order, Page, ResultFilter, TestResult, Update,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use store_sqlite::{distinct, results};

const ALL: Page = Page {
    offset: 0,
    limit: 10_000,
};

fn word(letters: &'static str) -> impl Strategy<Value = String> {
    proptest::sample::select(letters.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned)
}

fn words(letters: &'static str) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(word(letters), 0..3)
}

fn new_result() -> impl Strategy<Value = NewResult> {
    let data = proptest::collection::btree_map(
        word("item type arch"),
        proptest::collection::vec(word("a b c ab"), 1..3),
        0..3,
    );
    (
        0..6_i64,
        word("PASSED FAILED"),
        word("t1 t2 u"),
        words("g1 g2"),
        data,
    )
        .prop_map(
            |(submit_time_us, outcome, test_case, groups, data)| NewResult {
                submit_time_us,
                outcome,
                test_case,
                test_case_ref_url: Update::Keep,
                groups: unique(groups).into_iter().map(mention).collect(),
                data: serde_json::to_string(&data).unwrap(),
                note: None,
                ref_url: None,
            },
        )
}

fn mention(uuid: String) -> GroupMention {
    GroupMention {
        uuid,
        description: Update::Keep,
        ref_url: Update::Keep,
    }
}

fn unique(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words.dedup();
    words
}

fn data_filter() -> impl Strategy<Value = DataFilter> {
    (
        word("item type arch none"),
        proptest::collection::vec(word("a b c a* *b *"), 1..3),
        any::<bool>(),
    )
        .prop_map(|(key, values, wildcard)| DataFilter {
            key,
            values,
            wildcard,
        })
}

fn filter() -> impl Strategy<Value = ResultFilter> {
    let times = (
        proptest::option::of(0..6_i64),
        proptest::option::of(0..6_i64),
    );
    let names = (words("t1 u x"), words("t* *1"));
    (
        times,
        words("PASSED FAILED INFO"),
        words("g1 g2 g3"),
        names,
        proptest::collection::vec(data_filter(), 0..3),
    )
        .prop_map(
            |((since_us, until_us), outcomes, groups, (test_cases, test_cases_like), data)| {
                ResultFilter {
                    since_us,
                    until_us,
                    outcomes,
                    groups,
                    test_cases,
                    test_cases_like,
                    data,
                }
            },
        )
}

/// Whether a pattern, in which `*` stands for any text, matches; by trying all ways.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => (0..=text.len()).any(|start| like(&pattern[1..], &text[start..])),
        Some(first) => text.starts_with(first) && like(&pattern[1..], &text[1..]),
    }
}

fn values(result: &TestResult) -> BTreeMap<String, Vec<String>> {
    serde_json::from_str(&result.data).unwrap()
}

fn matches(result: &TestResult, filter: &ResultFilter) -> bool {
    let name = &result.test_case.name;
    let named = filter.test_cases.is_empty() && filter.test_cases_like.is_empty()
        || filter.test_cases.contains(name)
        || filter
            .test_cases_like
            .iter()
            .any(|pattern| like(pattern, name));
    let data = values(result);
    named
        && filter
            .since_us
            .is_none_or(|since| result.submit_time_us >= since)
        && filter
            .until_us
            .is_none_or(|until| result.submit_time_us <= until)
        && (filter.outcomes.is_empty() || filter.outcomes.contains(&result.outcome))
        && (filter.groups.is_empty()
            || filter
                .groups
                .iter()
                .any(|group| result.groups.contains(group)))
        && filter.data.iter().all(|wanted| {
            data.get(&wanted.key).is_some_and(|values| {
                values.iter().any(|value| match wanted.wildcard {
                    true => wanted.values.iter().any(|pattern| like(pattern, value)),
                    false => wanted.values.contains(value),
                })
            })
        })
}

fn sorted(mut found: Vec<TestResult>) -> Vec<u64> {
    found.sort_by_key(|result| std::cmp::Reverse((result.submit_time_us, result.id)));
    found.iter().map(|result| result.id).collect()
}

fn ids(found: &[TestResult]) -> Vec<u64> {
    found.iter().map(|result| result.id).collect()
}

/// One latest result for each (test case, arch), by looking at every result.
fn latest_by_arch(found: Vec<TestResult>) -> Vec<u64> {
    let mut best: BTreeMap<(String, Option<String>), (i64, u64)> = BTreeMap::new();
    for result in &found {
        let archs = values(result).remove("arch").unwrap_or_default();
        let archs: Vec<Option<String>> = match archs.is_empty() {
            true => vec![None],
            false => archs.into_iter().map(Some).collect(),
        };
        for arch in archs {
            let place = best
                .entry((result.test_case.name.clone(), arch))
                .or_default();
            *place = (*place).max((result.submit_time_us, result.id));
        }
    }
    let winners: Vec<u64> = best.into_values().map(|(_, id)| id).collect();
    sorted(
        found
            .into_iter()
            .filter(|result| winners.contains(&result.id))
            .collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn searches_find_what_a_full_look_finds(
        stored in proptest::collection::vec(new_result(), 0..400),
        filters in proptest::collection::vec(filter(), 1..8),
    ) {
        let database = Embedded::in_memory();
        let all = results::submit(&database, stored).unwrap();
        for filter in &filters {
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, filter)).cloned().collect();
            let found = results::find(&database, filter, Order::NewestFirst, ALL).unwrap();
            prop_assert_eq!(ids(&found), sorted(expected.clone()));
            let part = results::find(&database, filter, Order::NewestFirst, Page { offset: 2, limit: 3 }).unwrap();
            prop_assert_eq!(ids(&part), ids(&found).into_iter().skip(2).take(3).collect::<Vec<_>>());

            let any_outcome = ResultFilter { outcomes: Vec::new(), ..filter.clone() };
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, &any_outcome)).cloned().collect();
            let latest = results::latest(&database, filter).unwrap();
            let newest = |result: &TestResult| expected.iter()
                .filter(|other| other.test_case.name == result.test_case.name)
                .all(|other| other.submit_time_us <= result.submit_time_us);
            prop_assert_eq!(ids(&latest), sorted(expected.iter().filter(|result| newest(result)).cloned().collect()));
        }
        let lists = distinct::latest_distinct(&database, &filters, &["arch".to_owned()]).unwrap();
        for (filter, list) in filters.iter().zip(lists) {
            let any_outcome = ResultFilter { outcomes: Vec::new(), ..filter.clone() };
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, &any_outcome)).cloned().collect();
            prop_assert_eq!(ids(&list), latest_by_arch(expected));
        }
    }

    #[test]
    fn many_questions_in_one_statement_have_the_answers_of_each(
        stored in proptest::collection::vec(new_result(), 0..400),
        questions in proptest::collection::vec((word("a b c"), words("a b")), 1..6),
        test_cases in words("t1 u"),
        until_us in proptest::option::of(0..6_i64),
    ) {
        let database = Embedded::in_memory();
        let all = results::submit(&database, stored).unwrap();
        let filters: Vec<ResultFilter> = questions.into_iter().map(|(item, types)| {
            let mut data = vec![DataFilter { key: "item".into(), values: vec![item], wildcard: false }];
            if !types.is_empty() {
                data.insert(0, DataFilter { key: "type".into(), values: types, wildcard: false });
            }
            ResultFilter {
                since_us: None, until_us, outcomes: Vec::new(), groups: Vec::new(),
                test_cases: test_cases.clone(), test_cases_like: Vec::new(), data,
            }
        }).collect();
        let lists = distinct::latest_distinct(&database, &filters, &["arch".to_owned()]).unwrap();
        prop_assert_eq!(lists.len(), filters.len());
        for (filter, list) in filters.iter().zip(lists) {
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, filter)).cloned().collect();
            prop_assert_eq!(ids(&list), latest_by_arch(expected));
        }
    }
}

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
    DataFilter, Detail, GroupMention, NewResult, Order, Page, ResultFilter, TestResult, Update,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use store_sqlite::bounds::Bounds;
use store_sqlite::database::Database;
use store_sqlite::{distinct, latest, results};

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
        proptest::collection::vec(word("a b c ab abcd x\"cde é-bcd"), 1..3),
        0..3,
    );
    (
        -2..6_i64,
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
        proptest::collection::vec(
            word("a b c ab a* *b * abcd *bcd* *bc*d x\"c* *é-b* *zzz*"),
            1..4,
        ),
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
        Some('*') => (0..=text.len())
            .filter(|start| text.is_char_boundary(*start))
            .any(|start| like(&pattern[1..], &text[start..])),
        Some(first) => {
            let length = first.len_utf8();
            text.starts_with(first) && like(&pattern[length..], &text[length..])
        }
    }
}

/// Bounds that make small stores take the ways of large ones.
fn bounds() -> impl Strategy<Value = Bounds> {
    let small = || 1..4_i64;
    let sizes = || 1..4_usize;
    (
        (small(), small(), 1..30_i64),
        (sizes(), 1..40_usize, 0..9_i64),
        (0..3_i64, 0..4_i64, 0..40_i64),
    )
        .prop_map(
            |((first, second, few), (merged, page_shapes, walked), names)| Bounds {
                rare: [first, second],
                few,
                merged,
                page_shapes,
                walked,
                test_cases: names.0,
                neighbours: names.1,
                trigram_rows: names.2,
            },
        )
}

/// Stores results as if values became frequent at any moment: some before, some between summaries.
fn submit(
    database: &Embedded,
    stored: Vec<NewResult>,
    frequent: &[(String, u8)],
) -> Vec<TestResult> {
    let mut all = Vec::new();
    let part = stored.len().div_ceil(4).max(1);
    for (turn, part) in stored.chunks(part).enumerate() {
        for (pair, _) in frequent
            .iter()
            .filter(|(_, when)| usize::from(*when) == turn)
        {
            let (key, value) = pair.split_once('=').unwrap();
            let values = [key.into(), value.into()];
            let statement = "INSERT OR IGNORE INTO frequent_values (key, value) VALUES (?1, ?2)";
            database.run(statement, &values).unwrap();
        }
        all.extend(results::submit(database, part.to_vec()).unwrap());
        if turn % 2 == 0 {
            let statement = "UPDATE summaries SET upto = (SELECT max(id) FROM results)";
            database.run(statement, &[]).unwrap();
        }
    }
    all
}

fn frequent_values() -> impl Strategy<Value = Vec<(String, u8)>> {
    let pairs = "item=a item=b item=abcd type=a type=b type=c arch=a arch=b arch=c arch=ab :group=g1 :group=g2";
    proptest::collection::vec((word(pairs), 0..4_u8), 0..9)
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

/// A value of each key, if there is one.
type Tuple = Vec<Option<String>>;

/// One latest result for each (test case, value of each key), by looking at every result.
fn latest_by(keys: &[String], found: Vec<TestResult>) -> Vec<u64> {
    let mut best: BTreeMap<(String, Tuple), (i64, u64)> = BTreeMap::new();
    for result in &found {
        let mut tuples = vec![Vec::new()];
        for key in keys {
            let listed = values(result).remove(key).unwrap_or_default();
            let listed: Vec<Option<String>> = match listed.is_empty() {
                true => vec![None],
                false => listed.into_iter().map(Some).collect(),
            };
            tuples = tuples
                .into_iter()
                .flat_map(|tuple: Tuple| {
                    listed
                        .iter()
                        .map(move |value| [tuple.clone(), vec![value.clone()]].concat())
                })
                .collect();
        }
        for tuple in tuples {
            let name = result.test_case.name.clone();
            let place = best.entry((name, tuple)).or_insert((i64::MIN, 0));
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
        frequent in frequent_values(),
        bounds in bounds(),
        keys in proptest::sample::subsequence(vec!["arch", "type"], 1..3),
    ) {
        let mut database = Embedded::in_memory();
        let all = submit(&database, stored, &frequent);
        database.bounds = bounds;
        let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        for filter in &filters {
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, filter)).cloned().collect();
            let found = results::find(&database, filter, Order::NewestFirst, ALL).unwrap();
            prop_assert_eq!(ids(&found), sorted(expected.clone()));
            let part = results::find(&database, filter, Order::NewestFirst, Page { offset: 2, limit: 3 }).unwrap();
            prop_assert_eq!(ids(&part), ids(&found).into_iter().skip(2).take(3).collect::<Vec<_>>());
            let oldest = results::find(&database, filter, Order::OldestFirst, Page { offset: 1, limit: 4 }).unwrap();
            prop_assert_eq!(ids(&oldest), ids(&found).into_iter().rev().skip(1).take(4).collect::<Vec<_>>());
            let unsorted = results::find(&database, filter, Order::ById, ALL).unwrap();
            prop_assert_eq!(sorted(unsorted.clone()), ids(&found));
            let pages = (0..3).flat_map(|page| {
                results::find(&database, filter, Order::ById, Page { offset: page * 3, limit: 3 }).unwrap()
            });
            let pages: Vec<TestResult> = pages.collect();
            prop_assert_eq!(ids(&pages), ids(&unsorted).into_iter().take(9).collect::<Vec<_>>());

            let any_outcome = ResultFilter { outcomes: Vec::new(), ..filter.clone() };
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, &any_outcome)).cloned().collect();
            let latest = latest::latest(&database, filter).unwrap();
            let newest = |result: &TestResult| expected.iter()
                .filter(|other| other.test_case.name == result.test_case.name)
                .all(|other| other.submit_time_us <= result.submit_time_us);
            prop_assert_eq!(ids(&latest), sorted(expected.iter().filter(|result| newest(result)).cloned().collect()));
        }
        let lists = distinct::latest_distinct(&database, &filters, &keys, Detail::Whole).unwrap();
        for (filter, list) in filters.iter().zip(lists) {
            let alone = distinct::latest_distinct(&database, std::slice::from_ref(filter), &keys, Detail::Whole).unwrap();
            prop_assert_eq!(ids(&alone[0]), ids(&list));
            let any_outcome = ResultFilter { outcomes: Vec::new(), ..filter.clone() };
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, &any_outcome)).cloned().collect();
            prop_assert_eq!(ids(&list), latest_by(&keys, expected));
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
        let lists = distinct::latest_distinct(&database, &filters, &["arch".to_owned()], Detail::Whole).unwrap();
        prop_assert_eq!(lists.len(), filters.len());
        for (filter, list) in filters.iter().zip(lists) {
            let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, filter)).cloned().collect();
            prop_assert_eq!(ids(&list), latest_by(&["arch".to_owned()], expected));
        }
    }

    #[test]
    fn the_latest_are_found_by_shapes(
        stored in proptest::collection::vec(new_result(), 100..400),
        wanted in proptest::collection::vec((word("item type arch"), word("a b c")), 1..3),
        groups in words("g1 g2"),
        since_us in proptest::option::of(-2..6_i64),
        walked in 0..3_i64,
    ) {
        let mut database = Embedded::in_memory();
        let pairs = "item=a item=b item=c type=a type=b type=c arch=a arch=b arch=c :group=g1 :group=g2";
        let frequent: Vec<(String, u8)> = pairs.split(' ').map(|pair| (pair.to_owned(), 1)).collect();
        let all = submit(&database, stored, &frequent);
        database.bounds = Bounds { rare: [1, 1], few: 1, walked, ..Bounds::default() };
        let data = wanted.into_iter().map(|(key, value)| DataFilter { key, values: vec![value], wildcard: false });
        let filter = ResultFilter {
            since_us, until_us: None, outcomes: Vec::new(), groups,
            test_cases: Vec::new(), test_cases_like: Vec::new(), data: data.collect(),
        };
        let expected: Vec<TestResult> = all.iter().filter(|result| matches(result, &filter)).cloned().collect();
        let newest = |result: &&TestResult| expected.iter()
            .filter(|other| other.test_case.name == result.test_case.name)
            .all(|other| other.submit_time_us <= result.submit_time_us);
        let latest = latest::latest(&database, &filter).unwrap();
        prop_assert_eq!(ids(&latest), sorted(expected.iter().filter(newest).cloned().collect()));
    }
}

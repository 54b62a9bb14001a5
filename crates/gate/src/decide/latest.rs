//! The latest results: of each test case, one for each combination of values of the distinguishing data keys.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::domain::records::TestResult;
use crate::domain::subject::ResultQuery;

/// Most combinations of values one result is filed under; a result with more is filed under the first so many.
pub const MAX_COMBINATIONS: usize = 1_000;

/// The value of a data key: a missing key is a value of its own, and sorts last.
type KeyValue<'r> = (bool, &'r str);
/// One value of each key.
pub(crate) type Combination<'r> = Vec<KeyValue<'r>>;

/// Chooses from `results` what ResultsDB answers to `/results/latest?_distinct_on=<keys>`, newest first.
///
/// A result stands for its test case and one value of each key; a key with several values makes it stand for each of them, a key without
/// one for none. Of the results that stand for the same, the latest is chosen; a result chosen more than once is returned once. Results of
/// one time are ordered by test case and combination, and of two that also stand for the same the higher id wins.
pub fn latest_distinct<'r>(
    results: impl IntoIterator<Item = &'r TestResult>,
    keys: &[String],
) -> Vec<&'r TestResult> {
    Latest::of(results, keys).results()
}

/// What a result stands for: its test case and one value of each key.
type Place<'r> = (&'r str, Combination<'r>);

/// The latest results, each with what it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Latest<'r>(HashMap<Place<'r>, &'r TestResult>);

impl<'r> Latest<'r> {
    pub fn of(results: impl IntoIterator<Item = &'r TestResult>, keys: &[String]) -> Self {
        let mut latest: HashMap<Place<'r>, &TestResult> = HashMap::new();
        for result in results {
            for combination in combinations(result, keys) {
                let place = (result.testcase.as_str(), combination);
                let current = latest.entry(place).or_insert(result);
                if (result.submit_time_us, result.id) > (current.submit_time_us, current.id) {
                    *current = result;
                }
            }
        }
        Self(latest)
    }

    /// The results, each once, newest first.
    pub fn results(&self) -> Vec<&'r TestResult> {
        let mut chosen: Vec<_> = self.0.iter().collect();
        chosen.sort_unstable_by(|(place, one), (other_place, other)| {
            let by_time = other.submit_time_us.cmp(&one.submit_time_us);
            by_time.then_with(|| place.cmp(other_place))
        });
        let mut seen = HashSet::new();
        let chosen = chosen.into_iter().map(|(_, result)| *result);
        chosen.filter(|result| seen.insert(result.id)).collect()
    }

    /// Of one test case, each combination with the result that stands for it, in order.
    pub fn of_testcase<'l>(
        &'l self,
        testcase: &str,
    ) -> impl Iterator<Item = (&'l Combination<'r>, &'r TestResult)> {
        let all = self.0.iter().filter(|((own, _), _)| *own == testcase);
        let found: BTreeMap<_, _> = all
            .map(|((_, combination), result)| (combination, *result))
            .collect();
        found.into_iter()
    }
}

/// Whether a result with this data stands for a combination, too.
pub(crate) fn stands_for(
    data: &BTreeMap<String, Vec<String>>,
    keys: &[String],
    combination: &Combination<'_>,
) -> bool {
    keys.iter()
        .zip(combination)
        .all(|(key, (is_missing, value))| {
            let values = data.get(key).map(Vec::as_slice).unwrap_or_default();
            match is_missing {
                true => values.is_empty(),
                false => values.iter().any(|own| own == value),
            }
        })
}

fn combinations<'r>(result: &'r TestResult, keys: &[String]) -> Vec<Combination<'r>> {
    let values_of = |key: &String| result.data.get(key).map_or(&[][..], Vec::as_slice);
    if keys.iter().all(|key| values_of(key).len() < 2) {
        let first = |key| match values_of(key).first() {
            Some(value) => (false, value.as_str()),
            None => (true, ""),
        };
        return vec![keys.iter().map(first).collect()];
    }
    let mut combinations: Vec<Combination<'r>> = vec![Vec::with_capacity(keys.len())];
    for key in keys {
        let values: Vec<KeyValue<'r>> = match values_of(key) {
            [] => vec![(true, "")],
            values => values.iter().map(|value| (false, value.as_str())).collect(),
        };
        let extended = combinations.iter().flat_map(|before| {
            values
                .iter()
                .map(|value| before.iter().copied().chain([*value]).collect::<Vec<_>>())
        });
        combinations = extended.take(MAX_COMBINATIONS).collect();
    }
    combinations
}

/// Whether a query finds a result with this data: for each key one of the values asked for is among its values.
pub(crate) fn finds(query: &ResultQuery, data: &BTreeMap<String, Vec<String>>) -> bool {
    query.iter().all(|(key, accepted)| {
        let values = data.get(key).map(Vec::as_slice).unwrap_or_default();
        values.iter().any(|value| accepted.contains(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(
        id: i64,
        testcase: &str,
        submit_time_us: i64,
        data: &[(&str, &[&str])],
    ) -> TestResult {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let data = data
            .iter()
            .map(|(key, list)| ((*key).to_owned(), values(list)))
            .collect();
        TestResult {
            id,
            testcase: testcase.to_owned(),
            outcome: "PASSED".to_owned(),
            submit_time_us,
            data,
        }
    }

    fn check(results: &[TestResult], keys: &[&str], expected: &[i64]) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let ids: Vec<i64> = latest_distinct(results, &keys)
            .iter()
            .map(|result| result.id)
            .collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn one_latest_for_each_combination() {
        let results = [
            result(1, "a", 10, &[("scenario", &["x"])]),
            result(2, "a", 20, &[("scenario", &["x"])]),
            result(3, "a", 15, &[("scenario", &["y"])]),
            result(4, "a", 5, &[]),
            result(5, "b", 1, &[]),
        ];
        check(&results, &["scenario"], &[2, 3, 4, 5]);
        check(&results, &[], &[2, 5]);
    }

    #[test]
    fn a_result_for_several_combinations_is_returned_once() {
        let both = result(1, "a", 10, &[("arch", &["x86_64", "aarch64"])]);
        let newer = result(2, "a", 20, &[("arch", &["x86_64"])]);
        check(std::slice::from_ref(&both), &["arch"], &[1]);
        check(&[both.clone(), newer], &["arch"], &[2, 1]);
        let covering = result(3, "a", 30, &[("arch", &["aarch64", "x86_64", "s390x"])]);
        check(&[both, covering], &["arch"], &[3]);
    }

    #[test]
    fn ties_go_to_the_higher_id_and_are_ordered_by_test_case_and_combination() {
        let results = [
            result(4, "b", 10, &[]),
            result(1, "a", 10, &[]),
            result(2, "a", 10, &[]),
            result(3, "a", 10, &[("scenario", &["x"])]),
        ];
        check(&results, &["scenario"], &[3, 2, 4]);
    }

    #[test]
    fn combinations_are_bounded() {
        let many: Vec<String> = (0..200).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let wide = result(1, "a", 10, &[("k1", &many), ("k2", &many), ("k3", &many)]);
        check(&[wide], &["k1", "k2", "k3"], &[1]);
    }
}

//! Waivers: which to ask for, which stand, and what they cover.

use std::collections::BTreeMap;

use super::answer::Answer;
use crate::domain::records::Waiver;

/// Waivers to ask for: all fields must be equal, but see the product version; without a test case, waivers for any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaiverFilter {
    /// Id of the subject's type.
    pub subject_type: String,
    /// The subject.
    pub subject_identifier: String,
    /// The product version; waivers that have patterns of product versions are asked for whatever theirs is.
    pub product_version: String,
    /// The test case; none for all.
    pub testcase: Option<String>,
}

/// Waivers to ask for to explain a decision: of any subject type, test case, scenario and product version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaiverQuery {
    /// The subject.
    pub subject_identifier: String,
}

/// The waivers that stand at `when_us` (inclusive, µs since the epoch; none for now), newest first, withdrawn ones included as `waived: false`.
///
/// Of waivers for the same subject, test case, scenario, product version and limits only the one with the highest id stands, whoever made it.
/// WaiverDB's own filter forgets the product version and looks past `when`, so that a later waiver wipes out an earlier one in hindsight;
/// this does neither. Waivers that already are the standing ones stay as they are.
pub fn current_waivers(waivers: &[Waiver], when_us: Option<i64>) -> Vec<&Waiver> {
    let mut latest: BTreeMap<_, &Waiver> = BTreeMap::new();
    for waiver in waivers
        .iter()
        .filter(|waiver| waiver.lapse.is_none())
        .filter(|waiver| when_us.is_none_or(|when_us| waiver.timestamp_us <= when_us))
    {
        let group = (
            &waiver.subject_type,
            &waiver.subject_identifier,
            &waiver.testcase,
            waiver.scenario.as_deref(),
            &waiver.product_version,
            limits(waiver),
        );
        let standing = latest.entry(group).or_insert(waiver);
        if waiver.id > standing.id {
            *standing = waiver;
        }
    }
    let mut current: Vec<&Waiver> = latest.into_values().collect();
    current.sort_by_key(|waiver| std::cmp::Reverse((waiver.timestamp_us, waiver.id)));
    current
}

fn limits(waiver: &Waiver) -> (&[String], &[String], Option<&str>, Option<&str>) {
    (
        &waiver.contexts,
        &waiver.product_version_globs,
        waiver.architecture.as_deref(),
        waiver.variant.as_deref(),
    )
}

/// Whether a waiver for the same identifier and test case covers an answer: same subject type, no scenario or the same one, and within its
/// limits. A missing result has no architecture and no variant, so that a waiver with such a limit doesn't cover it. If several contexts ask
/// for the same, a waiver for one of them is not enough: the answer for all must not be more lenient than that for each.
pub(crate) fn covers(waiver: &Waiver, answer: &Answer) -> bool {
    let scenario = waiver
        .scenario
        .as_deref()
        .filter(|scenario| !scenario.is_empty());
    answer.subject.subject_type.matches(&waiver.subject_type)
        && (scenario.is_none() || scenario == answer.kind.scenario())
        && is_limit_kept(
            waiver.architecture.as_deref(),
            answer,
            "system_architecture",
        )
        && is_limit_kept(waiver.variant.as_deref(), answer, "system_variant")
        && is_for_contexts(waiver, &answer.contexts)
}

fn is_limit_kept(limit: Option<&str>, answer: &Answer, key: &str) -> bool {
    limit.is_none() || limit == answer.kind.key(key)
}

fn is_for_contexts(waiver: &Waiver, asking: &[String]) -> bool {
    let mut contexts = asking.iter();
    waiver.contexts.is_empty()
        || !asking.is_empty() && contexts.all(|context| waiver.contexts.contains(context))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiver(id: i64, timestamp_us: i64, product_version: &str, waived: bool) -> Waiver {
        Waiver {
            id,
            timestamp_us,
            product_version: product_version.to_owned(),
            waived,
            ..Waiver::default()
        }
    }

    #[test]
    fn the_latest_of_a_group_stands() {
        let waivers = [
            waiver(1, 10, "a", true),
            waiver(2, 20, "b", true),
            waiver(3, 30, "a", false),
        ];
        let check = |when_us: Option<i64>, expected: &[i64]| {
            let ids: Vec<i64> = current_waivers(&waivers, when_us)
                .iter()
                .map(|waiver| waiver.id)
                .collect();
            assert_eq!(ids, expected, "{when_us:?}");
        };
        check(None, &[3, 2]);
        check(Some(30), &[3, 2]);
        check(Some(29), &[2, 1]);
        check(Some(9), &[]);
    }
}

//! Whatever the filters, the waivers found are those that a look at every waiver finds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::Embedded;
use endpoint::records::{NewWaiver, Page, Selection, Waiver, WaiverFilter};
use proptest::prelude::*;
use store_sqlite::waivers;

fn word(letters: &'static str) -> impl Strategy<Value = String> {
    proptest::sample::select(letters.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned)
}

fn maybe(letters: &'static str) -> impl Strategy<Value = Option<String>> {
    proptest::option::of(word(letters))
}

fn new_waiver() -> impl Strategy<Value = NewWaiver> {
    let what = (word("x y"), word("a b"), word("t u"), maybe("s r"));
    (
        what,
        word("p q"),
        word("joe bot"),
        maybe("bot"),
        any::<bool>(),
    )
        .prop_map(
            |(
                (subject_type, subject_identifier, testcase, scenario),
                product_version,
                username,
                proxied_by,
                waived,
            )| NewWaiver {
                subject_type,
                subject_identifier,
                testcase,
                username,
                scenario,
                proxied_by,
                product_version,
                waived,
                comment: "c".into(),
                timestamp_us: 0,
                terms: None,
            },
        )
}

fn filter() -> impl Strategy<Value = WaiverFilter> {
    let what = (maybe("x y"), maybe("a b"), maybe("t u"), maybe("s r"));
    let times = (
        proptest::option::of(0..20_i64),
        proptest::option::of(0..20_i64),
    );
    (what, maybe("p q"), maybe("joe bot"), maybe("bot"), times).prop_map(
        |(
            (subject_type, subject_identifier, testcase, scenario),
            product_version,
            username,
            proxied_by,
            (since_us, until_us),
        )| WaiverFilter {
            subject_type,
            subject_identifier,
            testcase,
            scenario,
            product_version,
            username,
            proxied_by,
            since_us,
            until_us,
            ..embedded::every()
        },
    )
}

fn matches(waiver: &Waiver, filter: &WaiverFilter) -> bool {
    let is = |wanted: &Option<String>, value: Option<&str>| {
        wanted.is_none() || wanted.as_deref() == value
    };
    is(&filter.subject_type, Some(&waiver.subject_type))
        && is(&filter.subject_identifier, Some(&waiver.subject_identifier))
        && is(&filter.testcase, Some(&waiver.testcase))
        && is(&filter.scenario, waiver.scenario.as_deref())
        && is(&filter.product_version, Some(&waiver.product_version))
        && is(&filter.username, Some(&waiver.username))
        && is(&filter.proxied_by, waiver.proxied_by.as_deref())
        && filter
            .since_us
            .is_none_or(|since| waiver.timestamp_us >= since)
        && filter
            .until_us
            .is_none_or(|until| waiver.timestamp_us <= until)
}

fn is_obsolete(
    waiver: &Waiver,
    all: &[Waiver],
    selection: Selection,
    until_us: Option<i64>,
) -> bool {
    all.iter().any(|newer| {
        newer.id > waiver.id
            && newer.subject_type == waiver.subject_type
            && newer.subject_identifier == waiver.subject_identifier
            && newer.testcase == waiver.testcase
            && newer.scenario == waiver.scenario
            && newer.product_version == waiver.product_version
            && until_us.is_none_or(|until| newer.timestamp_us <= until)
            && match selection {
                Selection::Every | Selection::Standing => false,
                Selection::InForcePerUser => newer.username == waiver.username,
                Selection::InForce => true,
            }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn filters_find_what_a_full_look_finds(
        mut stored in proptest::collection::vec(new_waiver(), 1..20),
        filters in proptest::collection::vec(filter(), 1..5),
        alike in 0..3,
    ) {
        let mut filters = filters;
        if alike > 0 {
            // As a gate asks: one subject or several, several test cases.
            let first = filters[0].clone();
            for (filter, testcase) in filters.iter_mut().zip(["t", "u", "t", "v"]) {
                let subject_identifier = match alike {
                    1 => first.subject_identifier.clone(),
                    _ => filter.subject_identifier.clone().or(Some("a".into())),
                };
                *filter = WaiverFilter { testcase: Some(testcase.into()), subject_identifier, ..first.clone() };
            }
        }
        for (time, waiver) in stored.iter_mut().enumerate() {
            waiver.timestamp_us = i64::try_from(time).unwrap();
        }
        let database = Embedded::in_memory();
        let all = waivers::submit(&database, stored).unwrap();
        for selection in [Selection::Every, Selection::InForcePerUser, Selection::InForce] {
            let mut expected: Vec<u64> = all
                .iter()
                .filter(|waiver| filters.iter().any(|filter| {
                    matches(waiver, filter) && !is_obsolete(waiver, &all, selection, filter.until_us)
                }))
                .map(|waiver| waiver.id)
                .collect();
            expected.reverse();
            let found = waivers::find(&database, &filters, selection, 0, Page { offset: 0, limit: 100 }).unwrap();
            let ids: Vec<u64> = found.waivers.iter().map(|waiver| waiver.id).collect();
            prop_assert_eq!(&ids, &expected);
            prop_assert_eq!(found.total, expected.len() as u64);
            let part = waivers::find(&database, &filters, selection, 0, Page { offset: 1, limit: 2 }).unwrap();
            let part: Vec<u64> = part.waivers.iter().map(|waiver| waiver.id).collect();
            prop_assert_eq!(part, expected.into_iter().skip(1).take(2).collect::<Vec<_>>());
        }
    }
}

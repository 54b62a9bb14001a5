//! Random waivers, steps and filters.

use crate::embedded::every;
use endpoint::records::{
    NewWaiver, WaiverAction, WaiverFilter, WaiverState, WaiverStep, WaiverTerms,
};
use proptest::prelude::*;

/// Something that somebody does.
#[derive(Clone, Debug)]
pub enum Deed {
    Submit(Box<NewWaiver>),
    Take(WaiverStep),
}

pub fn word(letters: &'static str) -> impl Strategy<Value = String> {
    proptest::sample::select(letters.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned)
}

pub fn maybe(letters: &'static str) -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.3, word(letters))
}

pub fn some_terms() -> impl Strategy<Value = WaiverTerms> {
    let list = || proptest::collection::vec(word("f g"), 0..3);
    let limits = (list(), list(), maybe("arm"), maybe("server"));
    let expires_us = proptest::option::weighted(0.3, 0..30_i64);
    (limits, word("r s"), expires_us, any::<bool>()).prop_map(
        |(
            (contexts, product_versions, architecture, variant),
            reason,
            expires_us,
            needs_approval,
        )| {
            let link = expires_us.map(|time| format!("https://l/{time}"));
            WaiverTerms {
                contexts,
                // Most waivers share one set of limits, so that they meet in groups.
                product_versions: product_versions.into_iter().skip(1).collect(),
                architecture,
                variant,
                reason,
                link,
                expires_us,
                needs_approval,
            }
        },
    )
}

pub fn new_waiver() -> impl Strategy<Value = NewWaiver> {
    let who = (word("joe ann"), maybe("bot"));
    let terms = proptest::option::weighted(0.7, some_terms());
    (word("a a b"), who, word("p p q"), 0..20_i64, terms).prop_map(
        |(subject_identifier, (username, proxied_by), product_version, timestamp_us, terms)| {
            NewWaiver {
                subject_type: "x".into(),
                subject_identifier,
                testcase: "t".into(),
                username,
                scenario: None,
                proxied_by,
                product_version,
                waived: true,
                comment: "c".into(),
                timestamp_us,
                terms,
            }
        },
    )
}

pub fn step() -> impl Strategy<Value = WaiverStep> {
    let actions = [
        WaiverAction::Approved,
        WaiverAction::Approved,
        WaiverAction::Denied,
        WaiverAction::Withdrawn,
    ];
    let action = proptest::sample::select(actions.to_vec());
    (
        1..10_u64,
        action,
        word("joe ann kim"),
        maybe("bot"),
        0..25_i64,
    )
        .prop_map(
            |(waiver_id, action, username, proxied_by, timestamp_us)| WaiverStep {
                waiver_id,
                action,
                username,
                proxied_by,
                comment: "why".into(),
                timestamp_us,
            },
        )
}

pub fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        new_waiver().prop_map(|new| Deed::Submit(Box::new(new))),
        step().prop_map(Deed::Take)
    ]
}

pub fn filter() -> impl Strategy<Value = WaiverFilter> {
    let states = [
        WaiverState::Denied,
        WaiverState::Withdrawn,
        WaiverState::Expired,
        WaiverState::Requested,
        WaiverState::Superseded,
        WaiverState::Granted,
    ];
    let state = proptest::option::weighted(0.4, proptest::sample::select(states.to_vec()));
    let until_us = proptest::option::of(0..25_i64);
    (
        maybe("a b"),
        maybe("p q"),
        maybe("r s"),
        state,
        until_us,
        any::<[bool; 2]>(),
    )
        .prop_map(
            |(
                subject_identifier,
                product_version,
                reason,
                state,
                until_us,
                [unlimited, or_by_pattern],
            )| {
                WaiverFilter {
                    subject_identifier,
                    product_version,
                    reason,
                    state,
                    until_us,
                    unlimited,
                    or_by_pattern,
                    ..every()
                }
            },
        )
}

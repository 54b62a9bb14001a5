//! The life of a waiver, compared with a naive model: which steps are taken, what state each waiver
//! is in as of any time, and what the filters on it find.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, every};
use endpoint::records::{
    NewWaiver, Page, Selection, StepOutcome, Waiver, WaiverAction, WaiverFilter, WaiverState,
    WaiverStep, WaiverTerms,
};
use proptest::prelude::*;
use store_sqlite::database::Database;
use store_sqlite::waivers;

const ALL: Page = Page {
    offset: 0,
    limit: 100,
};

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Deed {
    Submit(NewWaiver),
    Take(WaiverStep),
}

/// A waiver as the model sees it: `granted` is when, counted in deeds and in time.
struct Known {
    id: u64,
    new: NewWaiver,
    granted: Option<(usize, i64)>,
    denied: Option<i64>,
    withdrawn: Option<i64>,
}

#[derive(Clone, Copy)]
struct When {
    until_us: Option<i64>,
    now_us: i64,
}

impl When {
    fn saw(self, time: i64) -> bool {
        self.until_us.is_none_or(|until| time <= until)
    }
}

#[derive(Default)]
struct Model {
    deeds: usize,
    known: Vec<Known>,
}

fn terms(new: &NewWaiver) -> WaiverTerms {
    new.terms.clone().unwrap_or(WaiverTerms {
        contexts: vec![],
        product_versions: vec![],
        architecture: None,
        variant: None,
        reason: String::new(),
        link: None,
        expires_us: None,
        needs_approval: false,
    })
}

fn limits(new: &NewWaiver) -> impl PartialEq {
    let terms = terms(new);
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list.dedup();
        list
    };
    (
        sorted(terms.contexts),
        sorted(terms.product_versions),
        terms.architecture,
        terms.variant,
    )
}

impl Model {
    fn submit(&mut self, new: NewWaiver, id: u64) {
        self.deeds += 1;
        let granted = (!terms(&new).needs_approval).then_some((self.deeds, new.timestamp_us));
        self.known.push(Known {
            id,
            new,
            granted,
            denied: None,
            withdrawn: None,
        });
    }

    fn take(&mut self, step: &WaiverStep) -> StepOutcome {
        self.deeds += 1;
        let deeds = self.deeds;
        let Some(known) = self
            .known
            .iter_mut()
            .find(|known| known.id == step.waiver_id)
        else {
            return StepOutcome::NoSuchWaiver;
        };
        let terms = terms(&known.new);
        let decides = step.action != WaiverAction::Withdrawn;
        let people = [
            Some(known.new.username.clone()),
            known.new.proxied_by.clone(),
        ];
        let asked = |name: &Option<String>| name.is_some() && people.contains(name);
        if known.withdrawn.is_some() {
            return StepOutcome::IsWithdrawn;
        } else if known.denied.is_some() {
            return StepOutcome::IsDenied;
        } else if decides && !terms.needs_approval {
            return StepOutcome::NeedsNoApproval;
        } else if decides && known.granted.is_some() {
            return StepOutcome::IsApproved;
        } else if terms
            .expires_us
            .is_some_and(|time| time <= step.timestamp_us)
        {
            return StepOutcome::HasExpired;
        } else if decides && (asked(&Some(step.username.clone())) || asked(&step.proxied_by)) {
            return StepOutcome::IsOwnRequest;
        }
        match step.action {
            WaiverAction::Approved => known.granted = Some((deeds, step.timestamp_us)),
            WaiverAction::Denied => known.denied = Some(step.timestamp_us),
            WaiverAction::Withdrawn => known.withdrawn = Some(step.timestamp_us),
        }
        StepOutcome::Taken
    }

    /// Whether another waiver of its group was granted later.
    fn is_superseded(&self, waiver: &Known, when: When, per_user: bool) -> bool {
        self.known.iter().any(|other| {
            let (a, b) = (&other.new, &waiver.new);
            let is_alike = a.subject_type == b.subject_type
                && a.subject_identifier == b.subject_identifier
                && a.testcase == b.testcase
                && a.scenario == b.scenario
                && a.product_version == b.product_version
                && limits(a) == limits(b);
            is_alike
                && when.saw(a.timestamp_us)
                && (!per_user || a.username == b.username)
                && other.granted.is_some_and(|(_, time)| when.saw(time))
                && other.granted.map(|granted| granted.0) > waiver.granted.map(|granted| granted.0)
        })
    }

    fn state(&self, waiver: &Known, when: When, per_user: bool) -> WaiverState {
        let time = when.until_us.unwrap_or(when.now_us);
        if waiver.denied.is_some_and(|time| when.saw(time)) {
            WaiverState::Denied
        } else if waiver.withdrawn.is_some_and(|time| when.saw(time)) {
            WaiverState::Withdrawn
        } else if terms(&waiver.new)
            .expires_us
            .is_some_and(|expires| expires <= time)
        {
            WaiverState::Expired
        } else if !waiver.granted.is_some_and(|(_, time)| when.saw(time)) {
            WaiverState::Requested
        } else if self.is_superseded(waiver, when, per_user) {
            WaiverState::Superseded
        } else {
            WaiverState::Granted
        }
    }

    fn is_selected(&self, waiver: &Known, when: When, selection: Selection) -> bool {
        use WaiverState::{Granted, Superseded};
        match selection {
            Selection::Every => true,
            Selection::Standing => matches!(self.state(waiver, when, false), Granted | Superseded),
            Selection::InForcePerUser => self.state(waiver, when, true) == Granted,
            Selection::InForce => self.state(waiver, when, false) == Granted,
        }
    }
}

fn word(letters: &'static str) -> impl Strategy<Value = String> {
    proptest::sample::select(letters.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned)
}

fn maybe(letters: &'static str) -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.3, word(letters))
}

fn some_terms() -> impl Strategy<Value = WaiverTerms> {
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

fn new_waiver() -> impl Strategy<Value = NewWaiver> {
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

fn step() -> impl Strategy<Value = WaiverStep> {
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

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        new_waiver().prop_map(Deed::Submit),
        step().prop_map(Deed::Take)
    ]
}

fn filter() -> impl Strategy<Value = WaiverFilter> {
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

fn matches(model: &Model, waiver: &Known, filter: &WaiverFilter, now_us: i64) -> bool {
    let is =
        |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let (new, terms) = (&waiver.new, terms(&waiver.new));
    let when = When {
        until_us: filter.until_us,
        now_us,
    };
    let is_limited = terms.contexts.len() + terms.product_versions.len() > 0
        || terms.architecture.is_some()
        || terms.variant.is_some();
    is(&filter.subject_identifier, &new.subject_identifier)
        && (is(&filter.product_version, &new.product_version)
            || (filter.or_by_pattern && !terms.product_versions.is_empty()))
        && is(&filter.reason, &terms.reason)
        && when.saw(new.timestamp_us)
        && !(filter.unlimited && is_limited)
        && filter
            .state
            .is_none_or(|state| model.state(waiver, when, false) == state)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_life_is_that_of_the_model(
        deeds in proptest::collection::vec(deed(), 1..25),
        filters in proptest::collection::vec(filter(), 1..4),
        now_us in 0..30_i64,
    ) {
        let database = Embedded::in_memory();
        let mut model = Model::default();
        let mut taken = Vec::new();
        for deed in deeds {
            match deed {
                Deed::Submit(new) => {
                    let stored = waivers::submit(&database, vec![new.clone()]).unwrap();
                    model.submit(new, stored[0].id);
                }
                Deed::Take(step) => {
                    let outcome = waivers::take(&database, &step).unwrap();
                    prop_assert_eq!(outcome, model.take(&step), "{:?}", step);
                    if outcome == StepOutcome::Taken {
                        taken.push(step);
                    }
                }
            }
        }
        for known in &model.known {
            let of_waiver: Vec<_> = taken.iter().filter(|step| step.waiver_id == known.id).cloned().collect();
            prop_assert_eq!(waivers::steps(&database, known.id).unwrap(), of_waiver);
            for until_us in [None, Some(now_us)] {
                let when = When { until_us, now_us };
                let found = waivers::get(&database, known.id, until_us, now_us).unwrap();
                let expected = when.saw(known.new.timestamp_us).then(|| model.state(known, when, false));
                prop_assert_eq!(found.as_ref().map(|waiver| waiver.state), expected);
                let is_as_stored = found.is_none_or(|waiver| has_terms_of(&waiver, &known.new));
                prop_assert!(is_as_stored);
            }
        }
        for selection in [Selection::Every, Selection::Standing, Selection::InForcePerUser, Selection::InForce] {
            let mut expected: Vec<_> = model.known.iter().filter(|known| filters.iter().any(|filter| {
                let when = When { until_us: filter.until_us, now_us };
                matches(&model, known, filter, now_us) && model.is_selected(known, when, selection)
            })).map(|known| (known.new.timestamp_us, known.id)).collect();
            expected.sort_unstable();
            expected.reverse();
            let found = waivers::find(&database, &filters, selection, now_us, ALL).unwrap();
            let ids: Vec<_> = found.waivers.iter().map(|waiver| (waiver.timestamp_us, waiver.id)).collect();
            prop_assert_eq!(ids, expected, "{:?}", selection);
            if let [filter] = filters.as_slice() {
                let when = When { until_us: filter.until_us, now_us };
                for waiver in &found.waivers {
                    let known = model.known.iter().find(|known| known.id == waiver.id).unwrap();
                    prop_assert_eq!(waiver.state, model.state(known, when, false), "{:?}", selection);
                }
            }
        }
    }
}

/// Whether a waiver was read with the terms that were stored, up to the order of lists.
fn has_terms_of(waiver: &Waiver, new: &NewWaiver) -> bool {
    let Some((read, stored)) = waiver.terms.as_ref().zip(new.terms.as_ref()) else {
        return waiver.terms.is_none() && new.terms.is_none();
    };
    let read_back = NewWaiver {
        terms: waiver.terms.clone(),
        ..new.clone()
    };
    limits(&read_back) == limits(new)
        && (
            &read.reason,
            &read.link,
            read.expires_us,
            read.needs_approval,
        ) == (
            &stored.reason,
            &stored.link,
            stored.expires_us,
            stored.needs_approval,
        )
}

#[test]
fn of_decisions_at_the_same_moment_one_is_taken() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let database = Embedded::open(&path);
    store_sqlite::schema::migrate(&database).unwrap();
    let new = NewWaiver {
        subject_type: "x".into(),
        subject_identifier: "a".into(),
        testcase: "t".into(),
        username: "joe".into(),
        scenario: None,
        proxied_by: None,
        product_version: "p".into(),
        waived: true,
        comment: "c".into(),
        timestamp_us: 1,
        terms: None,
    };
    let terms = WaiverTerms {
        needs_approval: true,
        ..terms(&new)
    };
    let new = NewWaiver {
        terms: Some(terms),
        ..new
    };
    let id = waivers::submit(&database, vec![new]).unwrap()[0].id;
    let start = std::sync::Barrier::new(8);
    let outcomes: Vec<StepOutcome> = std::thread::scope(|scope| {
        let decide = |index: usize| {
            let (start, path) = (&start, &path);
            move || {
                let database = Embedded::open(path);
                let action = match index % 2 {
                    0 => WaiverAction::Approved,
                    _ => WaiverAction::Denied,
                };
                start.wait();
                let step = WaiverStep {
                    waiver_id: id,
                    action,
                    username: format!("approver {index}"),
                    proxied_by: None,
                    comment: "c".into(),
                    timestamp_us: 2,
                };
                waivers::take(&database, &step).unwrap()
            }
        };
        let threads: Vec<_> = (0..8).map(|index| scope.spawn(decide(index))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let taken = outcomes
        .iter()
        .filter(|outcome| **outcome == StepOutcome::Taken);
    assert_eq!(taken.count(), 1, "{outcomes:?}");
    assert_eq!(waivers::steps(&database, id).unwrap().len(), 1);
}

#[test]
fn steps_can_not_be_changed_or_deleted() {
    let database = Embedded::in_memory();
    let insert = "INSERT INTO waivers (id, subject_type, subject_identifier, testcase, username, \
         product_version, waived, comment, timestamp_us) VALUES (1, 'a', 'b', 'c', 'd', 'e', 1, 'f', 1)";
    database.run(insert, &[]).unwrap();
    let step = WaiverStep {
        waiver_id: 1,
        action: WaiverAction::Withdrawn,
        username: "d".into(),
        proxied_by: None,
        comment: "c".into(),
        timestamp_us: 2,
    };
    assert_eq!(waivers::take(&database, &step).unwrap(), StepOutcome::Taken);
    for statement in [
        "DELETE FROM waiver_steps",
        "UPDATE waiver_steps SET comment = ''",
    ] {
        let error = database.run(statement, &[]).unwrap_err();
        assert!(
            format!("{error:?}").contains("are never"),
            "{statement}: {error:?}"
        );
    }
}

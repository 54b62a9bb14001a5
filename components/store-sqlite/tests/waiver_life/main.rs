//! The life of a waiver, compared with a naive model: which steps are taken, what state each waiver
//! is in as of any time, and what the filters on it find.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod deeds;
#[path = "../embedded/mod.rs"]
mod embedded;
mod model;

use deeds::{Deed, deed, filter};
use embedded::Embedded;
use endpoint::records::{NewWaiver, Page, Selection, StepOutcome, Waiver};
use model::{Model, When, limits, matches};
use proptest::prelude::*;
use store_sqlite::waivers;

const ALL: Page = Page {
    offset: 0,
    limit: 100,
};

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
                    let stored = waivers::submit(&database, vec![NewWaiver::clone(&new)]).unwrap();
                    model.submit(*new, stored[0].id);
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

//! Reads of waivers walk an index, as those of results in `plans.rs` do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, assert_searches, every};
use endpoint::records::{Page, Selection, WaiverAction, WaiverFilter, WaiverState, WaiverStep};
use store_sqlite::waivers;

const PAGE: Page = Page {
    offset: 0,
    limit: 20,
};

#[test]
fn waivers_are_searched() {
    let database = Embedded::in_memory();
    let none = every();
    let text = |text: &str| Some(text.to_owned());
    let subject = WaiverFilter {
        subject_type: text("koji_build"),
        subject_identifier: text("a"),
        ..none.clone()
    };
    let gate = WaiverFilter {
        testcase: text("t"),
        product_version: text("p"),
        until_us: Some(1),
        or_by_pattern: true,
        ..subject.clone()
    };
    let requests = WaiverFilter {
        state: Some(WaiverState::Requested),
        ..none.clone()
    };
    for (what, filters) in [
        ("subject", vec![subject.clone()]),
        (
            "test case",
            vec![WaiverFilter {
                testcase: text("t"),
                ..none.clone()
            }],
        ),
        (
            "user",
            vec![WaiverFilter {
                username: text("u"),
                ..none.clone()
            }],
        ),
        (
            "time",
            vec![WaiverFilter {
                since_us: Some(1),
                ..none.clone()
            }],
        ),
        ("a gate", vec![gate.clone(), gate.clone()]),
        (
            "a gate with several subjects",
            vec![
                gate.clone(),
                WaiverFilter {
                    subject_identifier: text("b"),
                    testcase: text("u"),
                    ..gate.clone()
                },
            ],
        ),
        ("several shapes", vec![gate, subject]),
    ] {
        for selection in [
            Selection::Every,
            Selection::Standing,
            Selection::InForcePerUser,
            Selection::InForce,
        ] {
            waivers::find(&database, &filters, selection, 1, PAGE).unwrap();
            assert_searches(&database, what);
        }
    }
    waivers::find(&database, &[requests], Selection::Every, 1, PAGE).unwrap();
    let plans = database.plans();
    let all_requests = plans.iter().filter(|step| step.starts_with("SCAN w"));
    assert!(
        all_requests.clone().count() > 0
            && all_requests
                .clone()
                .all(|step| step.contains("waivers_requested")),
        "{plans:#?}"
    );
    waivers::get(&database, 1, Some(1), 1).unwrap();
    assert_searches(&database, "waiver by id");
    waivers::steps(&database, 1).unwrap();
    assert_searches(&database, "steps of a waiver");
    let step = WaiverStep {
        waiver_id: 1,
        action: WaiverAction::Withdrawn,
        username: "u".into(),
        proxied_by: None,
        comment: "c".into(),
        timestamp_us: 1,
    };
    waivers::take(&database, &step).unwrap();
}

//! Steps in the life of waivers: of several at once one is taken, and none is ever changed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::Embedded;
use endpoint::records::{NewWaiver, StepOutcome, WaiverAction, WaiverStep, WaiverTerms};
use store_sqlite::database::Database;
use store_sqlite::waivers;

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
        terms: Some(WaiverTerms {
            contexts: Vec::new(),
            product_versions: Vec::new(),
            architecture: None,
            variant: None,
            reason: "other".into(),
            link: None,
            expires_us: None,
            needs_approval: true,
        }),
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

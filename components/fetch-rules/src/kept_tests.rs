//! When answers are used, and when somebody asks.

use super::*;

const NOW: i64 = 1_000_000_000;
const MAX_AGE: i64 = 60_000;

fn failure() -> Failure {
    Failure::Upstream("it is down".to_owned())
}

fn found() -> File {
    File::Found {
        etag: None,
        text: Some("x".to_owned()),
    }
}

/// An answer of so long ago by question `a`, and question `b` of so long ago.
fn record(kept_ago: Option<i64>, question: Option<(i64, bool, Option<Failure>)>) -> Record<File> {
    Record {
        name: "u".to_owned(),
        kept: kept_ago.map(|ago| Kept {
            question: "a".to_owned(),
            asked_ms: NOW - ago,
            value: found(),
        }),
        question: question.map(|(ago, ended, failure)| Question {
            id: "b".to_owned(),
            at_ms: NOW - ago,
            ended,
            failure,
        }),
    }
}

#[test]
fn who_wants_to_know_uses_waits_or_asks() {
    let check = |record: &Record<File>, waits_for: Option<&str>, max_age: i64, expected: Step| {
        let reader = Reader {
            since_ms: NOW - 5,
            waits_for,
        };
        let step = next(Some(record), reader, max_age, NOW);
        assert_eq!(step, expected, "{record:?} {waits_for:?}");
    };
    let wait = || Step::Wait("b".to_owned());
    check(&record(None, None), None, MAX_AGE, Step::Ask);
    check(&record(Some(MAX_AGE - 1), None), None, MAX_AGE, Step::Use);
    check(&record(Some(MAX_AGE), None), None, MAX_AGE, Step::Ask);
    // A clock that was set back makes nothing last longer.
    check(&record(Some(-10), None), None, MAX_AGE, Step::Ask);
    // Nothing is kept, but what others have just asked for is shared.
    check(&record(Some(5), None), None, 0, Step::Use);
    check(&record(Some(6), None), None, 0, Step::Ask);
    check(&record(Some(6), None), Some("a"), 0, Step::Use);
    // Somebody asks.
    check(&record(None, Some((1, false, None))), None, MAX_AGE, wait());
    check(
        &record(Some(MAX_AGE), Some((1, false, None))),
        None,
        MAX_AGE,
        wait(),
    );
    check(
        &record(Some(1), Some((1, false, None))),
        None,
        MAX_AGE,
        Step::Use,
    );
    let stuck = record(None, Some((QUESTION_MS, false, None)));
    check(&stuck, None, MAX_AGE, Step::Ask);
    check(&stuck, Some("b"), MAX_AGE, Step::Ask);
    // Who waited shares the failure, who comes later asks anew.
    let failed = record(None, Some((1, true, Some(failure()))));
    check(&failed, Some("b"), MAX_AGE, Step::Fail(failure()));
    check(&failed, Some("c"), MAX_AGE, Step::Ask);
    check(&failed, None, MAX_AGE, Step::Ask);
    let reader = Reader {
        since_ms: NOW,
        waits_for: None,
    };
    assert_eq!(next::<File>(None, reader, MAX_AGE, NOW), Step::Ask);
}

#[test]
fn nothing_lasts_shorter_than_something() {
    let build = |is_complete| Build {
        source: None,
        creation_time: None,
        is_complete,
    };
    assert_eq!(found().lasts_ms(0), 0);
    assert_eq!(found().lasts_ms(90_000), 90_000);
    for nothing in [File::Missing, File::TooLarge] {
        assert_eq!(nothing.lasts_ms(NOTHING_MS - 1), NOTHING_MS - 1);
        assert_eq!(nothing.lasts_ms(NOTHING_MS + 1), NOTHING_MS);
    }
    for unfinished in [None, Some(build(false))] {
        assert_eq!(unfinished.lasts_ms(0), 0);
        assert_eq!(unfinished.lasts_ms(i64::MAX), NOTHING_MS);
    }
    assert_eq!(Some(build(true)).lasts_ms(0), BUILD_MS);
}

#[test]
fn slots_are_spread_over_the_whole_hash() {
    let mut hash = [0; 32];
    assert_eq!(slot(&hash), 0);
    hash = [0xff; 32];
    assert_eq!(slot(&hash), SLOTS - 1);
}

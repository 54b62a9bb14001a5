//! What is summarised, when, and from an earlier version's file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, number};
use endpoint::records::{
    DataFilter, GroupFilter, GroupMention, NewResult, Order, Page, ResultFilter, Update,
};
use spin_sdk::sqlite::Value;
use store_sqlite::bounds::Bounds;
use store_sqlite::database::Database;
use store_sqlite::schema::migrate;
use store_sqlite::{catalogue, results};

const ALL: Page = Page {
    offset: 0,
    limit: 10_000,
};

/// A result of its own item, of one type, in one group.
fn result(index: i64) -> NewResult {
    NewResult {
        submit_time_us: index,
        outcome: "PASSED".into(),
        test_case: format!("t{}", index % 3),
        test_case_ref_url: Update::Keep,
        groups: vec![GroupMention {
            uuid: "g".into(),
            description: Update::Keep,
            ref_url: Update::Keep,
        }],
        data: format!(r#"{{"item":["item-{index}-x"],"type":["koji_build"]}}"#),
        note: None,
        ref_url: None,
    }
}

fn submit(database: &Embedded, numbers: std::ops::Range<i64>) {
    for first in numbers.clone().step_by(100) {
        let list = (first..numbers.end.min(first + 100)).map(result).collect();
        results::submit(database, list).unwrap();
    }
}

fn found(database: &Embedded, key: &str, value: &str) -> usize {
    let filter = ResultFilter {
        since_us: None,
        until_us: None,
        outcomes: vec!["PASSED".into()],
        groups: Vec::new(),
        test_cases: vec!["t1".into()],
        test_cases_like: Vec::new(),
        data: vec![DataFilter {
            key: key.into(),
            values: vec![value.into()],
            wildcard: value.contains('*'),
        }],
    };
    results::find(database, &filter, Order::NewestFirst, ALL)
        .unwrap()
        .len()
}

#[test]
fn every_128th_result_completes_a_batch() {
    let database = Embedded::in_memory();
    let upto = |results| {
        submit(
            &database,
            number(&database, "SELECT count(*) FROM results")..results,
        );
        number(&database, "SELECT upto FROM summaries")
    };
    assert_eq!((upto(127), upto(128)), (0, 128));
    assert_eq!((upto(255), upto(300)), (128, 256));
    assert_eq!(number(&database, "SELECT count(*) FROM result_shapes"), 256);
    for scratch in ["ids_to_summarise", "summary_values", "results_to_summarise"] {
        assert_eq!(
            number(&database, &format!("SELECT count(*) FROM {scratch}")),
            0
        );
    }
}

#[test]
fn a_value_is_frequent_from_500_results_on() {
    for (stored, expected) in [(499, 0), (500, 2)] {
        let database = Embedded::in_memory();
        submit(&database, 0..stored);
        database
            .run(
                "UPDATE summaries SET upto = (SELECT max(id) FROM results)",
                &[],
            )
            .unwrap();
        // The type and the group, but no item.
        assert_eq!(
            number(&database, "SELECT count(*) FROM frequent_values"),
            expected
        );
        // What was summarised before it was frequent is listed again.
        let with_type = "SELECT count(DISTINCT result_id) FROM result_shapes WHERE shape IN (\
            SELECT s.id FROM shapes AS s JOIN profile_values AS v ON v.profile = s.profile \
            JOIN frequent_values AS f ON f.id = v.frequent_value WHERE f.key = 'type')";
        assert_eq!(
            number(&database, with_type),
            if expected == 0 { 0 } else { stored }
        );
    }
}

#[test]
fn groups_know_their_size() {
    let database = Embedded::in_memory();
    submit(&database, 0..7);
    let size = || {
        catalogue::get_group(&database, "g")
            .unwrap()
            .unwrap()
            .result_count
    };
    assert_eq!(size(), 7);
    submit(&database, 7..8);
    assert_eq!(size(), 8);
}

#[test]
fn groups_are_found_by_their_newest_description() {
    let database = Embedded::in_memory();
    let put = |number: usize, text: &str| {
        let mention = GroupMention {
            uuid: format!("g{number}"),
            description: Update::Set(Some(text.into())),
            ref_url: Update::Keep,
        };
        catalogue::put_group(&database, mention).unwrap();
    };
    let found = |pattern: &str| {
        let filter = GroupFilter {
            uuids: Vec::new(),
            descriptions: vec![pattern.into()],
            wildcard: true,
        };
        let groups = catalogue::find_groups(&database, &filter, ALL).unwrap();
        groups
            .into_iter()
            .map(|group| group.uuid)
            .collect::<Vec<_>>()
    };
    for number in 0..300 {
        put(number, &format!("run {number} of a pipeline"));
    }
    assert_eq!(
        number(&database, "SELECT count(*) FROM groups_to_index"),
        300 - 256
    );
    assert_eq!(found("*un 7 of*"), ["g7"]);
    assert_eq!(found("*un 299 of*"), ["g299"]);
    put(7, "something else");
    assert_eq!(found("*un 7 of*"), [""; 0]);
    assert_eq!(found("some*else"), ["g7"]);
    for number in 300..400 {
        put(number, "more");
    }
    assert_eq!(found("*un 7 of*"), [""; 0]);
    assert_eq!(found("some*else"), ["g7"]);
    assert_eq!(found("*e*").len(), 400);
}

/// As a file of version 1 is: none of the later tables and triggers.
fn take_back(database: &Embedded) {
    let later = "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view', 'table') \
        AND (name LIKE 'summar%' OR name LIKE '%_to_summarise' \
        OR name IN ('results_are_summarised', 'result_groups_count', 'groups_wait_for_index', \
        'groups_wait_for_new_index', 'groups_are_indexed', 'group_sizes', 'groups_to_index', \
        'frequent_values', 'profiles', 'profiles_list_values', 'profile_values', 'shapes', \
        'result_shapes', 'value_trigrams', 'group_trigrams')) ORDER BY type DESC";
    for row in database.run(later, &[]).unwrap() {
        let [Value::Text(kind), Value::Text(name)] = row.as_slice() else {
            panic!("{row:?}");
        };
        database
            .run(&format!("DROP {kind} IF EXISTS {name}"), &[])
            .unwrap();
    }
    for statement in [
        "DROP INDEX groups_by_description",
        "DELETE FROM schema_versions WHERE version > 1",
    ] {
        database.run(statement, &[]).unwrap();
    }
}

#[test]
fn a_description_may_change_at_any_time() {
    let database = Embedded::in_memory();
    let put = |uuid: &str, description: &str| {
        let group = GroupMention {
            uuid: uuid.into(),
            description: Update::Set(Some(description.into())),
            ref_url: Update::Keep,
        };
        catalogue::put_group(&database, group).unwrap();
    };
    // Each waits to be indexed already, then has been, and the batch is completed by an upsert.
    for round in ["first", "second", "third"] {
        for index in 0..150 {
            put(&format!("g-{index}"), &format!("{round} of {index}"));
        }
        put("g-0", &format!("{round} again"));
        let filter = |pattern: &str| GroupFilter {
            uuids: Vec::new(),
            descriptions: vec![pattern.into()],
            wildcard: true,
        };
        let found = |pattern: &str| {
            catalogue::find_groups(&database, &filter(pattern), ALL)
                .unwrap()
                .len()
        };
        assert_eq!(found(&format!("*{round} of*")), 149);
        assert_eq!(found(&format!("*{round} again*")), 1);
        assert_eq!(found("* of *"), 149);
    }
}

#[test]
fn what_an_earlier_version_stored_is_summarised() {
    let mut database = Embedded::in_memory();
    take_back(&database);
    assert_eq!(
        number(
            &database,
            "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%shape%'"
        ),
        0
    );
    submit(&database, 0..10_050);
    migrate(&database).unwrap();
    assert_eq!(number(&database, "SELECT upto FROM summaries"), 10_050);
    assert_eq!(
        number(
            &database,
            "SELECT count(DISTINCT result_id) FROM result_shapes"
        ),
        10_050
    );
    assert_eq!(number(&database, "SELECT results FROM group_sizes"), 10_050);
    submit(&database, 10_050..10_100);
    database.bounds = Bounds {
        rare: [1, 1],
        few: 1,
        neighbours: 1,
        ..Bounds::default()
    };
    assert_eq!(found(&database, "type", "koji_build"), 3_367);
    assert_eq!(found(&database, "type", "compose"), 0);
    // Item 4,003 is of test case t1; 10,093 is not summarised yet, 4,004 is of another test case.
    for (pattern, expected) in [
        ("*-4003-*", 1),
        ("*-10093-*", 1),
        ("*-4004-*", 0),
        ("*-99999-*", 0),
    ] {
        assert_eq!(found(&database, "item", pattern), expected, "{pattern}");
    }
}

#[test]
fn a_migration_may_run_again() {
    let database = Embedded::in_memory();
    submit(&database, 0..600);
    let counts = || {
        [
            "result_shapes",
            "shapes",
            "profiles",
            "frequent_values",
            "group_sizes",
        ]
        .map(|table| number(&database, &format!("SELECT count(*) FROM {table}")))
    };
    database
        .run("DELETE FROM schema_versions WHERE version > 1", &[])
        .unwrap();
    migrate(&database).unwrap();
    let first = counts();
    database
        .run("DELETE FROM schema_versions WHERE version > 1", &[])
        .unwrap();
    migrate(&database).unwrap();
    assert_eq!(counts(), first);
    assert_eq!(number(&database, "SELECT results FROM group_sizes"), 600);
}

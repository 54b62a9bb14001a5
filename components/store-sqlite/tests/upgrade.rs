//! A file of an earlier version, with results, goes on as if it had always been of this one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::Embedded;
use endpoint::records::{GroupMention, NewResult, Update};
use store_sqlite::database::Database;
use store_sqlite::results;
use store_sqlite::schema::migrate;

/// What the schema makes of results, and how the rows are told apart.
const TABLES: &[&str] = &[
    "SELECT * FROM result_data ORDER BY 1, 2, 3, 4",
    "SELECT * FROM result_groups ORDER BY 1, 2, 3",
    "SELECT * FROM test_cases ORDER BY 1",
    "SELECT * FROM groups ORDER BY 1",
    "SELECT * FROM group_sizes ORDER BY 1",
    "SELECT * FROM groups_to_index ORDER BY 1",
    "SELECT * FROM frequent_values ORDER BY 1",
    "SELECT * FROM profiles ORDER BY 1",
    "SELECT * FROM profile_values ORDER BY 1, 2",
    "SELECT * FROM shapes ORDER BY 1",
    "SELECT * FROM result_shapes ORDER BY 1, 2, 3",
    "SELECT rowid FROM value_trigrams WHERE value_trigrams MATCH 'ite' ORDER BY 1",
    "SELECT rowid FROM group_trigrams WHERE group_trigrams MATCH 'run' ORDER BY 1",
];

/// Results with and without data and groups, some of which say something new of a group.
fn result(index: i64) -> NewResult {
    let description = match index % 50 {
        0 => Update::Set(Some(format!("the newest is {index}"))),
        25 => Update::Set(None),
        _ => Update::Keep,
    };
    let group = |uuid: String, description| GroupMention {
        uuid,
        description,
        ref_url: Update::Keep,
    };
    let groups = match index % 7 {
        0 => Vec::new(),
        1 => vec![
            group(
                format!("g-{index}"),
                Update::Set(Some(format!("run {index}"))),
            ),
            group("g".into(), description),
        ],
        _ => vec![group("g".into(), description)],
    };
    let data = match index % 11 {
        0 => "{}".to_owned(),
        1 => r#"{"empty":[],"type":["koji_build"]}"#.to_owned(),
        _ => format!(
            r#"{{"arch":["a{}","x"],"item":["item-{}"],"type":["koji_build"]}}"#,
            index % 3,
            index / 2
        ),
    };
    NewResult {
        submit_time_us: index,
        outcome: ["PASSED", "FAILED"][usize::from(index % 5 == 0)].into(),
        test_case: format!("t{}", index % 13),
        test_case_ref_url: Update::Keep,
        groups,
        data,
        note: None,
        ref_url: None,
    }
}

fn submit(database: &Embedded, numbers: std::ops::Range<i64>) {
    for first in numbers.clone().step_by(30) {
        let list = (first..numbers.end.min(first + 30)).map(result).collect();
        results::submit(database, list).unwrap();
    }
}

fn rows(database: &Embedded, query: &str) -> String {
    format!("{:#?}", database.run(query, &[]).unwrap())
}

#[test]
fn a_file_of_version_5_goes_on() {
    let new = Embedded::in_memory();
    let old = Embedded::made_by(include_str!("version_5.sql"));
    for database in [&new, &old] {
        submit(database, 0..700);
    }
    migrate(&old).unwrap();
    let parts = "SELECT type, name FROM sqlite_schema ORDER BY 1, 2";
    assert_eq!(rows(&old, parts), rows(&new, parts));
    for upto in [700, 1_000] {
        for database in [&new, &old] {
            submit(database, upto..upto + 300);
        }
        for table in TABLES {
            let rows = (rows(&old, table), rows(&new, table));
            assert!(rows.0 == rows.1, "{table}: {} and {}", rows.0, rows.1);
            assert_ne!(rows.0, "[]", "{table}");
        }
    }
}

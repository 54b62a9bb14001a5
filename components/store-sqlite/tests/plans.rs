//! Reads walk an index. A plan that scans a table is a defect, however fast it is today.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::{Embedded, assert_searches, assert_searches_but};
use endpoint::records::{
    DataFilter, Detail, GroupFilter, GroupMention, NewResult, Order, Page, ResultFilter, Update,
};
use store_sqlite::bounds::Bounds;
use store_sqlite::database::Database;
use store_sqlite::{catalogue, distinct, latest, results};

/// A store in which some values are frequent, and whose searches count no further than to one.
fn with_frequent_values() -> Embedded {
    let mut database = Embedded::in_memory();
    for (key, value) in [("item", "a"), ("type", "t"), (":group", "g"), ("arch", "x")] {
        database
            .run(
                "INSERT INTO frequent_values (key, value) VALUES (?1, ?2)",
                &[key.into(), value.into()],
            )
            .unwrap();
    }
    let result = |index: i64| NewResult {
        submit_time_us: index,
        outcome: "FAILED".into(),
        test_case: "t".into(),
        test_case_ref_url: Update::Keep,
        groups: vec![GroupMention {
            uuid: "g".into(),
            description: Update::Set(Some("a group".into())),
            ref_url: Update::Keep,
        }],
        data: r#"{"arch":["x"],"brew_task_id":["1"],"item":["a","b"],"type":["t"]}"#.into(),
        note: None,
        ref_url: None,
    };
    results::submit(&database, (0..300).map(result).collect()).unwrap();
    database.bounds = Bounds {
        rare: [1, 1],
        few: 1,
        ..Bounds::default()
    };
    database.plans();
    database
}

/// Shapes that a page starts from are in the plan.
#[test]
fn frequent_conditions_are_searched_by_shapes() {
    let database = with_frequent_values();
    let filters = [
        ResultFilter {
            data: vec![data("item", &["a"]), data("type", &["t"])],
            ..anything()
        },
        ResultFilter {
            data: vec![data("item", &["a"])],
            outcomes: texts(&["FAILED"]),
            since_us: Some(1),
            ..anything()
        },
        ResultFilter {
            data: vec![data("arch", &["x"])],
            groups: texts(&["g"]),
            test_cases: texts(&["t"]),
            ..anything()
        },
        ResultFilter {
            outcomes: texts(&["FAILED"]),
            test_cases: texts(&["t"]),
            ..anything()
        },
    ];
    for filter in &filters {
        let found = results::find(&database, filter, Order::NewestFirst, PAGE).unwrap();
        assert_eq!(found.len(), 20);
        let plans = database.plans();
        let walks = |step: &String| step.contains("SEARCH h USING PRIMARY KEY (shape=?");
        assert!(plans.iter().any(walks), "{filter:?}: {plans:#?}");

        results::find(&database, filter, Order::OldestFirst, PAGE).unwrap();
        assert_searches(&database, "shapes");
        latest::latest(&database, filter).unwrap();
        assert_searches_but(&database, "latest by shapes", &["t"]);
        let keys = texts(&["arch"]);
        distinct::latest_distinct(
            &database,
            std::slice::from_ref(filter),
            &keys,
            Detail::Whole,
        )
        .unwrap();
        assert_searches_but(&database, "distinct by shapes", &["p"]);
    }
}

/// What stays a list of values is found without taking results apart, but for unsummarised ones.
#[test]
fn patterns_are_searched() {
    let database = with_frequent_values();
    for pattern in ["a*", "*b", "*none*", "zzz*"] {
        let filter = ResultFilter {
            data: vec![DataFilter {
                wildcard: true,
                ..data("item", &[pattern])
            }],
            ..anything()
        };
        results::find(&database, &filter, Order::NewestFirst, PAGE).unwrap();
        assert_searches(&database, pattern);
    }
    for pattern in ["a*group", "*none*"] {
        let groups = GroupFilter {
            uuids: Vec::new(),
            descriptions: texts(&[pattern]),
            wildcard: true,
        };
        catalogue::find_groups(&database, &groups, PAGE).unwrap();
        assert_searches_but(&database, pattern, &["groups_to_index"]);
    }
}

const PAGE: Page = Page {
    offset: 0,
    limit: 20,
};

fn anything() -> ResultFilter {
    ResultFilter {
        since_us: None,
        until_us: None,
        outcomes: Vec::new(),
        groups: Vec::new(),
        test_cases: Vec::new(),
        test_cases_like: Vec::new(),
        data: Vec::new(),
    }
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn data(key: &str, values: &[&str]) -> DataFilter {
    DataFilter {
        key: key.into(),
        values: texts(values),
        wildcard: false,
    }
}

#[test]
fn results_are_searched() {
    let database = Embedded::in_memory();
    let shapes: Vec<(&str, ResultFilter)> = vec![
        (
            "item and type",
            ResultFilter {
                data: vec![data("item", &["a"]), data("type", &["t"])],
                ..anything()
            },
        ),
        (
            "any key",
            ResultFilter {
                data: vec![data("brew_task_id", &["1"])],
                ..anything()
            },
        ),
        (
            "several values",
            ResultFilter {
                data: vec![data("item", &["a", "b"])],
                ..anything()
            },
        ),
        (
            "test case",
            ResultFilter {
                test_cases: texts(&["t"]),
                ..anything()
            },
        ),
        (
            "test cases",
            ResultFilter {
                test_cases: texts(&["t", "u"]),
                ..anything()
            },
        ),
        (
            "group",
            ResultFilter {
                groups: texts(&["g"]),
                ..anything()
            },
        ),
        (
            "outcome",
            ResultFilter {
                outcomes: texts(&["FAILED"]),
                ..anything()
            },
        ),
        (
            "outcomes",
            ResultFilter {
                outcomes: texts(&["FAILED", "INFO"]),
                ..anything()
            },
        ),
        (
            "time",
            ResultFilter {
                since_us: Some(1),
                until_us: Some(2),
                ..anything()
            },
        ),
        (
            "everything",
            ResultFilter {
                since_us: Some(1),
                until_us: Some(2),
                outcomes: texts(&["FAILED"]),
                groups: texts(&["g"]),
                test_cases: texts(&["t"]),
                test_cases_like: texts(&["t*"]),
                data: vec![
                    data("item", &["a"]),
                    DataFilter {
                        wildcard: true,
                        ..data("arch", &["x*"])
                    },
                ],
            },
        ),
    ];
    for (what, filter) in &shapes {
        for order in [Order::NewestFirst, Order::OldestFirst] {
            results::find(&database, filter, order, PAGE).unwrap();
            assert_searches(&database, what);
        }
        // The latest of each test case, and as a last resort test cases by a pattern: all are walked.
        latest::latest(&database, filter).unwrap();
        assert_searches_but(&database, what, &["t"]);
        // Outcomes are no condition for the latest results, which leaves these without any.
        if !what.starts_with("outcome") {
            let keys = texts(&["scenario"]);
            distinct::latest_distinct(
                &database,
                std::slice::from_ref(filter),
                &keys,
                Detail::Whole,
            )
            .unwrap();
            assert_searches(&database, what);
        }
    }
    results::get(&database, 1).unwrap();
    assert_searches(&database, "by id");
}

#[test]
fn the_newest_page_is_not_sorted() {
    let database = Embedded::in_memory();
    for (what, filter) in [
        ("nothing", anything()),
        (
            "item",
            ResultFilter {
                data: vec![data("item", &["a"])],
                ..anything()
            },
        ),
        (
            "test case",
            ResultFilter {
                test_cases: texts(&["t"]),
                ..anything()
            },
        ),
        (
            "group",
            ResultFilter {
                groups: texts(&["g"]),
                ..anything()
            },
        ),
        (
            "outcome",
            ResultFilter {
                outcomes: texts(&["FAILED"]),
                ..anything()
            },
        ),
        (
            "time",
            ResultFilter {
                since_us: Some(1),
                ..anything()
            },
        ),
    ] {
        results::find(&database, &filter, Order::NewestFirst, PAGE).unwrap();
        let plans = database.plans();
        assert!(
            !plans.iter().any(|step| step.contains("TEMP B-TREE")),
            "{what}: {plans:#?}"
        );
    }
}

#[test]
fn test_cases_and_groups_are_searched() {
    let database = Embedded::in_memory();
    catalogue::get_test_case(&database, "t").unwrap();
    assert_searches(&database, "test case by name");
    catalogue::get_group(&database, "g").unwrap();
    assert_searches(&database, "group by identifier");
    let groups = GroupFilter {
        uuids: texts(&["g"]),
        descriptions: Vec::new(),
        wildcard: false,
    };
    catalogue::find_groups(&database, &groups, PAGE).unwrap();
    assert_searches(&database, "groups");
    catalogue::find_test_cases(&database, &texts(&["t"]), &[], PAGE).unwrap();
    assert_searches(&database, "test cases");
}

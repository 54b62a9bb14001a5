//! Reads walk an index. A plan that scans a table is a defect, however fast it is today.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::Embedded;
use endpoint::records::{
    DataFilter, GroupFilter, Obsolescence, Order, Page, ResultFilter, WaiverFilter,
};
use store_sqlite::{catalogue, distinct, results, waivers};

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

/// No step scans one of our tables; what SQLite scans are lists of parameters and our own subqueries.
fn assert_searches(database: &Embedded, what: &str) {
    let plans = database.plans();
    assert!(
        plans.iter().any(|step| step.contains("USING")),
        "{what}: {plans:#?}"
    );
    for step in &plans {
        let scans = step.strip_prefix("SCAN ").unwrap_or("f");
        let alias = scans.split(' ').next().unwrap_or_default();
        let is_list = ["f", "c", "v", "k", "json_each", "h"].contains(&alias)
            || alias.starts_with("(subquery")
            || scans.contains("VIRTUAL TABLE")
            || scans.starts_with("CONSTANT");
        assert!(is_list, "{what}: {step} in {plans:#?}");
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
        results::latest(&database, filter).unwrap();
        if !filter.data.is_empty() || !filter.groups.is_empty() || !filter.test_cases.is_empty() {
            assert_searches(&database, what);
        }
        let _ = database.plans();
        // Outcomes are no condition for the latest results, which leaves these without any.
        if !what.starts_with("outcome") {
            let keys = texts(&["scenario"]);
            distinct::latest_distinct(&database, std::slice::from_ref(filter), &keys).unwrap();
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
fn waivers_test_cases_and_groups_are_searched() {
    let database = Embedded::in_memory();
    let none = WaiverFilter {
        subject_type: None,
        subject_identifier: None,
        testcase: None,
        scenario: None,
        product_version: None,
        username: None,
        proxied_by: None,
        since_us: None,
        until_us: None,
    };
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
        ..subject.clone()
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
        for obsolete in [
            Obsolescence::Keep,
            Obsolescence::PerUser,
            Obsolescence::AnyUser,
        ] {
            waivers::find(&database, &filters, obsolete, PAGE).unwrap();
            assert_searches(&database, what);
        }
    }
    waivers::get(&database, 1).unwrap();
    assert_searches(&database, "waiver by id");
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

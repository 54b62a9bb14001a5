//! Query strings and ids.

use super::{assert_is, raw};
use crate::harness::App;
use serde_json::json;

const LISTS: [&str; 6] = [
    "/api/v2.0/results",
    "/api/v2.0/results/latest",
    "/api/v2.0/groups",
    "/api/v2.0/groups/g/results",
    "/api/v2.0/testcases",
    "/api/v2.0/testcases/t/results",
];

/// A list must be answered: empty, as nothing is stored that matches, or by a 400 with this part.
#[track_caller]
fn check_lists(app: &App, query: &str, expected: Option<&str>) {
    for path in LISTS {
        let answer = raw(
            app,
            &format!("GET {path}?{query}&uuid=-&name=-&testcases=- HTTP/1.1"),
            b"",
        );
        let what = &query[..query.len().min(60)];
        match expected {
            Some(part) => assert_is(&answer, 400, part, &format!("{path}?{what}")),
            None => assert_is(&answer, 200, r#""data":[]"#, &format!("{path}?{what}")),
        }
    }
}

fn with_something_stored() -> App {
    let app = App::start();
    app.submit(
        json!({"outcome": "PASSED", "testcase": "t", "groups": ["g"], "data": {"item": "i"}}),
    );
    app
}

#[test]
fn pages_beyond_all_bounds_are_empty_or_refused() {
    let app = with_something_stored();
    // `latest` has no pages, but reads the parameters as the others do.
    for query in [
        "page=99999999999",
        "page=18446744073709551616",
        "page=99999999999&limit=1000",
        "limit=0",
    ] {
        check_lists(&app, query, None);
    }
    for query in ["page=-1", "page=-99999999999999999999"] {
        check_lists(&app, query, Some("must be 0 or more"));
    }
    for query in ["limit=-1", "limit=1001", "limit=99999999999999999999"] {
        check_lists(&app, query, Some("must be from 0 to 1000"));
    }
    for query in [
        "page=1e400",
        "page=",
        "page=%00",
        "limit=0x10",
        "limit=%ED%A0%80",
        "page=1.0",
        "limit=nan",
    ] {
        check_lists(&app, query, Some("int_parsing"));
    }
}

#[test]
fn odd_characters_in_queries_match_nothing() {
    let app = with_something_stored();
    for query in [
        "item=%00",
        "%00=x",
        "item=%ED%A0%80",
        "%FF=%FE",
        "item=\\ud800",
        "item=%",
        "item=%zz",
        "=",
        "&&&",
        "item:like=%00*",
        "item:like=[",
        "item:like=*[^",
        "item=a%00b,%00",
        "item:::=x",
        ":like=*",
        "groups=%00&groups=%FF",
        "_sort=%00",
        "_distinct_on=%00,%FF",
        "_distinct_on=",
        "since=9999-12-31T23:59:59.999999",
        "since=0001-01-01,0001-01-02",
    ] {
        check_lists(&app, query, None);
    }
    for since in [
        "%00",
        "99999-01-01",
        "0000-00-00",
        "2020-02-30",
        "9999999999999999999999",
        ",",
    ] {
        let answer = app.get(&format!("/api/v2.0/results?since={since}"));
        assert_is(&answer, 400, "ISO8601", since);
    }
    for id in [
        "99999999999999999999",
        "-1",
        "1e400",
        "%00",
        "%FF",
        "1%00",
        "%ED%A0%80",
        "0",
    ] {
        assert_is(&app.get(&format!("/api/v2.0/results/{id}")), 404, "", id);
        assert_is(&app.get(&format!("/api/v2.0/groups/{id}")), 404, "", id);
        assert_is(&app.get(&format!("/api/v2.0/testcases/{id}")), 404, "", id);
    }
}

#[test]
fn queries_have_bounds() {
    let app = with_something_stored();
    let filters = |count: usize| (0..count).map(|n| format!("k{n}=v&")).collect::<String>();
    for path in [
        "/api/v2.0/results",
        "/api/v2.0/results/latest",
        "/api/v2.0/groups/g/results",
    ] {
        let ask =
            |count: usize| app.get(&format!("{path}?{}", filters(count).trim_end_matches('&')));
        assert_is(&ask(100), 200, "", path);
        assert_is(&ask(101), 400, "101 parameters, at most 100", path);
        // Larger than most servers let a URL be; a `POST` has no such bound.
        assert_is(&ask(5_000), 400, "5000 parameters, at most 100", path);
    }
    // What is compared as it is may be long.
    let values = vec!["v"; 10_000].join(",");
    for name in [
        "item",
        "groups",
        "uuid",
        "description",
        "name",
        "testcases",
        "_distinct_on",
    ] {
        check_lists(&app, &format!("{name}={values}"), None);
    }
    let ask = |path: &str, name: &str, count: usize| {
        app.get(&format!(
            "/api/v2.0/{path}?{name}={}",
            vec!["v*"; count].join(",")
        ))
    };
    for (path, name) in [
        ("results", "item:like"),
        ("results/latest", "item:like"),
        ("results", "testcases:like"),
        ("results/latest", "testcases:like"),
        ("groups", "description:like"),
        ("testcases", "name:like"),
    ] {
        assert_is(&ask(path, name, 100), 200, r#""data":[]"#, name);
        assert_is(
            &ask(path, name, 101),
            400,
            "101 patterns, at most 100",
            name,
        );
        assert_is(
            &ask(path, name, 10_000),
            400,
            "10000 patterns, at most 100",
            name,
        );
    }
    let both = format!("item:like={0}&testcases:like={0}", vec!["v*"; 51].join(","));
    assert_is(
        &app.get(&format!("/api/v2.0/results?{both}")),
        400,
        "102 patterns",
        "both",
    );
}

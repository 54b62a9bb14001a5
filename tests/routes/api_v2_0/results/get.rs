//! `GET /api/v2.0/results`.

use crate::harness::{App, ids};
use serde_json::json;

/// Results 1 to 5.
fn with_results() -> App {
    let app = App::start();
    let submit = |outcome, test_case, data, group, day| {
        app.submit(json!({
            "outcome": outcome, "testcase": test_case, "data": data, "groups": [group],
            "submit_time": format!("2022-08-{day}T10:00:00.000000"),
        }))
    };
    submit(
        "PASSED",
        "dist.rpmlint",
        json!({"item": "a-1-1", "type": "koji_build", "arch": ["x86_64", "noarch"]}),
        "g-1",
        "01",
    );
    submit(
        "FAILED",
        "dist.abicheck",
        json!({"item": "a-1-1", "type": "koji_build"}),
        "g-1",
        "02",
    );
    submit(
        "PASSED",
        "dist.rpmlint",
        json!({"item": "b-1-1", "type": "koji_build"}),
        "g-2",
        "03",
    );
    submit(
        "INFO",
        "compose.boot",
        json!({"item": "Fedora_40", "type": "compose", "scenario": "bios"}),
        "g-2",
        "04",
    );
    // Submitted last, but for an earlier time than the one before.
    submit(
        "QUEUED",
        "compose.boot",
        json!({"item": "Fedora-40", "type": "compose", "a:b": []})
            .as_object()
            .map(|d| {
                let mut d = d.clone();
                d.remove("a:b");
                json!(d)
            })
            .unwrap(),
        "g-3",
        "03",
    );
    app
}

#[test]
fn filters_select() {
    let app = with_results();
    let check = |query: &str, expected: &[u64]| {
        let list = app.read(&format!("/api/v2.0/results?{query}"));
        assert_eq!(ids(&list), expected, "{query}");
    };
    check("", &[4, 5, 3, 2, 1]);
    check("_sort=asc:submit_time", &[1, 2, 3, 5, 4]);
    check("_sort=disable_sorting", &[1, 2, 3, 4, 5]);
    check("_sort=desc:id", &[4, 5, 3, 2, 1]);
    check("item=a-1-1", &[2, 1]);
    check("item=a-1-1,b-1-1", &[3, 2, 1]);
    check("item=a-1-1&item=b-1-1", &[3, 2, 1]);
    check("item=a-1-1,%20b-1-1", &[2, 1]);
    check("item=a-1-1&type=compose", &[]);
    check("type=koji_build&arch=noarch", &[1]);
    check("arch=noarch,x86_64", &[1]);
    check("item:foo=a-1-1", &[2, 1]);
    check("item:like=*-1-1", &[3, 2, 1]);
    check("item:like=a*,Fed*&type=koji_build", &[2, 1]);
    check("item:like=Fedora_40", &[4]);
    check("item:like=fedora*", &[]);
    check("item:like=%25", &[]);
    check("outcome=passed,Failed", &[3, 2, 1]);
    check("outcome=passed&outcome=failed", &[3, 2, 1]);
    check("outcome=PASSED&item=a-1-1", &[1]);
    check("testcases=dist.rpmlint", &[3, 1]);
    check("testcases=dist.rpmlint,%20compose.boot", &[4, 5, 3, 1]);
    check("testcases=dist.rpmlint,x&testcases=compose.boot", &[4, 5]);
    check("testcases:like=dist.*", &[3, 2, 1]);
    check("testcases:like=*abi*&testcases=compose.boot", &[4, 5, 2]);
    check("groups=g-1", &[2, 1]);
    check("groups=g-1,g-3&type=compose", &[5]);
    check("since=2022-08-03", &[4, 5, 3]);
    check("since=2022-08-02T10:00:00,2022-08-03T10:00:00", &[5, 3, 2]);
    check("since=2022-08-02T10:00:00.000001&outcome=PASSED", &[3]);
    check("callback=foo", &[]);
    check("item=nothing", &[]);
    check("testcases=nothing&item=a-1-1", &[]);
    check("limit=1000&type=koji_build", &[3, 2, 1]);
}

#[test]
fn pages_are_linked() {
    let app = with_results();
    let url = format!("{}/api/v2.0/results", app.url);
    let page = |query: &str| {
        let list = app.read(&format!("/api/v2.0/results?{query}"));
        (ids(&list), list["prev"].clone(), list["next"].clone())
    };
    assert_eq!(
        page("limit=2"),
        (
            vec![4, 5],
            json!(null),
            json!(format!("{url}?limit=2&page=1"))
        )
    );
    assert_eq!(
        page("limit=2&page=1&outcome=PASSED,failed"),
        (
            vec![1],
            json!(format!("{url}?limit=2&page=0&outcome=PASSED,failed")),
            json!(null)
        )
    );
    assert_eq!(page("limit=5").2, json!(null));
    assert_eq!(
        page("limit=0"),
        (vec![], json!(null), json!(format!("{url}?limit=0&page=1")))
    );
    assert_eq!(
        page("page=99999999999"),
        (
            vec![],
            json!(format!("{url}?page=99999999998")),
            json!(null)
        )
    );
}

#[test]
fn mistakes_are_told() {
    let app = App::start();
    let check = |query: &str| {
        let answer = app.get(&format!("/api/v2.0/results?{query}"));
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        answer.text
    };
    insta::assert_snapshot!("page_is_no_number", check("page=x"));
    insta::assert_snapshot!("outcome_is_unknown", check("outcome=WRONG"));
    insta::assert_snapshot!("since_is_no_time", check("since=abc"));
    for query in [
        "limit=-1",
        "limit=1001",
        "page=-1",
        "limit=",
        "limit=1.5",
        "since=",
        "since=2022,",
    ] {
        check(query);
    }
    let many = "k=v&".repeat(10_000);
    let answer = app.get(&format!("/api/v2.0/results?{many}"));
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    let many: String = (0..100).map(|n| format!("k{n}=v&")).collect();
    assert_eq!(
        app.read(&format!("/api/v2.0/results?{}", many.trim_end_matches('&')))["data"],
        json!([])
    );
}

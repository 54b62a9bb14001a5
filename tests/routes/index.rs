//! `GET /` and `/index`: where everything is, for programs and for people; `/favicon.png`.

use crate::harness::{App, Options};
use serde_json::{Value, json};

#[test]
fn programs_get_json_and_browsers_a_page() {
    let app = App::start();
    let index = app.read("/");
    assert_eq!(index["results"], format!("{}/api/v2.0/results", app.url));
    let accept = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let page = app.send("GET", "/", &accept, "");
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(app.get("/index").text, page.text);
}

#[test]
fn greenwaves_clients_find_what_greenwave_says() {
    let app = App::start();
    for path in ["/", "/api/v1.0/", "/api/v1.0"] {
        let index = app.read(path);
        let keys: Vec<&String> = index.as_object().unwrap().keys().collect();
        assert!(keys.is_sorted(), "{keys:?}");
        for (key, expected) in [
            ("api_v1", json!(format!("{}/api/v1.0", app.url))),
            ("resultsdb_api", json!(format!("{}/api/v2.0", app.url))),
            ("waiverdb_api", json!(format!("{}/api/v1.0", app.url))),
            ("koji_api", Value::Null),
            ("remote_rule_policies", json!({})),
            ("outcomes_passed", json!(["PASSED", "INFO"])),
            ("outcomes_error", json!(["ERROR"])),
            ("outcomes_incomplete", json!(["QUEUED", "RUNNING"])),
        ] {
            assert_eq!(index[key], expected, "{path} {key}");
        }
        assert!(index["documentation"].is_string());
    }
}

#[test]
fn programs_are_told_where_remote_rules_are() {
    let hub = "https://koji.test/kojihub";
    for (written, shown) in [
        (
            "'*': https://src.test/{pkg_name}.yaml\ngroup:\n  - https://a.test/{subject_id}\n  - https://b.test\n",
            json!({"*": "https://src.test/{pkg_name}.yaml", "group": ["https://a.test/{subject_id}", "https://b.test"]}),
        ),
        (
            r#"{"compose": ["https://src.test/x"]}"#,
            json!({"compose": ["https://src.test/x"]}),
        ),
    ] {
        let app = Options::default()
            .variable(&format!("remote_rule_policies={written}"))
            .variable(&format!("koji_api= {hub} "))
            .start();
        for path in ["/", "/api/v1.0/"] {
            let index = app.read(path);
            assert_eq!(index["remote_rule_policies"], shown, "{path}");
            assert_eq!(index["koji_api"], hub, "{path}");
        }
    }
    for (written, part) in [
        ("[]", "no mapping"),
        ("a: {b: c}", "type `a`"),
        ("? [a]\n: b\n", "no text"),
        ("a: b\n---\nc: d\n", "more than one"),
        ("a: 'b", "variable `remote_rule_policies`: "),
    ] {
        let app = Options::default()
            .variable(&format!("remote_rule_policies={written}"))
            .start();
        assert_eq!(app.get("/").status, 500, "{written}");
        let log = crate::identity::logs(&app);
        assert!(log.contains(part), "{written}: {log}");
    }
}

#[test]
fn every_link_of_the_page_leads_somewhere() {
    let app = App::start();
    let page = app.get("/index").text;
    let links: Vec<&str> = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(links.len() > 6, "{links:?}");
    for link in links {
        assert!(!link.starts_with('/') && !link.contains(':'), "{link}");
        // Some pages want to know who looks at them.
        let joe = [("authorization", "Basic am9lOng=")];
        let answer = app.send("HEAD", &format!("/{link}"), &joe, "");
        assert_eq!(answer.status, 200, "{link}");
    }
    assert_eq!(
        app.send("HEAD", "/favicon.png", &[], "")
            .header("content-type"),
        Some("image/png")
    );
    assert_eq!(app.post("/index", &json!({})).status, 405);
}

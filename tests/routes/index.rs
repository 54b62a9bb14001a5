//! `GET /` and `/index`: where everything is, for programs and for people; `/favicon.png`.

use crate::harness::App;
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

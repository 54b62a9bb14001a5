//! `GET` and `POST /api/v1.0/waivers/new`, `GET /api/v1.0/waivers/create`, without a browser.

use crate::forms::{FORM, JOE, check_mistakes, check_refused_origins, post, post_from_page};
use crate::harness::{App, Options};
use serde_json::json;

const PATH: &str = "/api/v1.0/waivers/new";
const GOOD: &str = "subject_type=brew-build&subject_identifier=a-1-1&testcase=t%3C1%3E&scenario=&product_version=fedora-40&comment=c%0D%0Ad";

fn stored(app: &App) -> usize {
    let list = app.read("/api/v1.0/waivers/?include_obsolete=1");
    list["data"].as_array().unwrap().len()
}

#[test]
fn a_query_fills_the_form() {
    let app = App::start();
    let page = app.send(
        "GET",
        &format!("{PATH}?testcase=a%22%3E%3Cb%3E&comment=%3C/textarea%3E"),
        &[JOE],
        "",
    );
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    for part in [
        "<strong>joe</strong>",
        "name=\"testcase\" value=\"a&quot;&gt;&lt;b&gt;\"",
        "\n&lt;/textarea&gt;</textarea>",
    ] {
        assert!(page.text.contains(part), "{part}: {page:?}");
    }
    assert!(!page.text.contains("<script"));
    for method in ["GET", "POST"] {
        let anonymous = app.send(method, PATH, &[FORM, ("origin", &app.url)], GOOD);
        assert_eq!(anonymous.status, 401, "{method}");
        assert!(anonymous.header("www-authenticate").is_some());
    }
    assert_eq!(app.send("PUT", PATH, &[], "").status, 405);
    for path in [format!("{PATH}/"), format!("{PATH}/new_waiver.js")] {
        assert_eq!(app.get(&path).status, 404, "{path}");
    }
}

#[test]
fn the_older_address_redirects() {
    let app = App::start();
    let check = |path: &str, expected: &str| {
        let answer = app.get(path);
        let location = format!("{}{expected}", app.url);
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, Some(location.as_str()))
        );
    };
    check("/api/v1.0/waivers/create", PATH);
    check(
        "/api/v1.0/waivers/create?testcase=a%26b&comment=c+d",
        &format!("{PATH}?testcase=a%26b&comment=c+d"),
    );
}

#[test]
fn what_is_filled_in_is_stored() {
    let app = App::start();
    let page = post_from_page(&app, PATH, GOOD);
    assert_eq!(page.status, 201, "{page:?}");
    assert!(
        page.text.contains("<a id=\"waiver\" href=\"1\">1</a>"),
        "{page:?}"
    );
    assert!(page.text.contains("t&lt;1&gt;"), "{page:?}");
    assert!(page.text.contains("<dd>koji_build</dd>"), "{page:?}");
    let waiver = app.read("/api/v1.0/waivers/1");
    let expected = json!({
        "id": 1, "subject_type": "koji_build", "subject_identifier": "a-1-1",
        "subject": {"type": "koji_build", "item": "a-1-1"}, "testcase": "t<1>", "username": "joe",
        "scenario": null, "proxied_by": null, "product_version": "fedora-40", "waived": true,
        "comment": "c\nd", "timestamp": waiver["timestamp"],
    });
    assert_eq!(waiver, expected);
    // Nobody waives for another person here.
    let page = post_from_page(&app, PATH, &format!("{GOOD}&username=jane&waived=false"));
    assert_eq!(page.status, 201);
    let waiver = app.read("/api/v1.0/waivers/2");
    assert_eq!(
        (&waiver["username"], &waiver["waived"]),
        (&json!("joe"), &json!(true))
    );
}

#[test]
fn mistakes_are_told_at_their_fields() {
    let app = App::start();
    let send = |body: &str| post_from_page(&app, PATH, body);
    let page = send("subject_type=x&product_version=p&scenario=s");
    check_mistakes(&page, &["subject_identifier", "testcase", "comment"]);
    assert!(page.text.contains("name=\"scenario\" value=\"s\""));
    assert_eq!(send("").status, 400);
    assert_eq!(send(&"x".repeat(1024 * 1024)).status, 400);
    assert_eq!(send(&"x".repeat(1024 * 1024 + 1)).status, 413);
    let json = [
        JOE,
        ("content-type", "application/json"),
        ("origin", app.url.as_str()),
    ];
    assert_eq!(app.send("POST", PATH, &json, "{}").status, 415);
    assert_eq!(stored(&app), 0);
}

#[test]
fn other_sites_can_not_send_the_form() {
    let app = Options::default()
        .variable("public_url=https://gate.example.org/below")
        .start();
    check_refused_origins(&app, PATH, GOOD);
    assert_eq!(stored(&app), 0);
    let taken: [&[(&str, &str)]; 2] = [
        &[("origin", "https://gate.example.org")],
        &[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://localhost"),
        ],
    ];
    for headers in taken {
        let page = post(&app, PATH, headers, GOOD);
        assert_eq!(page.status, 201, "{headers:?}: {page:?}");
    }
    assert_eq!(stored(&app), 2);
}

//! The form of `/api/v1/manual-results`, without a browser.

use super::{PATH, permitted, stored};
use crate::forms::{FORM, JOE, check_mistakes, check_refused_origins, post, post_from_page};
use crate::harness::{App, Options};
use serde_json::json;

const GOOD: &str = "type=compose&item=i%3C1%3E&testcase=t&scenario=&system_architecture=&system_variant=&outcome=FAILED&comment=c%0D%0Ad&attachments=https%3A%2F%2Fa.test%2F1%0D%0A%0D%0Ahttp%3A%2F%2Fb.test";

#[test]
fn a_query_fills_the_form() {
    let app = App::start();
    let query = "testcase=a%22%3E%3Cb%3E&comment=%3C/textarea%3E&outcome=INFO&other=1";
    let page = app.send("GET", &format!("{PATH}?{query}"), &[JOE], "");
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
        "<option value=\"INFO\" selected>INFO</option>",
        "<option value=\"RUNNING\">RUNNING</option>",
    ] {
        assert!(page.text.contains(part), "{part}: {page:?}");
    }
    assert!(!page.text.contains("<script"));
    assert_eq!(page.text.matches(" selected").count(), 1);
    for method in ["GET", "POST"] {
        let anonymous = app.send(method, PATH, &[FORM, ("origin", &app.url)], GOOD);
        assert_eq!(anonymous.status, 401, "{method}");
        assert!(anonymous.header("www-authenticate").is_some());
    }
    assert_eq!(app.send("HEAD", PATH, &[JOE], "").status, 200);
}

#[test]
fn what_is_filled_in_is_stored() {
    let app = App::start();
    let page = post_from_page(&app, PATH, GOOD);
    assert_eq!(page.status, 201, "{page:?}");
    let result = app.read("/api/v2.0/results/1");
    let time = result["submit_time"].as_str().unwrap();
    let expected = json!({
        "attachments": ["https://a.test/1", "http://b.test"], "item": ["i<1>"], "timestamp": [time],
        "type": ["compose"], "username": ["joe"],
    });
    assert_eq!(result["data"], expected);
    assert_eq!(
        (&result["outcome"], &result["note"]),
        (&json!("FAILED"), &json!("c\nd"))
    );
    for part in [
        "<a id=\"result\" href=\"../v2.0/results/1\">1</a>",
        "<dd>i&lt;1&gt;</dd>",
        "<a href=\"https://a.test/1\" rel=\"nofollow noreferrer\">https://a.test/1</a>",
        "<dd>joe</dd>",
        &format!("<dd>{time} UTC</dd>"),
        "href=\"manual-results?type=compose&amp;item=i%3C1%3E\"",
    ] {
        assert!(page.text.contains(part), "{part}: {page:?}");
    }
}

#[test]
fn mistakes_are_told_at_their_fields() {
    let app = App::start();
    let send = |body: &str| post_from_page(&app, PATH, body);
    let page = send("type=x&outcome=passed&scenario=s&attachments=javascript:x");
    check_mistakes(
        &page,
        &["item", "testcase", "outcome", "comment", "attachments"],
    );
    assert!(page.text.contains("name=\"scenario\" value=\"s\""));
    assert_eq!(send("").status, 400);
    for extra in ["item=%00", "scenario=a%0Ab", "attachments=https://a%20b"] {
        let body = GOOD.split('&').filter(|pair| {
            let name = extra.split('=').next().unwrap();
            !pair.starts_with(&format!("{name}="))
        });
        let body = body.chain([extra]).collect::<Vec<_>>().join("&");
        assert_eq!(send(&body).status, 400, "{body}");
    }
    assert_eq!(send(&"x".repeat(1024 * 1024)).status, 400);
    assert_eq!(send(&"x".repeat(1024 * 1024 + 1)).status, 413);
    assert_eq!(stored(&app), 0);
}

#[test]
fn nobody_chooses_who_and_when() {
    let app = App::start();
    for (extra, part) in [
        ("username=ann", "leave it out"),
        ("timestamp=2020-01-01", "leave it out"),
        ("submit_time=1", "leave it out"),
        ("note=x", "There is no field note."),
    ] {
        let page = post_from_page(&app, PATH, &format!("{GOOD}&{extra}"));
        assert_eq!(page.status, 400, "{extra}: {page:?}");
        assert!(page.text.contains(part), "{extra}: {page:?}");
        // Nothing that was filled in is lost.
        assert!(page.text.contains("value=\"i&lt;1&gt;\""), "{page:?}");
    }
    assert_eq!(stored(&app), 0);
}

#[test]
fn other_sites_can_not_send_the_form() {
    let app = Options::default()
        .variable("public_url=https://gate.example.org/below")
        .start();
    check_refused_origins(&app, PATH, GOOD);
    // What other sites can send without asking is a form or text, and text is no JSON.
    let foreign = ("origin", "https://evil.example");
    for media_type in ["text/plain", "multipart/form-data; boundary=x"] {
        let headers = [JOE, foreign, ("content-type", media_type)];
        let body = crate::identity::manual_result().to_string();
        assert_eq!(app.send("POST", PATH, &headers, &body).status, 415);
    }
    let asked = app.send("OPTIONS", PATH, &[foreign], "");
    assert_eq!(asked.header("access-control-allow-origin"), None);
    assert_eq!(stored(&app), 0);
    for headers in [
        [("origin", "https://gate.example.org")],
        [("sec-fetch-site", "same-origin")],
    ] {
        let page = post(&app, PATH, &headers, GOOD);
        assert_eq!(page.status, 201, "{headers:?}: {page:?}");
    }
    assert_eq!(stored(&app), 2);
}

#[test]
fn who_may_not_is_told_before_and_after() {
    let (app, _folder) = permitted("- {users: [joe], testcases: ['dist.*']}\n");
    let told = "User joe is not authorized to submit results for the test case t.";
    let before = app.send("GET", &format!("{PATH}?testcase=t"), &[JOE], "");
    let after = post_from_page(&app, PATH, GOOD);
    for (page, status) in [(before, 200), (after, 403)] {
        assert_eq!(page.status, status);
        assert!(page.text.contains(told), "{page:?}");
        assert!(page.text.contains("href=\"../v3/permissions?testcase=t\""));
    }
    let page = app.send("GET", &format!("{PATH}?testcase=dist.a"), &[JOE], "");
    assert!(!page.text.contains("not authorized"), "{page:?}");
    assert_eq!(stored(&app), 0);
}

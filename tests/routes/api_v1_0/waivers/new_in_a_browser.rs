//! The form for a new waiver as people meet it: in headless Chromium, with scripts off.

use crate::browser::Browser;
use crate::harness::{App, Options};
use serde_json::json;

fn page(app: &App, query: &str) -> String {
    app.page_as("joe", &format!("/api/v1.0/waivers/new{query}"))
}

#[test]
fn somebody_waives_a_result() {
    let Some(browser) = Browser::start(1000, 1200) else {
        return;
    };
    let app = App::start();
    browser.stop_scripts();
    browser.open(&page(
        &app,
        "?testcase=dist.abicheck&product_version=fedora-40",
    ));
    browser.picture("form");
    browser.type_into("#subject_type", "koji_build");
    browser.type_into("#subject_identifier", "nethack-3.6.7-1.fc40");
    browser.type_into(
        "#comment",
        "a game has no ABI, <b>see</b>\nhttps://bugs.example.org/1",
    );
    browser.leave_by_click("button");
    assert_eq!(browser.text("h1"), "The result is waived");
    browser.picture("success");
    browser.leave_by_click("#waiver");
    let url = browser.url();
    assert!(url.ends_with("/api/v1.0/waivers/1"), "{url}");
    let waiver = app.read("/api/v1.0/waivers/1");
    assert_eq!(waiver["username"], "joe");
    assert_eq!(waiver["testcase"], "dist.abicheck");
    assert_eq!(
        waiver["comment"],
        "a game has no ABI, <b>see</b>\nhttps://bugs.example.org/1"
    );
}

#[test]
fn who_may_not_is_told_before_and_after() {
    let Some(browser) = Browser::start(1000, 1200) else {
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    let entry = "- {name: kernel, maintainers: [qe@example.org], testcases: ['kernel.*'], users: [jane], groups: [kernel-qe]}";
    std::fs::write(folder.path().join("waivers.yaml"), entry).unwrap();
    let app = Options::default().permissions(folder.path()).start();
    browser.stop_scripts();
    let query = "?subject_type=koji_build&subject_identifier=a-1-1&product_version=p&comment=c";
    browser.open(&page(&app, query));
    browser.type_into("#testcase", "kernel.boot");
    browser.leave_by_click("button");
    let denied = "User joe is not authorized to submit results for the test case kernel.boot.";
    assert_eq!(browser.text("#notice p"), denied);
    browser.picture("denied");
    browser.leave_by_click("#notice a");
    assert_eq!(browser.text("td"), "kernel");
    browser.picture("permissions");
    browser.open(&page(&app, &format!("{query}&testcase=kernel.boot")));
    assert_eq!(browser.text("#notice p"), denied);
    assert_eq!(app.read("/api/v1.0/waivers/")["data"], json!([]));
}

#[test]
fn mistakes_are_mended_by_following_their_links() {
    let Some(browser) = Browser::start(1000, 1200) else {
        return;
    };
    let app = App::start();
    browser.stop_scripts();
    browser.open(&page(
        &app,
        "?subject_type=koji_build&testcase=t&product_version=p",
    ));
    browser.leave_by_click("button");
    assert!(
        browser
            .evaluate("return document.title")
            .as_str()
            .unwrap()
            .starts_with("Problem")
    );
    browser.picture("mistakes");
    // What is wrong has the focus; its links lead to the fields, in their order.
    browser.check_focus("notice");
    assert_eq!(
        browser.text("#notice li:first-child"),
        "Write which subject the waiver is for."
    );
    browser.click("#notice li:first-child a");
    browser.check_focus("subject_identifier");
    browser.type_keys("a-1-1");
    browser.click("#notice li:last-child a");
    browser.check_focus("comment");
    browser.type_keys("because");
    browser.leave_by_keys("\u{e004}\n");
    assert_eq!(browser.text("h1"), "The result is waived");
    let waiver = app.read("/api/v1.0/waivers/1");
    assert_eq!(
        (&waiver["subject_identifier"], &waiver["comment"]),
        (&json!("a-1-1"), &json!("because"))
    );
}

#[test]
fn everything_has_a_name_and_an_order() {
    let Some(browser) = Browser::start(1000, 1200) else {
        return;
    };
    let app = App::start();
    let fields = [
        ("subject_type", "Subject type"),
        ("subject_identifier", "Subject"),
        ("testcase", "Test case"),
        ("scenario", "Scenario (optional)"),
        ("product_version", "Product version"),
        ("comment", "Reason"),
    ];
    browser.check_names_and_order(&page(&app, ""), &fields, "Waive");
}

#[test]
fn narrow_and_dark_windows_show_all_of_it() {
    let Some(browser) = Browser::start(800, 900) else {
        return;
    };
    let app = App::start();
    let long = "x".repeat(200);
    browser.check_narrow_and_dark("narrow", &page(&app, &format!("?scenario={long}")));
    let back = browser.evaluate("return getComputedStyle(document.body).backgroundColor");
    assert_eq!(back, "rgb(20, 25, 31)", "the dark scheme is used");
}

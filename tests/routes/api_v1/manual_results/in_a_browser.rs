//! The form of `/api/v1/manual-results` as people meet it: in headless Chromium, with scripts off.

use super::PATH;
use crate::browser::Browser;
use crate::harness::App;
use serde_json::json;

fn page(app: &App, query: &str) -> String {
    app.page_as("joe", &format!("{PATH}{query}"))
}

#[test]
fn somebody_records_a_result_and_the_next_one() {
    let Some(browser) = Browser::start(1000, 1200) else {
        return;
    };
    let app = App::start();
    browser.stop_scripts();
    browser.open(&page(&app, "?type=compose&testcase=desktop.browser"));
    browser.type_into("#item", "Fedora-42-20260131.n.0");
    browser.type_into("#outcome", "FAILED");
    browser.type_into("#comment", "it starts, <b>then</b>\nnothing");
    browser.type_into(
        "#attachments",
        "https://files.test/1.png\nhttps://files.test/2.log",
    );
    browser.picture("manual-form");
    browser.leave_by_click("button");
    assert_eq!(browser.text("h1"), "The result is recorded");
    browser.picture("manual-success");
    let result = app.read("/api/v2.0/results/1");
    assert_eq!(result["data"]["username"], json!(["joe"]));
    assert_eq!(
        result["data"]["attachments"],
        json!(["https://files.test/1.png", "https://files.test/2.log"])
    );
    assert_eq!(result["note"], "it starts, <b>then</b>\nnothing");
    assert_eq!(result["outcome"], "FAILED");
    browser.leave_by_click("#next");
    let value = browser.evaluate("return document.getElementById('item').value");
    assert_eq!(value, "Fedora-42-20260131.n.0");
    browser.type_into("#testcase", "desktop.terminal");
    browser.type_into("#outcome", "PASSED");
    browser.type_into("#comment", "fine");
    browser.leave_by_click("button");
    browser.leave_by_click("#result");
    let url = browser.url();
    assert!(url.ends_with("/api/v2.0/results/2"), "{url}");
}

#[test]
fn mistakes_are_mended_by_following_their_links() {
    let Some(browser) = Browser::start(1000, 1200) else {
        return;
    };
    let app = App::start();
    browser.stop_scripts();
    browser.open(&page(&app, "?type=compose&item=i&testcase=t&comment=c"));
    browser.type_into("#attachments", "files.test/1");
    browser.leave_by_click("button");
    let title = browser.evaluate("return document.title");
    assert!(title.as_str().unwrap().starts_with("Problem"), "{title}");
    browser.picture("manual-mistakes");
    // What is wrong has the focus; its links lead to the fields, in their order.
    browser.check_focus("notice");
    assert_eq!(
        browser.text("#notice li:first-child"),
        "Choose what came out."
    );
    browser.click("#notice li:first-child a");
    browser.check_focus("outcome");
    browser.type_keys("INFO");
    browser.click("#notice li:last-child a");
    browser.check_focus("attachments");
    // Control and A, then what takes the place of all.
    browser.type_keys("\u{e009}a\u{e000}https://files.test/1");
    browser.leave_by_keys("\u{e004}\n");
    assert_eq!(browser.text("h1"), "The result is recorded");
    let result = app.read("/api/v2.0/results/1");
    assert_eq!(result["outcome"], "INFO");
    assert_eq!(
        result["data"]["attachments"],
        json!(["https://files.test/1"])
    );
}

#[test]
fn everything_has_a_name_and_an_order() {
    let Some(browser) = Browser::start(1000, 1200) else {
        return;
    };
    let app = App::start();
    let fields = [
        ("type", "Item type"),
        ("item", "Item"),
        ("testcase", "Test case"),
        ("scenario", "Scenario (optional)"),
        ("system_architecture", "Architecture (optional)"),
        ("system_variant", "Variant (optional)"),
        ("outcome", "Outcome"),
        ("comment", "Comment"),
        ("attachments", "Attachments (optional)"),
    ];
    browser.check_names_and_order(&page(&app, ""), &fields, "Record");
}

#[test]
fn narrow_and_dark_windows_show_all_of_it() {
    let Some(browser) = Browser::start(800, 900) else {
        return;
    };
    let app = App::start();
    let long = "x".repeat(200);
    browser.check_narrow_and_dark("manual-narrow", &page(&app, &format!("?item={long}")));
}

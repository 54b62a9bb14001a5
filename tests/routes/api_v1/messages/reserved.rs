//! Test cases that are reserved for publishers.

use super::{PATH, ci_message, count};
use crate::harness::{App, Options};
use serde_json::json;

fn deliver_as(app: &App, caller: &str, publisher: Option<&str>) -> u16 {
    let mut headers = json!({"message-id": format!("{caller} {publisher:?}")});
    if let Some(publisher) = publisher {
        headers["JMSXUserID"] = json!(publisher);
    }
    let body =
        json!({"topic": "a.test.complete", "headers": headers, "body": {"msg": ci_message()}});
    app.post_as(caller, PATH, &body).status
}

#[test]
fn a_reserved_test_case_is_for_its_publisher() {
    let app = Options::default()
        .variable("reserved_test_cases=ns.*=msg-ci, ns.*=joe")
        .variable("message_bridges=bot")
        .start();
    assert_eq!(deliver_as(&app, "bot", Some("msg-ci")), 201);
    assert_eq!(deliver_as(&app, "bot", Some("other")), 403);
    assert_eq!(deliver_as(&app, "bot", None), 403);
    // No bridge: what is said of a publisher is not believed, but joe may himself.
    assert_eq!(deliver_as(&app, "joe", Some("other")), 201);
    assert_eq!(count(&app), 2);
    let told = app.post_as("bot", PATH, &ci_message()).expect(403);
    assert_eq!(told["verdict"], "rejected");
    assert!(
        told["reason"].as_str().unwrap().contains("reserved"),
        "{told}"
    );
}

#[test]
fn nobody_borrows_the_name_of_a_publisher() {
    let app = Options::default()
        .variable("reserved_test_cases=ns.*=msg-ci")
        .start();
    assert_eq!(deliver_as(&app, "bot", Some("msg-ci")), 403);
    assert_eq!(count(&app), 0);
}

#[test]
fn a_mistake_in_the_setting_stops_writing() {
    let app = Options::default()
        .variable("reserved_test_cases=ns.*")
        .start();
    assert_eq!(deliver_as(&app, "bot", None), 500);
}

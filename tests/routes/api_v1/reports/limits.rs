//! Limits, from both sides.

use super::{PATH, SUBJECT, post, results};
use crate::harness::{App, Options};
use serde_json::json;

/// A report with so many cases that pass.
fn cases(count: usize) -> String {
    super::cases(count, |_| true)
}

/// Storing 200,000 cases takes many seconds where a processor is shared.
fn patient() -> App {
    Options::default().argument("--request-timeout=600").start()
}

#[test]
fn cases_are_limited() {
    let app = patient();
    let told = post(&app, SUBJECT, &cases(200_001)).expect(413);
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("more than 200000 cases"),
        "{told}"
    );
    let answer = post(&app, &format!("{SUBJECT}&cases=none"), &cases(200_000)).expect(201);
    assert_eq!(
        (&answer["cases"]["passed"], &answer["results_count"]),
        (&json!(200_000), &json!(1))
    );
}

#[test]
fn the_body_is_limited() {
    const LIMIT: usize = 64 * 1024 * 1024;
    let app = App::start();
    let path = format!("{PATH}?{SUBJECT}");
    let mut body = b"1..1\nok 1\n#".to_vec();
    body.resize(LIMIT, b'.');
    assert_eq!(app.send_bytes(&path, &[], body.clone()).status, 201);
    body.push(b'.');
    let told = app.send_bytes(&path, &[], body).expect(413);
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("larger than 67108864 bytes"),
        "{told}"
    );
}

/// As much text as there may be, in as many results as there may be, where the host ends an instance
/// that takes more than its default.
#[test]
fn the_largest_report_fits_into_an_instance() {
    let app = patient();
    let mut body = "<testsuite>".to_owned();
    // 65,000 failures with 800 bytes each.
    let text = "x".repeat(760);
    for number in 0..65_000 {
        body.push_str(&format!(
            "<testcase name='c{number}'><failure>{text}</failure></testcase>"
        ));
    }
    body.push_str("</testsuite>");
    body.push_str(&" ".repeat(64 * 1024 * 1024 - body.len()));
    let answer = post(&app, "testcase=t&item=i", &body).expect(413);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("the results of the report take"),
        "{answer}"
    );
    let answer = post(
        &app,
        "testcase=t&item=i",
        &body.replace(&text, &text[400..]),
    )
    .expect(201);
    assert_eq!(answer["results_count"], 65_001);
}

/// A long name that every case has would take far more than the document.
#[test]
fn what_is_stored_is_limited() {
    let app = App::start();
    let prefix = "p".repeat(2_000);
    let query = format!("testcase={prefix}&item=i&type=t");
    let told = post(&app, &query, &cases(50_000)).expect(413);
    assert!(
        told["message"].as_str().unwrap().contains("67108864 bytes"),
        "{told}"
    );
    let told = post(&app, &query, &cases(50_000)).expect(413);
    assert!(
        told["message"].as_str().unwrap().contains("cases=failures"),
        "{told}"
    );
    post(&app, &format!("{query}&cases=failures"), &cases(50_000)).expect(201);
    // 100 values and one number for each case.
    let many: String = (0..95).map(|number| format!("&k{number}=v")).collect();
    let told = post(&app, &format!("{SUBJECT}{many}"), &cases(21_000)).expect(413);
    assert!(
        told["message"].as_str().unwrap().contains("2000000 values"),
        "{told}"
    );
    let too_many: String = (0..101).map(|number| format!("&k{number}=v")).collect();
    post(&app, &format!("{SUBJECT}{too_many}"), "1..0").expect(400);
}

#[test]
fn texts_are_cut_and_marked() {
    let app = App::start();
    let failure = |bytes: usize| {
        let text = "x".repeat(bytes);
        let body = format!(
            "<testsuite><testcase name='a'><failure>{text}</failure></testcase></testsuite>"
        );
        let answer = post(&app, &format!("{SUBJECT}&cases=failures"), &body).expect(201);
        results(&app, &answer)
            .into_iter()
            .find(|result| result["testcase"]["name"] == "my-ci.unit.a")
            .unwrap()
    };
    let length = |text: &serde_json::Value| text.as_str().unwrap().len();
    let whole = failure(65_536);
    assert_eq!(length(&whole["note"]), 65_536);
    let cut = failure(65_537);
    assert_eq!(length(&cut["note"]), 65_536);
    assert!(cut["note"].as_str().unwrap().ends_with("x\n[… cut here]"));
    assert_eq!(length(&failure(8_192)["data"]["message"][0]), 8_192);
    let message = &failure(8_193)["data"]["message"][0];
    assert_eq!(length(message), 8_192);
    assert!(message.as_str().unwrap().ends_with("x..."));
}

#[test]
fn names_are_limited_and_stay_different() {
    let app = App::start();
    let prefix = "p".repeat(2_048);
    let query = |prefix: &str| format!("testcase={prefix}&item=i&type=t");
    post(&app, &query(&format!("{prefix}p")), "1..0").expect(400);
    let answer = post(&app, &query(&prefix), "1..2\nok 1 - a\nok 2 - b\n").expect(201);
    let stored = results(&app, &answer);
    let names: std::collections::BTreeSet<String> = stored
        .iter()
        .map(|result| result["testcase"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 3);
    assert!(names.iter().all(|name| name.len() == 2_048), "{names:?}");
}

//! As `bodies.rs`, of what is sent to `/api/v1/waivers`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

use endpoint::records::WaiverAction;
use endpoint::waivers::life::bodies::{ApprovalBody, WantedBody, WithdrawalBody};
use endpoint::waivers::life::{body, step};
use serde_json::Value;

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn json_of(body: &impl serde::Serialize) -> Value {
    serde_json::to_value(body).unwrap()
}

#[test]
fn a_documented_wanted_waiver_is_accepted() {
    let list = |item: &str| Some(vec![item.to_owned()]);
    let body = WantedBody {
        subject_type: "x".into(),
        subject_identifier: "i".into(),
        testcase: "t".into(),
        product_version: "p".into(),
        product_versions: list("p*"),
        scenario: text("s"),
        contexts: list("c"),
        architecture: text("a"),
        variant: text("v"),
        reason: "known-issue".into(),
        link: text("https://b"),
        comment: "why".into(),
        expires_at: text("1970-01-01T00:00:02Z"),
        username: text("u"),
        request: Some(true),
        waived: Some(true),
    };
    let wanted = body::parse(&json_of(&body), 1).unwrap();
    let waiver = &wanted.waiver;
    assert_eq!(waiver.subject_type, "x");
    assert_eq!(waiver.subject_identifier, "i");
    assert_eq!(waiver.testcase, "t");
    assert_eq!(waiver.product_version, "p");
    assert_eq!(waiver.scenario, text("s"));
    assert_eq!(waiver.comment, "why");
    let terms = wanted.terms;
    assert_eq!(terms.product_versions, ["p*"]);
    assert_eq!(terms.contexts, ["c"]);
    assert_eq!((terms.architecture, terms.variant), (text("a"), text("v")));
    assert_eq!(
        (terms.reason, terms.link),
        ("known-issue".into(), text("https://b"))
    );
    assert_eq!(terms.expires_us, Some(2_000_000));
    assert_eq!((wanted.username, wanted.request), (text("u"), true));
}

#[test]
fn documented_steps_are_accepted() {
    let approval = ApprovalBody {
        approved: true,
        comment: "c".into(),
        username: text("u"),
    };
    let (action, said) = step::decision(&json_of(&approval)).unwrap();
    assert_eq!(action, WaiverAction::Approved);
    assert_eq!((said.comment.as_str(), said.username), ("c", text("u")));
    let withdrawal = WithdrawalBody {
        comment: "c".into(),
        username: text("u"),
    };
    let said = step::withdrawal(&json_of(&withdrawal)).unwrap();
    assert_eq!((said.comment.as_str(), said.username), ("c", text("u")));
}

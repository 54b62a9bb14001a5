//! No input panics, whatever it is: bytes, JSON of any shape, and messages with a part replaced.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use messages::{Delivered, Delivery, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Messages of all formats.
fn messages() -> Vec<Value> {
    let ci = json!({
        "version": "0.2.1",
        "contact": {"name": "n", "team": "t", "email": "e", "url": "u", "irc": "i"},
        "run": {"url": "https://run", "log": "https://log"},
        "system": [{"os": "o", "provider": "p", "architecture": "a", "variant": "v"}],
        "pipeline": {"id": "i", "name": "n", "stage": {"name": "s"}},
        "test": {"namespace": "n", "type": "t", "category": "c", "result": "passed", "xunit": "eJw="},
        "notification": {"recipients": ["joe"]},
        "error": {"reason": "r", "issue_url": "u"},
        "artifact": {"type": "brew-build", "id": 5, "nvr": "a-1-1", "component": "a", "scratch": "true"},
    });
    let artifact = |artifact: Value| {
        let mut message = ci.clone();
        message["artifact"] = artifact;
        message
    };
    vec![
        artifact(json!({"type": "productmd-compose", "id": "c"})),
        artifact(json!({"type": "redhat-module", "nsvc": "n:s:1:c"})),
        artifact(json!({"type": "redhat-container-image", "id": "sha256:1", "full_names": ["n"]})),
        artifact(json!({"type": "container-image", "repository": "r", "digest": "d"})),
        artifact(json!({"type": "component-version", "component": "c", "version": "1"})),
        artifact(json!({"type": "product-build", "name": "n", "version": "1", "release": "1"})),
        artifact(json!({"type": "redhat-advisory", "id": "RHBA-1"})),
        artifact(json!({"type": "product-scenario", "id": "1", "products": [{"nvr": "p-1-1"}]})),
        artifact(json!({"type": "brew-build-group", "id": "g", "builds": [{"nvr": "a-1-1"}]})),
        artifact(json!({"type": "fedora-update", "alias": "FEDORA-1", "builds": [{"nvr": "a"}]})),
        artifact(json!({"type": "dist-git-pr", "repository": "r", "id": 7})),
        json!({"topic": "t.test.complete", "headers": {"message-id": "m"}, "body": {"msg": ci}}),
        json!({"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": ci}),
        json!({"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data_base64": "e30="}),
        json!({"testcase": {"name": "t"}, "outcome": "PASSED", "data": {"item": "i"}, "ref_url": "https://run"}),
        json!({"results": {"t": {"outcome": "PASSED", "data": {}}}, "ref_url": "https://run"}),
        json!({"topic": "/topic/VirtualTopic.eng.platformci.tier1.result", "msg": {
            "team": "t", "job_name": "j", "jenkins_build_url": "https://run", "tests": [{"failed": "0"}],
        }}),
        ci,
    ]
}

fn read(topic: Option<&str>, body: &[u8]) -> Delivered {
    let outcomes = ["PASSED", "FAILED", "INFO", "NEEDS_INSPECTION", "ERROR"].map(str::to_owned);
    let delivery = Delivery {
        topic,
        id: None,
        headers: &[],
        outcomes: &outcomes,
    };
    messages::read(&delivery, body)
}

/// Any JSON, not very deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("passed")),
        Just(json!("::")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = prop_oneof![
            Just("msg".to_owned()),
            Just("body".to_owned()),
            Just("data".to_owned()),
            ".{0,4}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// All places in a document.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| places(value, &format!("{here}/{name}"), found)),
        Value::Array(entries) => entries
            .iter()
            .enumerate()
            .for_each(|(index, value)| places(value, &format!("{here}/{index}"), found)),
        _ => {}
    }
}

fn topics() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![
        None,
        Some(""),
        Some("..."),
        Some("org.centos.prod.ci.koji-build.test.complete"),
        Some("org.centos.prod.ci.koji-build.test.error"),
        Some("org.centos.prod.ci.koji-build.test.queued"),
        Some("/topic/VirtualTopic.eng.ci.n.brew-build.test.complete"),
        Some("/topic/VirtualTopic.eng.platformci.tier1.result"),
    ])
}

#[test]
fn the_messages_below_are_read() {
    for message in messages() {
        let read = read(None, message.to_string().as_bytes());
        let Delivered::One(read) = read else {
            panic!("{message} is no batch")
        };
        let is_event_without_message = message.get("data_base64").is_some();
        let has_results = matches!(read.verdict, Verdict::Results(_));
        assert!(
            has_results || is_event_without_message,
            "{message}: {:?}",
            read.verdict
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn bytes_do_not_panic(topic in topics(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        read(topic, &body);
    }

    #[test]
    fn json_does_not_panic(topic in topics(), body in any_json()) {
        read(topic, body.to_string().as_bytes());
    }

    #[test]
    fn changed_messages_do_not_panic(
        topic in topics(),
        message in prop::sample::select(messages()),
        place in any::<prop::sample::Index>(),
        part in any_json(),
    ) {
        let mut message = message;
        let mut found = Vec::new();
        places(&message, "", &mut found);
        let place = place.get(&found);
        *message.pointer_mut(place).unwrap() = part;
        let text = message.to_string();
        match read(topic, text.as_bytes()) {
            Delivered::One(read) => check(&read.verdict),
            Delivered::Batch(read) => read.iter().for_each(|message| check(&message.verdict)),
        }
    }
}

/// What a verdict promises.
fn check(verdict: &Verdict) {
    match verdict {
        Verdict::Results(mapped) => {
            assert!(!mapped.results.is_empty());
            for result in mapped.results.iter().chain(&mapped.cases) {
                assert!(!result.test_case.is_empty() && !result.outcome.is_empty());
                assert!(!result.data.values().any(Value::is_null));
            }
        }
        Verdict::Ignored(reason) => assert!(!reason.is_empty()),
        Verdict::Rejected(rejection) => assert!(!rejection.reason.is_empty()),
    }
}

//! Bodies → what is stored, or the list of mistakes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use artifact_results::{ArtifactType, MAX_ENTRIES, MAX_TEXT_CHARS, Submission};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn outcomes() -> Vec<String> {
    let names = ["PASSED", "FAILED", "QUEUED", "RUNNING", "ERROR"];
    names.map(str::to_owned).to_vec()
}

fn read(artifact: &ArtifactType, body: &Value) -> Result<Submission, Value> {
    artifact.read(body, &outcomes()).map_err(|error| {
        let (reply, log) = error.into_reply();
        assert_eq!((reply.status, log), (400, None));
        serde_json::from_slice(&reply.body).unwrap()
    })
}

fn artifact(plural: &str) -> &'static ArtifactType {
    ArtifactType::by_plural(plural).unwrap()
}

fn with(artifact: &ArtifactType, name: &str, value: Value) -> Value {
    let mut body = artifact.example();
    body.insert(name.to_owned(), value);
    Value::Object(body)
}

/// `(place, type)` of each mistake.
fn mistakes(artifact: &ArtifactType, body: &Value) -> Vec<(Value, String)> {
    let errors = read(artifact, body).unwrap_err();
    let errors = errors["validation_error"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            let kind = error["type"].as_str().unwrap();
            (error["loc"].clone(), kind.to_owned())
        })
        .collect()
}

#[test]
fn types_are_found_by_their_plural() {
    for artifact in ArtifactType::all() {
        let found = ArtifactType::by_plural(&artifact.plural()).unwrap();
        assert_eq!(found.name, artifact.name);
    }
    for unknown in ["", "s", "brew-build", "brew-buildss", "nope"] {
        assert!(ArtifactType::by_plural(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn every_example_of_every_field_is_taken_and_every_required_one_is_missed() {
    for artifact in ArtifactType::all() {
        for field in artifact.fields() {
            let mut body = artifact.example();
            body.insert(field.name.to_owned(), field.example.value());
            body.insert("outcome".to_owned(), "ERROR".into());
            read(artifact, &Value::Object(body)).unwrap();
            let mut body = artifact.example();
            body.remove(field.name);
            let answer = read(artifact, &Value::Object(body));
            assert_eq!(answer.is_err(), field.is_required, "{}", field.name);
            let null = with(artifact, field.name, Value::Null);
            assert_eq!(read(artifact, &null).is_err(), field.is_required);
        }
    }
}

#[test]
fn schemas_have_every_field() {
    for artifact in ArtifactType::all() {
        let schema = artifact.schema();
        let required: Vec<&str> = artifact
            .fields()
            .filter(|field| field.is_required)
            .map(|field| field.name)
            .collect();
        assert_eq!(schema["required"], json!(required));
        for field in artifact.fields() {
            let property = &schema["properties"][field.name];
            assert_eq!(property["title"], field.title());
            assert_eq!(property.get("default").is_some(), !field.is_required);
        }
    }
}

#[test]
fn data_is_what_was_given_and_nothing_of_null() {
    let brew = artifact("brew-builds");
    let mut body = brew.example();
    body.insert("note".into(), Value::Null);
    body.insert("scenario".into(), Value::Null);
    body.insert("ci_irc".into(), "".into());
    body.insert("scratch".into(), "yes".into());
    body.insert("brew_task_id".into(), "0_7.0".into());
    body.insert("testcase_ref_url".into(), "https://tc".into());
    body.insert("type".into(), "mine".into());
    body.insert("username".into(), "somebody else".into());
    let submission = read(brew, &Value::Object(body)).unwrap();
    assert_eq!(
        submission.data("joe"),
        concat!(
            r#"{"brew_task_id":["7"],"ci_docs":["https://ci.example.com/docs"],"ci_email":["ci@example.com"],"ci_irc":[""],"#,
            r#""ci_name":["Example CI"],"ci_team":["Example QE"],"item":["glibc-2.38-7.fc40"],"type":["brew-build_scratch"],"username":["joe"]}"#
        )
    );
    assert_eq!(submission.test_case_ref_url.as_deref(), Some("https://tc/"));
    assert_eq!((submission.note, submission.ref_url), (None, None));
}

#[test]
fn items_of_composes_are_made() {
    let compose = artifact("productmd-composes");
    let check = |variant: Value, architecture: Value, expected: Value| {
        let mut body = compose.example();
        body.insert("id".into(), "C-1".into());
        body.insert("item".into(), "mine".into());
        body.insert("system_variant".into(), variant);
        body.insert("system_architecture".into(), architecture);
        let data = read(compose, &Value::Object(body)).unwrap().data("joe");
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data["item"], expected);
        assert_eq!(data.get("id"), None);
    };
    check(json!("V"), json!("a"), json!(["C-1/V/a", "C-1"]));
    check(json!(""), json!(null), json!(["C-1/unknown/", "C-1"]));
    check(json!(null), json!("a"), json!(["C-1/unknown/a", "C-1"]));
}

#[test]
fn mistakes_come_in_the_order_of_the_fields() {
    let brew = artifact("brew-builds");
    let mut body = brew.example();
    for (name, value) in [
        ("item", json!("")),
        ("brew_task_id", json!(1.5)),
        ("scratch", json!("perhaps")),
        ("note", json!(5)),
        ("log", json!("ftp://x")),
        ("outcome", json!("passed")),
        ("error_reason", json!("not looked at yet")),
    ] {
        body.insert(name.to_owned(), value);
    }
    body.remove("ci_name");
    let expected = [
        ("outcome", "value_error"),
        ("note", "string_type"),
        ("ci_name", "missing"),
        ("scratch", "bool_parsing"),
        ("log", "url_scheme"),
        ("item", "string_too_short"),
        ("brew_task_id", "int_from_float"),
    ]
    .map(|(name, kind)| (json!([name]), kind.to_owned()));
    assert_eq!(mistakes(brew, &Value::Object(body)), expected);
}

#[test]
fn a_reason_needs_an_error() {
    let brew = artifact("brew-builds");
    let rule = vec![(json!([]), "value_error".to_owned())];
    assert_eq!(mistakes(brew, &with(brew, "error_reason", json!(""))), rule);
    let url = with(brew, "issue_url", json!("http://i"));
    assert_eq!(mistakes(brew, &url), rule);
    assert!(read(brew, &with(brew, "issue_url", json!(null))).is_ok());
    assert!(read(brew, &with(brew, "outcome", json!("ERROR"))).is_ok());
}

#[test]
fn limits_have_two_sides() {
    let image = artifact("redhat-container-images");
    let text = |count: usize| json!("é".repeat(count));
    let check = |name: &str, value: Value, expected: Option<(Value, &str)>| {
        let body = with(image, name, value);
        match expected {
            None => assert!(read(image, &body).is_ok(), "{name}"),
            Some((place, kind)) => {
                assert_eq!(mistakes(image, &body), [(place, kind.to_owned())], "{name}");
            }
        }
    };
    let long = "string_too_long";
    for name in ["testcase", "note", "item", "tag", "ci_name"] {
        check(name, text(MAX_TEXT_CHARS), None);
        let at = json!([name]);
        check(name, text(MAX_TEXT_CHARS + 1), Some((at, long)));
    }
    check("full_names", json!(["a", text(MAX_TEXT_CHARS)]), None);
    let entries = json!(["a", text(MAX_TEXT_CHARS + 1), 5]);
    let expected = [
        (json!(["full_names", 1]), long.to_owned()),
        (json!(["full_names", 2]), "string_type".to_owned()),
    ];
    assert_eq!(
        mistakes(image, &with(image, "full_names", entries)),
        expected
    );
    check("full_names", json!(vec!["a"; MAX_ENTRIES]), None);
    let at = json!(["full_names"]);
    let more = json!(vec!["a"; MAX_ENTRIES + 1]);
    check("full_names", more, Some((at, "value_error")));
}

#[test]
fn large_bodies_are_not_shown_for_each_missing_field() {
    let brew = artifact("brew-builds");
    let input = |size: usize| {
        let body = json!({"x": "y".repeat(size)});
        read(brew, &body).unwrap_err()["validation_error"][0]["input"].clone()
    };
    let around = r#"{"x":""}"#.len();
    assert!(input(64 * 1024 - around).is_object());
    assert!(input(64 * 1024 - around + 1).is_null());
}

#[test]
fn pages_have_no_markup_from_outside() {
    let page = artifact_results::documentation("http://x/<script>'\"&");
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;&#39;&quot;&amp;"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[-0-9_.+eE ]{0,8}".prop_map(Value::from),
        "(https?|ftp)?:?/{0,2}[a-z\\[\\]:@%é. /?#]{0,12}".prop_map(Value::from),
        "[<\"a ]{0,3}[a-z.é(]{0,4}@?[-a-zü.\\[]{0,8}>?".prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{0,6}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Some fields of a good body become something else, whatever it is.
    #[test]
    fn any_object_is_taken_or_refused(
        type_index in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_json()), 0..6),
    ) {
        let artifact = &ArtifactType::all()[type_index];
        let fields: Vec<_> = artifact.fields().collect();
        let mut body: Map<String, Value> = artifact.example();
        for (index, value) in changes {
            body.insert(index.get(&fields).name.to_owned(), value);
        }
        if let Ok(submission) = read(artifact, &Value::Object(body)) {
            let data: Value = serde_json::from_str(&submission.data("joe")).unwrap();
            for (_, texts) in data.as_object().unwrap() {
                prop_assert!(texts.as_array().unwrap().iter().all(Value::is_string));
            }
        }
    }

    #[test]
    fn any_body_is_taken_or_refused(type_index in 0..4_usize, body in any_json()) {
        let _ = read(&ArtifactType::all()[type_index], &body);
    }
}

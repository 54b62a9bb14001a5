//! `POST /api/v3/results/{type}`: bodies that are refused. What was recorded is in `post`.

use crate::api_v3::{TYPES, smallest, with};
use crate::harness::App;
use serde_json::{Value, json};

#[test]
fn each_kind_of_mistake_is_told_in_pydantics_words() {
    let app = App::start();
    let path = "/api/v3/results/redhat-container-images";
    let mut shown = Vec::new();
    for (name, value) in [
        ("outcome", json!(["PASSED"])),
        ("outcome", json!(" PASSED ")),
        ("testcase", json!("")),
        ("testcase", json!({"name": "t"})),
        ("note", json!(5)),
        ("ci_name", json!(null)),
        ("ci_docs", json!(5)),
        ("ci_docs", json!("")),
        ("ci_docs", json!("x")),
        ("ci_docs", json!("http://")),
        ("ci_docs", json!("ftp://x")),
        ("ref_url", json!("http://1.2.3.4.5")),
        ("ci_email", json!(5)),
        ("ci_email", json!("a@b")),
        ("ci_email", json!("a b@c.com")),
        ("ci_email", json!("a@x.test")),
        ("scratch", json!("perhaps")),
        ("scratch", json!([])),
        ("brew_task_id", json!("x")),
        ("brew_task_id", json!([])),
        ("brew_task_id", json!(7.5)),
        ("brew_task_id", json!(1e20)),
        ("full_names", json!(["a", 5, null])),
        ("full_names", json!({})),
        ("issue_url", json!("http://i")),
    ] {
        let body = with(smallest("redhat-container-images"), name, value);
        let answer = app.post_as("joe", path, &body).expect(400);
        for mut mistake in answer["validation_error"].as_array().unwrap().clone() {
            if mistake["input"].is_object() {
                mistake["input"] = "…".into();
            }
            shown.push(mistake.to_string());
        }
    }
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(app.read("/api/v2.0/results")["data"], json!([]));
    assert_eq!(app.read("/api/v2.0/testcases")["data"], json!([]));
}

#[test]
fn bodies_that_are_no_objects_are_refused_by_the_name_of_the_model() {
    let app = App::start();
    let models = [
        "BrewResultParams",
        "ProductmdComposeResultParams",
        "RedHatContainerImageResultParams",
        "RedHatModuleResultParams",
    ];
    for (plural, model) in TYPES.iter().zip(models) {
        let path = format!("/api/v3/results/{plural}");
        for body in [json!([]), json!("x"), json!(5), json!(null), json!(true)] {
            let answer = app.post_as("joe", &path, &body).expect(400);
            let expected = json!([{
                "input": body, "loc": [], "type": "model_type",
                "msg": format!("Input should be a valid dictionary or instance of {model}"),
                "url": "https://errors.pydantic.dev/2.7/v/model_type",
            }]);
            assert_eq!(answer["validation_error"], expected);
        }
    }
}

#[test]
fn all_missing_fields_of_each_type_are_told() {
    let app = App::start();
    for plural in TYPES {
        let path = format!("/api/v3/results/{plural}");
        let answer = app.post_as("joe", &path, &json!({})).expect(400);
        let told: Vec<&Value> = answer["validation_error"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mistake| &mistake["loc"][0])
            .collect();
        let schema = app.read(&format!("/api/v3/schemas/{plural}"));
        assert_eq!(json!(told), schema["required"], "{plural}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    let app = App::start();
    let send = |media_type: &str, body: &str| {
        let headers = [
            ("content-type", media_type),
            ("authorization", "Basic am9lOng="),
        ];
        app.send("POST", "/api/v3/results/brew-builds", &headers, body)
    };
    for body in ["{bad", "", "\u{0}", &"[".repeat(100_000)] {
        let answer = send("application/json", body);
        assert_eq!(answer.expect(400)["message"], "Bad request");
    }
    let form = send("application/x-www-form-urlencoded", "a=b");
    assert_eq!(
        (form.status, form.header("content-type")),
        (415, Some("text/html; charset=utf-8"))
    );
}

#[test]
fn the_character_0_is_refused() {
    let app = App::start();
    for (name, value) in [
        ("note", json!("a\u{0}b")),
        ("full_names", json!(["\u{0}"])),
        ("unknown", json!({"\u{0}": 1})),
    ] {
        let body = with(smallest("redhat-container-images"), name, value);
        let answer = app.post_as("joe", "/api/v3/results/redhat-container-images", &body);
        let message = answer.expect(400)["message"].clone();
        assert_eq!(message, "Text may not contain the character U+0000.");
    }
}

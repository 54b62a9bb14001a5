//! The recorded conversation with ResultsDB, held again with us.
//!
//! Our answers are a snapshot. Beside the sample data lies what ResultsDB answered; where it is
//! there, both are compared, and every difference has to be a deliberate one.

use crate::harness::{App, shared_data};
use serde_json::{Value, json};

/// A request: method, path, media type of the body, body.
type Request = (&'static str, &'static str, &'static str, &'static str);

const JSON: &str = "application/json";

/// The conversation, in its order, as later answers follow from earlier requests.
const REQUESTS: &[Request] = &[
    ("GET", "/api/v2.0", "", ""),
    ("GET", "/api/v2.0/", "", ""),
    ("GET", "/nope", "", ""),
    ("GET", "/api/v2.0/nope", "", ""),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"outcome": "passed", "testcase": "dist.rpmlint", "groups": ["g-1", {"description": "d", "uuid": "g-2"}], "note": "n", "data": {"item": "a-1-1", "type": "koji_build", "arch": ["x86_64", "noarch"], "num": 5, "b": true, "none": null, "obj": {"a": 1}, "flt": 1.0, "lst": [1, null, {"x": 2}]}, "ref_url": "http://x", "submit_time": "2022-08-24T06:54:57.000000"}"#,
    ),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"outcome": "failed", "testcase": {"name": "a/b c", "ref_url": "http://tc"}}"#,
    ),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"outcome": "BAD", "testcase": "x"}"#,
    ),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"testcase": 5, "outcome": "PASSED"}"#,
    ),
    ("POST", "/api/v2.0/results", JSON, "{}"),
    ("POST", "/api/v2.0/results", JSON, "[]"),
    ("POST", "/api/v2.0/results", JSON, r#""x""#),
    ("POST", "/api/v2.0/results", JSON, "{bad"),
    (
        "POST",
        "/api/v2.0/results",
        "application/x-www-form-urlencoded",
        "a=b",
    ),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"outcome": "PASSED", "testcase": "x", "data": {"a:b": 1}}"#,
    ),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"outcome": "PASSED", "testcase": "x", "submit_time": "2020-01-01"}"#,
    ),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"outcome": "PASSED", "testcase": "x", "note": 5, "ref_url": 7, "groups": "g"}"#,
    ),
    (
        "POST",
        "/api/v2.0/results",
        JSON,
        r#"{"outcome": "PASSED", "testcase": "x", "groups": [5]}"#,
    ),
    ("GET", "/api/v2.0/results/1", "", ""),
    ("GET", "/api/v2.0/results/999", "", ""),
    ("GET", "/api/v2.0/results/abc", "", ""),
    ("GET", "/api/v2.0/results?limit=1&callback=foo", "", ""),
    (
        "GET",
        "/api/v2.0/results?limit=1&page=1&outcome=PASSED,failed",
        "",
        "",
    ),
    ("GET", "/api/v2.0/results?limit=1", "", ""),
    ("GET", "/api/v2.0/results?page=x", "", ""),
    ("GET", "/api/v2.0/results?limit=0", "", ""),
    ("GET", "/api/v2.0/results?page=-1&limit=1", "", ""),
    ("GET", "/api/v2.0/results?limit=-1", "", ""),
    ("GET", "/api/v2.0/results?outcome=WRONG", "", ""),
    ("GET", "/api/v2.0/results?since=abc", "", ""),
    (
        "GET",
        "/api/v2.0/results?since=2022-08-24,2022-08-25T00:00:00Z",
        "",
        "",
    ),
    (
        "GET",
        "/api/v2.0/results?testcases=dist.rpmlint&testcases=a/b c",
        "",
        "",
    ),
    (
        "GET",
        "/api/v2.0/results?testcases:like=dist*&item:like=a*,z*",
        "",
        "",
    ),
    ("GET", "/api/v2.0/results?item=a-1-1&item=zz", "", ""),
    ("GET", "/api/v2.0/results/", "", ""),
    (
        "GET",
        "/api/v2.0/results/latest?_distinct_on=scenario",
        "",
        "",
    ),
    ("GET", "/api/v2.0/results/latest?item=a-1-1", "", ""),
    ("GET", "/api/v2.0/groups", "", ""),
    ("GET", "/api/v2.0/groups/g-1", "", ""),
    ("GET", "/api/v2.0/groups/zz", "", ""),
    ("GET", "/api/v2.0/groups/zz/results", "", ""),
    ("GET", "/api/v2.0/groups/g-1/results?limit=1", "", ""),
    ("GET", "/api/v2.0/testcases", "", ""),
    ("GET", "/api/v2.0/testcases/a/b c", "", ""),
    ("GET", "/api/v2.0/testcases/zz", "", ""),
    ("GET", "/api/v2.0/testcases/zz/results", "", ""),
    ("GET", "/api/v2.0/testcases/a/b c/results", "", ""),
    ("POST", "/api/v2.0/groups", JSON, "{}"),
    ("POST", "/api/v2.0/groups", "", ""),
    (
        "POST",
        "/api/v2.0/groups",
        JSON,
        r#"{"uuid": "g-1", "ref_url": "u"}"#,
    ),
    ("POST", "/api/v2.0/testcases", JSON, r#"{"ref_url": "x"}"#),
    ("POST", "/api/v2.0/testcases", JSON, r#"{"name": "q"}"#),
    ("GET", "/api/v2.0/healthcheck", "", ""),
    ("DELETE", "/api/v2.0/results", "", ""),
    ("DELETE", "/api/v2.0/results/1", "", ""),
    ("OPTIONS", "/api/v2.0/results", "", ""),
];

/// Where we answer otherwise than ResultsDB, by the position in the conversation, and why.
const DIFFERENCES: &[(usize, &str)] = &[
    (0, "a greeting of our own"),
    (1, "a greeting of our own"),
    (4, "a null is dropped, an object is JSON text"),
    (9, "a list is all or nothing, and an empty one a 400"),
    (10, "a text is a 400"),
    (16, "a group that is a number is a 400"),
    (17, "as stored by the first request"),
    (21, "as stored by the first request"),
    (25, "a negative page is a 400"),
    (26, "a negative limit is a 400"),
    (29, "as stored by the first request"),
    (30, "as stored by the first request"),
    (31, "as stored by the first request"),
    (32, "as stored by the first request"),
    (35, "as stored by the first request"),
    (40, "as stored by the first request"),
    (41, "a refused result leaves no test case behind"),
];

/// An answer, as far as the recording has it.
#[derive(Debug, PartialEq)]
struct Exchange {
    status: u16,
    media_type: String,
    /// The methods of the header `Allow`, sorted.
    allow: Option<Vec<String>>,
    /// JSON with what differs from run to run masked; of HTML the first line.
    body: Value,
}

#[test]
fn we_answer_as_recorded() {
    let app = App::start();
    let ours: Vec<Exchange> = REQUESTS.iter().map(|request| ask(&app, *request)).collect();
    insta::assert_snapshot!(transcript(&ours));
    let Some(data) = shared_data() else { return };
    let text = std::fs::read_to_string(data.join("../contract/captures/resultsdb-v2.txt")).unwrap();
    let recorded = recorded(&text);
    // The last two of the recording ask for version 3 where it is switched off.
    assert_eq!(recorded.len(), REQUESTS.len() + 2);
    for (index, ((line, theirs), ours)) in recorded.iter().zip(&ours).enumerate() {
        let (method, path, ..) = REQUESTS[index];
        assert!(
            line.is_empty() || line.starts_with(&format!("{method} {path}")),
            "{index}: {line}"
        );
        match DIFFERENCES.iter().find(|(at, _)| *at == index) {
            None => assert_eq!(ours, theirs, "{index}: {line}"),
            Some((_, why)) => assert_ne!(ours, theirs, "{index}: {line}: not different: {why}"),
        }
    }
}

fn ask(app: &App, (method, path, media_type, body): Request) -> Exchange {
    let mut headers = vec![("host", "localhost")];
    if !media_type.is_empty() {
        headers.push(("content-type", media_type));
    }
    let answer = app.send(method, &path.replace(' ', "%20"), &headers, body);
    Exchange {
        status: answer.status,
        media_type: answer.header("content-type").unwrap_or("").to_owned(),
        allow: answer.header("allow").map(methods),
        body: masked(answer.text.trim()),
    }
}

/// The methods of a header `Allow`, sorted, as their order says nothing.
fn methods(header: &str) -> Vec<String> {
    let mut methods: Vec<String> = header.split(", ").map(str::to_owned).collect();
    methods.sort();
    methods
}

/// The recording: each answer with the line of its request, which some lack.
fn recorded(text: &str) -> Vec<(String, Exchange)> {
    let mut exchanges: Vec<(String, Exchange)> = Vec::new();
    let mut request = String::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix(" -> ") {
            exchanges.push((std::mem::take(&mut request), head_of(head)));
        } else if let Some(body) = line.strip_prefix("    ") {
            let last = exchanges.last_mut().expect("a head before its body");
            last.1.body = masked(body);
        } else if !line.is_empty() {
            request = line.to_owned();
        }
    }
    exchanges
}

/// `405 text/html; charset=utf-8 {'Allow': 'GET, HEAD'}`.
fn head_of(text: &str) -> Exchange {
    let (text, headers) = text.split_once(" {").expect("headers");
    let (status, media_type) = text.split_once(' ').expect("a status");
    let allow = headers
        .strip_prefix("'Allow': '")
        .and_then(|rest| rest.split('\'').next())
        .map(methods);
    Exchange {
        status: status.parse().expect("a status"),
        media_type: media_type.to_owned(),
        allow,
        body: json!(""),
    }
}

/// JSON without the time of now and fresh identifiers; of anything else the first line.
fn masked(text: &str) -> Value {
    let Ok(mut body) = serde_json::from_str::<Value>(text) else {
        return json!(text.lines().next().unwrap_or_default());
    };
    mask(&mut body);
    body
}

fn mask(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(mask),
        Value::Object(fields) => {
            let uuid = fields.get("uuid").and_then(Value::as_str);
            if let Some(uuid) = uuid.filter(|uuid| uuid.len() == 36).map(str::to_owned) {
                for name in ["href", "results", "uuid"] {
                    let text = fields[name].as_str().unwrap_or_default();
                    fields[name] = json!(text.replace(&uuid, "FRESH"));
                }
            }
            for (name, value) in fields {
                match (name.as_str(), &value) {
                    ("submit_time", Value::String(time)) if time.len() > 19 => {
                        *value = json!("NOW");
                    }
                    _ => mask(value),
                }
            }
        }
        _ => {}
    }
}

fn transcript(exchanges: &[Exchange]) -> String {
    let mut text = String::new();
    for ((method, path, _, body), exchange) in REQUESTS.iter().zip(exchanges) {
        let Exchange {
            status,
            media_type,
            allow,
            body: answer,
        } = exchange;
        text.push_str(&format!(
            "{method} {path} {body}\n -> {status} {media_type}"
        ));
        if let Some(allow) = allow {
            text.push_str(&format!(" allow {}", allow.join(", ")));
        }
        text.push_str(&format!("\n    {answer}\n\n"));
    }
    text
}

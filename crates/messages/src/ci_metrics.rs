//! CI metrics: what the oldest jobs send to a topic of their own. Each entry of `tests` is a result,
//! and one more tells how all went.

use crate::data::{self, Data};
use crate::document::Node;
use crate::verdict::{Group, Mapped, NewResult, Rejection, Verdict};
use serde_json::Value;

const TOPIC: &str = "VirtualTopic.eng.platformci.tier1.result";

const UNKNOWN: &str = "unknown";

/// Whether the topic is that of CI metrics.
pub fn fits(topic: Option<&str>) -> bool {
    topic.is_some_and(|topic| topic.strip_prefix("/topic/").unwrap_or(topic) == TOPIC)
}

/// The results of CI metrics.
pub fn read(body: &Node<'_>) -> Result<Verdict, Rejection> {
    let team = body.get("team").text()?.unwrap_or("unassigned");
    let job = match body.get("job_name").text()? {
        Some(job) => job,
        None => match body.get("job_names").text()? {
            Some(job) => job,
            None => return Err(body.get("job_name").missing()),
        },
    };
    let run = body.get("jenkins_build_url").required_text()?;
    let whole = NewResult {
        test_case: format!("{team}.{job}"),
        test_case_ref_url: body.get("jenkins_job_url").text()?.map(str::to_owned),
        outcome: "PASSED".to_owned(),
        ref_url: Some(format!("{}/console", run.trim_end_matches('/'))),
        group: Some(Group::Fresh {
            ref_url: run.to_owned(),
        }),
        data: shared_data(body, job)?.into_map(),
        ..NewResult::default()
    };
    let mut results = Vec::new();
    for test in body.get("tests").required_list()? {
        if !test.is_object() {
            return Err(test.rejected("it must be an object"));
        }
        let mut own = Data::default();
        for (name, value) in test.fields() {
            own.set(name, &value)?;
        }
        let mut result = whole.clone();
        result.data = own.into_map();
        result.data.extend(whole.data.clone());
        let executor = test.get("executor").text()?.unwrap_or(UNKNOWN);
        result.test_case = format!("{}.{executor}", whole.test_case);
        if !has_none_failed(&test.get("failed")) {
            result.outcome = "FAILED".to_owned();
        }
        results.push(result);
    }
    let has_failed = results.iter().any(|result| result.outcome == "FAILED");
    let mut whole = whole;
    if has_failed {
        whole.outcome = "FAILED".to_owned();
    }
    results.push(whole);
    crate::resultsdb::limits(&results, body)?;
    Ok(Verdict::Results(Mapped {
        results,
        ..Mapped::default()
    }))
}

/// What the data of each result has.
fn shared_data(body: &Node<'_>, job: &str) -> Result<Data, Rejection> {
    let task = body.get("brew_task_id");
    let mut kind = match task.is_absent() {
        true => UNKNOWN.to_owned(),
        false => "koji_build".to_owned(),
    };
    if body.get("build_type").value() == "scratch" {
        kind.push_str("_scratch");
    }
    let mut data = Data::default()
        .with_value("item", body.get("component").text()?.unwrap_or(UNKNOWN))
        .with_value("type", kind)
        .with_value("recipients", recipients(&body.get("recipients"))?)
        .with_value("CI_tier", vec![UNKNOWN])
        .with_value("job_name", job)
        .with_value("artifact", UNKNOWN)
        .with_value("brew_task_id", UNKNOWN);
    for name in ["CI_tier", "artifact", "brew_task_id"] {
        data.set(name, &body.get(name))?;
    }
    Ok(data)
}

/// Names, separated by commas or as a list.
fn recipients(node: &Node<'_>) -> Result<Value, Rejection> {
    if node.list().is_some() {
        let data = Data::default().with("recipients", node)?.into_map();
        return Ok(data.into_iter().map(|(_, value)| value).collect());
    }
    let names = node.text()?.unwrap_or(UNKNOWN).split(',');
    let names: Vec<Value> = names
        .map(|name| reports::mapping::cropped(name).into())
        .collect();
    match names.len() > data::MAX_LIST_VALUES {
        true => Err(node.rejected(&format!(
            "it has {} names, at most {} are stored",
            names.len(),
            data::MAX_LIST_VALUES
        ))),
        false => Ok(names.into()),
    }
}

/// Whether a count of failures is there and zero. What can't be read as a count does not pass.
fn has_none_failed(node: &Node<'_>) -> bool {
    match node.value() {
        Value::Number(count) => count.as_f64().is_some_and(|count| count.abs() < 1.0),
        Value::String(text) => text.trim().parse() == Ok(0),
        _ => false,
    }
}

//! Results in ResultsDB's own format: one, or several below one reference.

use crate::MAX_TEST_CASE_CHARS;
use crate::data::Data;
use crate::document::Node;
use crate::outcome;
use crate::verdict::{Group, Mapped, NewResult, Rejection, Verdict};

/// The most results that one message may say.
pub const MAX_RESULTS: usize = 500;

/// Test cases whose runs have a page for each part: the group is the whole run.
const RPMDIFF: &str = "dist.rpmdiff";

/// Whether the fields are there.
pub fn fits(body: &Node<'_>) -> bool {
    let has = |names: &[&'static str]| {
        let fields = body.value().as_object();
        names
            .iter()
            .all(|name| fields.is_some_and(|fields| fields.contains_key(*name)))
    };
    has(&["data", "outcome", "ref_url", "testcase"]) || has(&["results", "ref_url"])
}

/// The results.
pub fn read(body: &Node<'_>, outcomes: &[String]) -> Result<Verdict, Rejection> {
    let ref_url = body.get("ref_url").required_text()?;
    let results = match body.get("results").is_absent() {
        true => vec![single(body, ref_url, outcomes)?],
        false => bulk(&body.get("results"), ref_url, outcomes)?,
    };
    limits(&results, body)?;
    Ok(Verdict::Results(Mapped {
        results,
        ..Mapped::default()
    }))
}

fn single(body: &Node<'_>, ref_url: &str, outcomes: &[String]) -> Result<NewResult, Rejection> {
    let test_case = body.get("testcase");
    let (name, test_case_ref_url) = match test_case.is_object() {
        true => (test_case.get("name"), test_case.get("ref_url").text()?),
        false => (test_case, None),
    };
    let name = name.required_text()?;
    let run = match name.starts_with(RPMDIFF) {
        true => whole_run(ref_url),
        false => ref_url,
    };
    Ok(NewResult {
        test_case: name.to_owned(),
        test_case_ref_url: test_case_ref_url.map(str::to_owned),
        group: Some(Group::OfRun {
            ref_url: run.to_owned(),
        }),
        ref_url: Some(ref_url.to_owned()),
        ..entry(body, outcomes)?
    })
}

fn bulk(
    results: &Node<'_>,
    ref_url: &str,
    outcomes: &[String],
) -> Result<Vec<NewResult>, Rejection> {
    if !results.is_object() {
        return Err(results.rejected("it must be an object with a result for each test case"));
    }
    let mut read = Vec::new();
    for (name, node) in results.fields() {
        if !node.is_object() {
            return Err(node.rejected("it must be an object"));
        }
        if name.is_empty() {
            return Err(node.rejected("the test case's name is empty"));
        }
        let own_ref_url = node.get("ref_url").text()?.unwrap_or(ref_url);
        read.push(NewResult {
            test_case: name.to_owned(),
            ref_url: Some(own_ref_url.to_owned()),
            group: Some(Group::Fresh {
                ref_url: ref_url.to_owned(),
            }),
            ..entry(&node, outcomes)?
        });
    }
    match read.is_empty() {
        true => Err(results.rejected("there is no result in it")),
        false => Ok(read),
    }
}

/// Outcome, data and note of a result.
fn entry(node: &Node<'_>, outcomes: &[String]) -> Result<NewResult, Rejection> {
    let given = node.get("data");
    if !given.is_object() && !given.is_absent() {
        return Err(given.rejected("it must be an object"));
    }
    let mut data = Data::default();
    for (name, value) in given.fields() {
        data.set(name, &value)?;
    }
    Ok(NewResult {
        outcome: outcome::as_given(&node.get("outcome"), outcomes)?,
        note: node.get("note").text()?.unwrap_or_default().to_owned(),
        data: data.into_map(),
        ..NewResult::default()
    })
}

/// `…/run/12` of `…/run/12/34`, and anything else as it is.
fn whole_run(ref_url: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let trimmed = ref_url.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some((run, part)) if is_number(part) => match run.rsplit_once("/run/") {
            Some((_, number)) if is_number(number) => run,
            _ => ref_url,
        },
        _ => ref_url,
    }
}

/// Passes results that can be stored together.
pub fn limits(results: &[NewResult], body: &Node<'_>) -> Result<(), Rejection> {
    if results.len() > MAX_RESULTS {
        return Err(body.rejected(&format!(
            "the message has {} results, at most {MAX_RESULTS} are stored",
            results.len()
        )));
    }
    let is_long = |result: &&NewResult| result.test_case.chars().count() > MAX_TEST_CASE_CHARS;
    match results.iter().any(|result| is_long(&result)) {
        true => Err(body.rejected(&format!(
            "the name of a test case has more than {MAX_TEST_CASE_CHARS} characters"
        ))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_of_a_part_is_found() {
        let check = |url: &str, expected: &str| assert_eq!(whole_run(url), expected, "{url}");
        check("https://d/run/12/34", "https://d/run/12");
        check("https://d/run/12/34/", "https://d/run/12");
        check("https://d/run/12", "https://d/run/12");
        check("https://d/x/12/34", "https://d/x/12/34");
        check("https://d/run/12/x", "https://d/run/12/x");
    }
}

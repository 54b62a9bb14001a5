//! The one sentence a decision comes with.

use std::collections::BTreeMap;

use super::answer::{Answer, AnswerKind};

/// Sums up answers: first what is wrong with gating files, then what is wrong with tests.
pub(crate) fn summarize<'a>(answers: impl Iterator<Item = &'a Answer> + Clone) -> String {
    let mut tests: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for answer in answers.clone().filter(|answer| !answer.is_satisfied()) {
        let counts = if answer.kind.is_test_result() {
            &mut tests
        } else {
            &mut files
        };
        *counts.entry(phrase(&answer.kind)).or_default() += 1;
    }
    let required = answers
        .filter(|answer| answer.kind.is_test_result())
        .count();

    let mut parts = Vec::new();
    if !files.is_empty() {
        parts.push(counted(&files));
    }
    if !tests.is_empty() {
        parts.push(format!(
            "Of {required} required test{}, {}",
            plural(required),
            counted(&tests)
        ));
    }
    match required {
        _ if !parts.is_empty() => parts.join(". "),
        0 => "No tests are required".to_owned(),
        _ => format!("All required tests ({required} total) have passed or been waived"),
    }
}

/// What a fault is called; `{s}` is where the plural goes. The alphabetical order of these is the order in which they are named.
fn phrase(kind: &AnswerKind) -> &'static str {
    match kind {
        AnswerKind::Missing { .. } => "result{s} missing",
        AnswerKind::Errored { .. } => "test{s} errored",
        AnswerKind::Incomplete(_) => "test{s} incomplete",
        AnswerKind::InvalidGatingYaml { .. } => "error{s} due to invalid remote rule file",
        AnswerKind::MissingGatingYaml { .. } => "error{s} due to missing remote rule file",
        AnswerKind::FailedFetchGatingYaml { .. } => {
            "error{s} while trying to fetch remote rule file"
        }
        AnswerKind::Failed(_)
        | AnswerKind::Passed(_)
        | AnswerKind::Excluded
        | AnswerKind::FetchedGatingYaml { .. } => "test{s} failed",
    }
}

fn counted(counts: &BTreeMap<&str, usize>) -> String {
    let one = |(phrase, count): (&&str, &usize)| {
        format!("{count} {}", phrase.replace("{s}", plural(*count)))
    };
    counts.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

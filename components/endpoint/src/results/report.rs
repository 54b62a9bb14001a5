//! Reports of test runs over HTTP: limits, what is answered of one that is stored, and of one that
//! can't be read.

use crate::results::wire::PREFIX;
use http_edge::query::encode_parameter;
use http_edge::request::{encode_path, encode_segment};
use http_edge::{Error, Reply};
use reports::{Kind, Mapping, Problem, Summary, mapping};
use serde::Serialize;

/// How large the body may be, packed or not, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// How large the results of one report may be together, as JSON.
pub const MAX_RESULTS_BYTES: usize = 64 * 1024 * 1024;

/// The most values of extra data of all results of one report together. Each is a row in an index,
/// and nobody else can write while they are stored.
pub const MAX_DATA_VALUES: usize = 2_000_000;

/// What is answered of a report that is stored; keys in alphabetical order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Report))]
pub struct ReportJson<'a> {
    /// The cases by what came out of them, whether they became results or not.
    cases: CountsJson,
    /// How long the cases took together, in seconds, as far as the report says.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    duration: Option<f64>,
    /// What the report was read as: `junit` or `tap`.
    format: &'static str,
    /// The group of all results.
    group: ReportGroupJson<'a>,
    /// What is odd or contradictory in the document, by line; at most 100.
    problems: Vec<ReportProblemJson<'a>>,
    /// How many problems there are.
    problems_count: u64,
    /// The result of the whole report, which is the one that policies name.
    result: RollUpJson<'a>,
    /// How many results were stored, that of the whole report included.
    results_count: u64,
}

/// Cases by outcome.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportCases))]
struct CountsJson {
    /// Could not be carried through.
    errored: u64,
    /// Failed.
    failed: u64,
    /// Part of `passed`: after they had failed.
    flaky: u64,
    /// Passed.
    passed: u64,
    /// Not run.
    skipped: u64,
    /// Failed, as was expected.
    todo: u64,
    /// Part of `passed`: though they were expected to fail.
    todo_passed: u64,
    /// All of them.
    total: u64,
}

/// The group of a report's results.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportGroup))]
struct ReportGroupJson<'a> {
    /// Where it is.
    href: String,
    /// Where its results are.
    results: String,
    /// Its identifier.
    uuid: &'a str,
}

/// Something odd in a report.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportProblem))]
struct ReportProblemJson<'a> {
    /// A word for programs, such as `fewer-points-than-plan`.
    code: &'static str,
    /// Whether it makes the whole report an error.
    is_error: bool,
    /// The line, from 1.
    line: u64,
    /// What it is, for people.
    message: &'a str,
}

/// The result of the whole report.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportResult))]
struct RollUpJson<'a> {
    /// Where it is.
    href: String,
    /// Its number.
    id: u64,
    /// Its outcome.
    outcome: &'a str,
    /// Its test case.
    testcase: ReportTestCaseJson,
}

/// Its test case.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportTestCase))]
struct ReportTestCaseJson {
    /// Where it is.
    href: String,
    /// Its name.
    name: String,
}

impl<'a> ReportJson<'a> {
    /// What is answered of this report: its group, the id of the result of the whole and how many
    /// results there are, with links that begin with `base`.
    #[must_use]
    pub fn new(
        summary: &'a Summary,
        mapping: &Mapping<'a>,
        uuid: &'a str,
        id: u64,
        results_count: u64,
        base: &str,
    ) -> Self {
        let counts = &summary.counts;
        let name = mapping::test_case_name(mapping.prefix, "");
        let problems = summary.notes.kept.iter().map(|note| ReportProblemJson {
            code: note.code,
            is_error: note.is_breaking,
            line: note.line,
            message: &note.message,
        });
        Self {
            cases: CountsJson {
                errored: counts.errored,
                failed: counts.failed,
                flaky: counts.flaky,
                passed: counts.passed,
                skipped: counts.skipped,
                todo: counts.todo,
                todo_passed: counts.todo_passed,
                total: counts.total(),
            },
            duration: counts
                .seconds
                .and_then(|seconds| mapping::rounded(seconds).parse().ok()),
            format: summary.format.name(),
            group: ReportGroupJson {
                href: format!("{base}{PREFIX}/groups/{}", encode_segment(uuid)),
                results: format!("{base}{PREFIX}/results?groups={}", encode_parameter(uuid)),
                uuid,
            },
            problems: problems.collect(),
            problems_count: summary.notes.total,
            result: RollUpJson {
                href: format!("{base}{PREFIX}/results/{id}"),
                id,
                outcome: mapping::outcome(summary.outcome(), mapping),
                testcase: ReportTestCaseJson {
                    href: format!("{base}{PREFIX}/testcases/{}", encode_path(&name)),
                    name,
                },
            },
            results_count,
        }
    }

    /// The same for people.
    #[must_use]
    pub fn in_words(&self, summary: &Summary) -> String {
        format!(
            "{}: {}\n{}\nresults: {}\n",
            self.result.testcase.name,
            self.result.outcome,
            mapping::in_words(summary),
            self.group.results,
        )
    }
}

/// The body of the answer to a report that can't be read.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[schema(as = UnreadableReport)]
pub struct UnreadableReport {
    /// The character in the line, from 1. Not there if the problem is at no place in the text.
    pub column: Option<u64>,
    /// The line, from 1. Not there if the problem is at no place in the text.
    pub line: Option<u64>,
    /// What is wrong and where, for people.
    pub message: String,
}

/// The answer to a report that is refused: 400 with the place, or 413.
#[must_use]
pub fn refusal(problem: &Problem) -> Error {
    let status = match problem.kind {
        Kind::Broken => 400,
        Kind::TooLarge => 413,
    };
    if problem.line == 0 {
        let text = format!("The report can't be taken: {}.", problem.message);
        return Error::message(status, &text);
    }
    let message = format!(
        "The report can't be read, line {}, column {}: {}.",
        problem.line, problem.column, problem.message
    );
    let body = serde_json::json!({
        "column": problem.column, "line": problem.line, "message": message,
    });
    match Reply::json(status, &body) {
        Ok(reply) => Error::Client(reply),
        Err(error) => error.into(),
    }
}

//! The smallest set of actions that opens a gate.
//!
//! What is unsatisfied falls into blocks, one for each subject and test case: a waiver reaches no further than that. Blocks are joined where
//! one new result would answer to several, or where one remote file is behind them. Then nothing that is done for one block helps another, so
//! each needs an action, and one action each is enough.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, FileRef, ResultRef, RunTest, WaiverBody};
use super::enough::{Wanted, What, enough};
use super::rules::distinct_data;
use crate::decide::answer::{Answer, AnswerKind};
use crate::decide::evaluate::JudgedSubject;
use crate::decide::latest::finds;
use crate::decide::settle::Settled;
use crate::domain::records::TestResult;
use crate::domain::subject::{ResultQuery, Subject};

/// The actions, in the order in which the decision names what they are for. None if the gate is open.
pub(crate) fn actions(settled: &Settled<'_>) -> Vec<Action> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut known: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let judged = settled.evaluation.subjects.iter();
    let answers = judged.flat_map(|judged| {
        let answers = settled.evaluation.answers_of(judged);
        answers.map(move |answer| (judged, answer))
    });
    for (judged, answer) in answers.filter(|(_, answer)| answer.closes_gate()) {
        let key = (
            answer.subject.subject_type.id.as_str(),
            answer.subject.identifier.as_str(),
            answer.kind.testcase(),
        );
        let index = *known.entry(key).or_insert(blocks.len());
        if index == blocks.len() {
            blocks.push(Block::new(judged, &answer.subject, answer.kind.testcase()));
        }
        if let Some(block) = blocks.get_mut(index) {
            block.add(answer);
        }
    }
    for block in &mut blocks {
        block.finish();
    }
    let keys = settled.evaluation.plan.distinct_on();
    let product_version = &settled.evaluation.plan.request.product_version;
    join(blocks)
        .iter()
        .map(|joined| action(joined, keys, product_version))
        .collect()
}

/// What is unsatisfied of one subject and test case.
pub(crate) struct Block<'s> {
    pub judged: &'s JudgedSubject<'s>,
    pub subject: &'s Subject,
    pub testcase: &'s str,
    pub queries: Vec<ResultQuery>,
    /// Scenarios of rules without any result; none is a rule without a scenario.
    missing: BTreeSet<Option<&'s str>>,
    /// Results that have not finished, failed or could not be carried out.
    unsatisfying: BTreeMap<i64, (bool, &'s TestResult)>,
    files: BTreeSet<FileRef>,
    /// What waivers may name; none is something without a scenario.
    scenarios: BTreeSet<Option<&'s str>>,
    /// The results that would satisfy it.
    pub wanted: Vec<Wanted<'s>>,
}

impl<'s> Block<'s> {
    fn new(judged: &'s JudgedSubject<'s>, subject: &'s Subject, testcase: &'s str) -> Self {
        Self {
            judged,
            subject,
            testcase,
            queries: subject.result_queries(),
            missing: BTreeSet::new(),
            unsatisfying: BTreeMap::new(),
            files: BTreeSet::new(),
            scenarios: BTreeSet::new(),
            wanted: Vec::new(),
        }
    }

    fn add(&mut self, answer: &'s Answer) {
        let scenario = answer.kind.scenario().filter(|one| !one.is_empty());
        self.scenarios.insert(scenario);
        let result = answer.kind.result();
        let result = result.and_then(|found| {
            let mut latest = self.judged.latest.iter();
            latest.find(|result| result.id == found.result_id)
        });
        match &answer.kind {
            AnswerKind::Missing { scenario, .. } => {
                self.missing.insert(scenario.as_deref());
            }
            AnswerKind::Incomplete(_) | AnswerKind::Failed(_) | AnswerKind::Errored { .. } => {
                let has_finished = !matches!(answer.kind, AnswerKind::Incomplete(_));
                let entry = result.map(|result| (result.id, (has_finished, *result)));
                self.unsatisfying.extend(entry);
            }
            AnswerKind::InvalidGatingYaml { source, details } => {
                self.add_file(std::slice::from_ref(source), details);
            }
            AnswerKind::MissingGatingYaml { sources } => {
                self.add_file(sources, "the file is required, and missing");
            }
            AnswerKind::FailedFetchGatingYaml { sources, error } => self.add_file(sources, error),
            AnswerKind::Passed(_) | AnswerKind::Excluded | AnswerKind::FetchedGatingYaml { .. } => {
            }
        }
    }

    fn add_file(&mut self, sources: &[String], problem: &str) {
        self.files.insert(FileRef {
            subject_type: self.subject.subject_type.id.clone(),
            subject_identifier: self.subject.identifier.clone(),
            sources: sources.to_vec(),
            problem: problem.to_owned(),
        });
    }

    /// Works out which results are wanted.
    fn finish(&mut self) {
        let missing = self.missing.iter().map(|scenario| Wanted {
            what: What::Run(*scenario),
            data: self.template(*scenario),
        });
        let newer = self
            .unsatisfying
            .values()
            .map(|(has_finished, result)| Wanted {
                what: match has_finished {
                    true => What::Fix(result),
                    false => What::WaitFor(result),
                },
                data: result.data.clone(),
            });
        self.wanted = missing.chain(newer).collect();
    }

    /// Data of a result that the first query finds, with a scenario if one is asked for.
    fn template(&self, scenario: Option<&str>) -> BTreeMap<String, Vec<String>> {
        let query = self.queries.first().into_iter().flatten();
        let first = |(key, values): (&String, &Vec<String>)| {
            (key.clone(), values.iter().take(1).cloned().collect())
        };
        let mut data: BTreeMap<String, Vec<String>> = query.map(first).collect();
        if let Some(scenario) = scenario {
            let scenarios = data.entry("scenario".to_owned()).or_default();
            scenarios.push(scenario.to_owned());
        }
        data
    }

    /// Whether something done for one of the two helps the other.
    fn touches(&self, other: &Self) -> bool {
        let finds_wanted = |one: &Self, other: &Self| {
            let mut wanted = other.wanted.iter();
            wanted.any(|wanted| one.queries.iter().any(|query| finds(query, &wanted.data)))
        };
        let sources = |block: &Self| -> BTreeSet<String> {
            let files = block.files.iter();
            files.flat_map(|file| file.sources.clone()).collect()
        };
        self.testcase == other.testcase
            && (finds_wanted(self, other)
                || finds_wanted(other, self)
                || !sources(self).is_disjoint(&sources(other)))
    }
}

/// Joins the blocks that touch, in the order of the first of each.
fn join(blocks: Vec<Block<'_>>) -> Vec<Vec<Block<'_>>> {
    let mut by_testcase: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut joined: Vec<Vec<Block<'_>>> = Vec::new();
    for block in blocks {
        let places = by_testcase.entry(block.testcase).or_default();
        let touching: Vec<usize> = places
            .iter()
            .copied()
            .filter(|place| {
                let mut others = joined.get(*place).into_iter().flatten();
                others.any(|other| block.touches(other))
            })
            .collect();
        let Some((first, rest)) = touching.split_first() else {
            places.push(joined.len());
            joined.push(vec![block]);
            continue;
        };
        places.retain(|place| !rest.contains(place));
        let mut moved = vec![block];
        for place in rest {
            moved.extend(
                joined
                    .get_mut(*place)
                    .map(std::mem::take)
                    .into_iter()
                    .flatten(),
            );
        }
        if let Some(place) = joined.get_mut(*first) {
            place.extend(moved);
        }
    }
    joined.retain(|blocks| !blocks.is_empty());
    joined
}

fn action(blocks: &[Block<'_>], keys: &[String], product_version: &str) -> Action {
    let mut action = Action {
        testcase: blocks
            .first()
            .map_or_else(String::new, |block| block.testcase.to_owned()),
        text: String::new(),
        run: Vec::new(),
        wait_for: Vec::new(),
        fix: Vec::new(),
        files: Vec::new(),
        or_waive: Vec::new(),
    };
    for (block, wanted) in enough(blocks, keys) {
        let (subject_type, subject_identifier) = (
            block.subject.subject_type.id.clone(),
            block.subject.identifier.clone(),
        );
        let refer = |result: &TestResult| ResultRef {
            result_id: result.id,
            outcome: result.outcome.clone(),
            subject_type: subject_type.clone(),
            subject_identifier: subject_identifier.clone(),
            data: distinct_data(result, keys),
        };
        match wanted.what {
            What::Run(scenario) => action.run.push(RunTest {
                subject_type,
                subject_identifier,
                scenario: scenario.map(str::to_owned),
                data: wanted.data.clone(),
            }),
            What::WaitFor(result) => action.wait_for.push(refer(result)),
            What::Fix(result) => action.fix.push(refer(result)),
        }
    }
    for block in blocks {
        let (subject_type, subject_identifier) =
            (&block.subject.subject_type.id, &block.subject.identifier);
        action.files.extend(block.files.iter().cloned());
        let body = |scenario: Option<&str>| WaiverBody {
            subject_type: subject_type.clone(),
            subject_identifier: subject_identifier.clone(),
            testcase: block.testcase.to_owned(),
            product_version: product_version.to_owned(),
            scenario: scenario.map(str::to_owned),
        };
        // A waiver for a scenario covers nothing without one, and one without covers everything.
        if block.scenarios.contains(&None) {
            action.or_waive.push(body(None));
        } else {
            let scenarios = block.scenarios.iter();
            action
                .or_waive
                .extend(scenarios.map(|scenario| body(*scenario)));
        }
    }
    action.text = text(&action);
    action
}

/// The action in words.
fn text(action: &Action) -> String {
    let of = |kind: &str, identifier: &str| format!("{kind} {identifier}");
    let testcase = &action.testcase;
    let mut parts = Vec::new();
    for run in &action.run {
        let scenario = run.scenario.as_deref();
        let scenario = scenario.map_or_else(String::new, |one| format!(" in scenario `{one}`"));
        let subject = of(&run.subject_type, &run.subject_identifier);
        parts.push(format!("run `{testcase}`{scenario} for {subject}"));
    }
    let with_results = [("wait for", &action.wait_for), ("fix", &action.fix)];
    for (verb, results) in with_results {
        for result in results {
            let subject = of(&result.subject_type, &result.subject_identifier);
            let ResultRef {
                result_id, outcome, ..
            } = result;
            parts.push(format!(
                "{verb} `{testcase}` of {subject} (result {result_id}, {outcome})"
            ));
        }
    }
    for file in &action.files {
        let subject = of(&file.subject_type, &file.subject_identifier);
        let sources = match file.sources.as_slice() {
            [] => "the remote rule file".to_owned(),
            sources => sources.join(" or "),
        };
        // A parser's problem has lines; here is room for one.
        let problem = file.problem.lines().next().unwrap_or_default();
        parts.push(format!("fix {sources} of {subject}: {problem}"));
    }
    parts.join("; ")
}

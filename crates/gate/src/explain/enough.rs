//! Which new results are enough: one may answer to several rules, subjects and older results at once.

use std::collections::BTreeMap;

use super::open::Block;
use crate::decide::latest::{finds, stands_for};
use crate::domain::records::TestResult;

/// Of more results than these for one test case all are named.
const MAX_REDUCED: usize = 200;

/// A passing result that is wanted.
pub(crate) struct Wanted<'s> {
    /// What it is wanted for.
    pub what: What<'s>,
    /// Its data.
    pub data: BTreeMap<String, Vec<String>>,
}

/// What a result is wanted for.
#[derive(Clone, Copy)]
pub(crate) enum What<'s> {
    /// A rule without any result; with its scenario, if it has one.
    Run(Option<&'s str>),
    /// A result that has not finished.
    WaitFor(&'s TestResult),
    /// A result that failed or could not be carried out.
    Fix(&'s TestResult),
}

/// Of the results that blocks want, as few as do for all. Keys are those that tell results of one test case apart.
pub(crate) fn enough<'b, 's>(
    blocks: &'b [Block<'s>],
    keys: &[String],
) -> Vec<(&'b Block<'s>, &'b Wanted<'s>)> {
    let of_block = |block: &'b Block<'s>| block.wanted.iter().map(move |wanted| (block, wanted));
    let wanted: Vec<_> = blocks.iter().flat_map(of_block).collect();
    if wanted.len() > MAX_REDUCED {
        return wanted;
    }
    // For each result what it does, as indices of what is wanted.
    let does_of = |(_, by): &(&Block<'_>, &Wanted<'_>)| -> Vec<usize> {
        let all = wanted.iter().enumerate();
        let done = all.filter(|(_, (block, wanted))| does(by, block, wanted, keys));
        done.map(|(index, _)| index).collect()
    };
    let done: Vec<Vec<usize>> = wanted.iter().map(does_of).collect();
    let mut times_done: BTreeMap<usize, usize> = BTreeMap::new();
    for index in done.iter().flatten() {
        *times_done.entry(*index).or_default() += 1;
    }
    let mut kept = Vec::new();
    for (one, done) in wanted.iter().zip(&done) {
        let is_needless = done
            .iter()
            .all(|index| times_done.get(index).is_some_and(|times| *times > 1));
        if is_needless {
            for index in done {
                times_done.entry(*index).and_modify(|times| *times -= 1);
            }
        } else {
            kept.push(*one);
        }
    }
    kept
}

/// Whether one new result does what another is wanted for: it is found by the same queries, and stands for the same.
fn does(by: &Wanted<'_>, block: &Block<'_>, wanted: &Wanted<'_>, keys: &[String]) -> bool {
    match wanted.what {
        What::Run(scenario) => {
            let mut queries = block.queries.iter();
            let has_scenario = |scenario: &str| {
                let mut scenarios = by.data.get("scenario").into_iter().flatten();
                scenarios.any(|own| own == scenario)
            };
            queries.any(|query| finds(query, &by.data)) && scenario.is_none_or(has_scenario)
        }
        What::WaitFor(result) | What::Fix(result) => {
            let mut queries = block.queries.iter().zip(&block.judged.by_query);
            queries.all(|(query, latest)| {
                let own = latest
                    .of_testcase(block.testcase)
                    .filter(|(_, latest)| latest.id == result.id);
                let mut own = own.map(|(combination, _)| combination).peekable();
                own.peek().is_none()
                    || finds(query, &by.data)
                        && own.all(|combination| stands_for(&by.data, keys, combination))
            })
        }
    }
}

//! What holds of every decision, in worlds made at random.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

mod support;

use gate::explain::action::Action;
use gate::explain::view::{Explanation, PolicyExplanation, RuleOutcome};
use gate::{TestResult, Waiver};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::world::{END_US, FRESH_ID, World, result, waiver, world};

/// What each rule came to, in order.
fn outcomes(explanation: &Explanation) -> Vec<RuleOutcome> {
    fn collect(policies: &[PolicyExplanation], outcomes: &mut Vec<RuleOutcome>) {
        for rule in policies.iter().flat_map(|policy| &policy.rules) {
            outcomes.push(rule.outcome);
            let file = rule.remote_file.iter();
            file.for_each(|file| collect(&file.policies, outcomes));
        }
    }
    let mut found = Vec::new();
    for subject in &explanation.subjects {
        collect(&subject.policies, &mut found);
    }
    found
}

/// Nothing that was satisfied has become unsatisfied.
fn check_not_worse(before: &Explanation, after: &Explanation) {
    assert!(!before.policies_satisfied || after.policies_satisfied);
    let (before, after) = (outcomes(before), outcomes(after));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert!(
            *before == RuleOutcome::Unsatisfied || *after != RuleOutcome::Unsatisfied,
            "{before:?} became {after:?}"
        );
    }
}

/// What is decided, whatever the order.
fn unordered(decision: &Value) -> Value {
    let mut decision = decision.clone();
    for key in [
        "applicable_policies",
        "satisfied_requirements",
        "unsatisfied_requirements",
        "informative_requirements",
    ] {
        if let Some(list) = decision.get_mut(key).and_then(Value::as_array_mut) {
            list.sort_by_key(Value::to_string);
        }
    }
    decision
}

/// The world in which an action is done: by results, or by waivers.
fn done(world: &World, actions: &[(&Action, bool)]) -> World {
    let (mut after, (_, request)) = (world.clone(), world.load());
    let at_us = world.until_us(&request);
    let mut id = FRESH_ID;
    for (action, by_waiver) in actions {
        // What is in a repaired file is for nobody to say.
        if *by_waiver || !action.files.is_empty() {
            for body in &action.or_waive {
                id += 1;
                after.waivers.push(Waiver {
                    id,
                    subject_type: body.subject_type.clone(),
                    subject_identifier: body.subject_identifier.clone(),
                    testcase: body.testcase.clone(),
                    product_version: body.product_version.clone(),
                    scenario: body.scenario.clone(),
                    waived: true,
                    timestamp_us: at_us,
                    ..Waiver::default()
                });
            }
            continue;
        }
        let refs = action.wait_for.iter().chain(&action.fix);
        let newer = refs.map(|one| {
            let mut results = world.results.iter();
            results
                .find(|result| result.id == one.result_id)
                .unwrap()
                .data
                .clone()
        });
        for data in newer.chain(action.run.iter().map(|run| run.data.clone())) {
            id += 1;
            after.results.push(TestResult {
                id,
                testcase: action.testcase.clone(),
                outcome: "PASSED".to_owned(),
                submit_time_us: at_us,
                data,
            });
        }
    }
    after
}

/// The action without one of the things that belong to it, for each of them.
fn parts(action: &Action, by_waiver: bool) -> Vec<Action> {
    let mut parts = Vec::new();
    let mut add = |change: &dyn Fn(&mut Action)| {
        let mut part = action.clone();
        change(&mut part);
        parts.push(part);
    };
    if by_waiver || !action.files.is_empty() {
        (0..action.or_waive.len()).for_each(|index| add(&|part| drop(part.or_waive.remove(index))));
    } else {
        (0..action.run.len()).for_each(|index| add(&|part| drop(part.run.remove(index))));
        (0..action.wait_for.len()).for_each(|index| add(&|part| drop(part.wait_for.remove(index))));
        (0..action.fix.len()).for_each(|index| add(&|part| drop(part.fix.remove(index))));
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_passing_result_makes_nothing_worse(world in world(true), added in result()) {
        let mut after = world.clone();
        after.results.push(TestResult { id: FRESH_ID, outcome: "PASSED".to_owned(), ..added });
        if let (Some(before), Some(after)) = (world.explain(), after.explain()) {
            check_not_worse(&before, &after);
        }
    }

    #[test]
    fn a_waiver_makes_nothing_worse(world in world(true), added in waiver()) {
        let mut after = world.clone();
        after.waivers.push(Waiver { id: FRESH_ID, waived: true, timestamp_us: END_US, ..added });
        if let (Some(before), Some(after)) = (world.explain(), after.explain()) {
            check_not_worse(&before, &after);
        }
    }

    #[test]
    fn the_order_of_policies_and_rules_changes_no_verdict(
        (world, shuffled) in world(false).prop_flat_map(|world| {
            let policies = Just(world.policies.clone()).prop_shuffle();
            (Just(world), policies, any::<bool>())
        }).prop_map(|(world, mut policies, reverse)| {
            for policy in policies.iter_mut().filter(|_| reverse) {
                policy.rules.reverse();
            }
            let shuffled = World { policies, ..world.clone() };
            (world, shuffled)
        })
    ) {
        let (before, after) = (world.decide(), shuffled.decide());
        let without_policies = |decision: Option<Value>| decision.map(|decision| {
            let mut decision = unordered(&decision);
            // Policies are named by their place here.
            decision["applicable_policies"] = json!(null);
            for one in decision["satisfied_requirements"].as_array_mut().unwrap() {
                one["policy"] = json!(null);
            }
            decision
        });
        prop_assert_eq!(without_policies(before), without_policies(after));
    }

    #[test]
    fn to_decide_as_of_now_is_to_decide(world in world(true)) {
        let (mut without, mut with) = (world.clone(), world);
        without.request["when"] = json!(null);
        with.request["when"] = json!("1970-01-01T00:01:40.000000");
        prop_assert_eq!(without.decide(), with.decide());
    }

    #[test]
    fn explanation_and_decision_agree(world in world(true)) {
        let (decision, explanation) = (world.decide(), world.explain());
        prop_assert_eq!(decision.is_some(), explanation.is_some());
        let (Some(decision), Some(explanation)) = (decision, explanation) else { return Ok(()) };
        prop_assert_eq!(&json!(explanation.policies_satisfied), &decision["policies_satisfied"]);
        prop_assert_eq!(&json!(explanation.summary), &decision["summary"]);
        prop_assert_eq!(explanation.actions.is_empty(), explanation.policies_satisfied);
        let wider = world.look(|evaluation, stored| {
            let waivers = support::read_explanation_waivers(stored, &evaluation);
            let all = evaluation.clone().apply_waivers(stored);
            let wider = evaluation.apply_waivers(&waivers);
            assert_eq!((&all.waiver_ids, &all.result_ids), (&wider.waiver_ids, &wider.result_ids));
            (serde_json::to_value(all).unwrap(), serde_json::to_value(wider).unwrap())
        }).unwrap();
        prop_assert_eq!((&decision, &decision), (&wider.0, &wider.1));
    }

    #[test]
    fn the_actions_open_the_gate_and_none_can_be_left_out(world in world(true), by_waiver in any::<u32>()) {
        let Some(explanation) = world.explain() else { return Ok(()) };
        let ways = (0..).map(|bit| by_waiver >> (bit % 32) & 1 == 1);
        let actions: Vec<(&Action, bool)> = explanation.actions.iter().zip(ways).collect();
        let is_open = |actions: &[(&Action, bool)]| done(&world, actions).decide().unwrap()["policies_satisfied"] == true;
        prop_assert!(is_open(&actions), "{explanation}");
        for index in 0..actions.len() {
            let mut others = actions.clone();
            let left_out = others.remove(index);
            prop_assert!(!is_open(&others), "{}\n{explanation}", left_out.0.text);
            for part in parts(left_out.0, left_out.1) {
                let mut others = others.clone();
                others.push((&part, left_out.1));
                prop_assert!(!is_open(&others), "{}\n{explanation}", json!(part));
            }
        }
    }
}

#[test]
fn worlds_are_worth_looking_at() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut open, mut closed, mut joined, mut informative, mut waived) = (0, 0, 0, 0, 0);
    for _ in 0..500 {
        let world = world(true).new_tree(&mut runner).unwrap().current();
        let (Some(explanation), Some(decision)) = (world.explain(), world.decide()) else {
            continue;
        };
        *(if explanation.policies_satisfied {
            &mut open
        } else {
            &mut closed
        }) += 1;
        let bodies = explanation
            .actions
            .iter()
            .map(|action| action.or_waive.len());
        joined += usize::from(bodies.max() > Some(1));
        informative += usize::from(decision.get("informative_requirements").is_some());
        waived += usize::from(outcomes(&explanation).contains(&RuleOutcome::Waived));
    }
    let seen = [open, closed, joined, informative, waived];
    assert!(seen.iter().all(|count| *count >= 20), "{seen:?}");
}

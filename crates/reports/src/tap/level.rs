//! One level of a document: its plan, its points, and what they contradict each other in. The
//! outermost level is the document, the others are subtests.

use super::line::{Directive, Point};
use crate::case::{Case, Status, bounded};
use std::collections::HashSet;

/// A plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The first number.
    pub first: u64,
    /// The last number; smaller than the first if everything is skipped.
    pub last: u64,
}

/// The point whose subtest is in braces.
#[derive(Debug)]
pub struct Opener {
    /// How far it is indented, in columns.
    pub indent: usize,
    /// Itself.
    pub point: Case,
}

/// A level that is open.
#[derive(Debug)]
pub struct Level {
    /// How far its lines are indented, in columns.
    pub indent: usize,
    /// The line that it begins in.
    pub line: u64,
    /// What a comment calls it.
    pub name: Option<String>,
    /// Its plan.
    pub plan: Option<Plan>,
    /// The point that a `{` stands behind, and that `}` completes.
    pub opened_by: Option<Opener>,
    /// Its cases that are complete, and those of its subtests.
    pub cases: Vec<Case>,
    /// Its last point, to which diagnostics may still be added.
    pub last: Option<Case>,
    points: u64,
    previous_id: u64,
    ids: HashSet<u64>,
    /// The first number that is repeated, and its line.
    pub repeated_id: Option<(u64, u64)>,
    smallest_id: Option<(u64, u64)>,
    largest_id: Option<(u64, u64)>,
    /// Whether something in it failed that is no case of its own.
    pub has_failed: bool,
}

impl Level {
    /// A level at this indentation.
    pub fn new(indent: usize, line: u64) -> Self {
        Self {
            indent,
            line,
            name: None,
            plan: None,
            opened_by: None,
            cases: Vec::new(),
            last: None,
            points: 0,
            previous_id: 0,
            ids: HashSet::new(),
            repeated_id: None,
            smallest_id: None,
            largest_id: None,
            has_failed: false,
        }
    }

    /// Whether nothing has been said in it.
    pub fn is_fresh(&self) -> bool {
        self.points == 0 && self.plan.is_none()
    }

    /// How many points it has of its own.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// Counts a point and makes a case of it.
    pub fn point(&mut self, point: Point, line: u64) -> Case {
        let id = point.id.unwrap_or(self.previous_id.saturating_add(1));
        self.previous_id = id;
        self.points += 1;
        if !self.ids.insert(id) && self.repeated_id.is_none() {
            self.repeated_id = Some((id, line));
        }
        if self.smallest_id.is_none_or(|(smallest, _)| id < smallest) {
            self.smallest_id = Some((id, line));
        }
        if self.largest_id.is_none_or(|(largest, _)| id > largest) {
            self.largest_id = Some((id, line));
        }
        let status = match (point.directive, point.is_ok) {
            (Some(Directive::Skip), _) => Status::Skipped,
            (Some(Directive::Todo), false) => Status::Todo,
            (_, true) => Status::Passed,
            (None, false) => Status::Failed,
        };
        let reason = match point.directive {
            Some(_) => Some(point.reason),
            None => None,
        };
        let full_name = match point.description.is_empty() {
            true => id.to_string(),
            false => bounded(&point.description).into_owned(),
        };
        Case {
            full_name,
            name: point.description,
            status,
            message: reason,
            text: None,
            seconds: point.seconds,
            file: None,
            tap_id: Some(id),
            is_todo: point.directive == Some(Directive::Todo),
            is_flaky: false,
            attempts: 1,
            properties: Vec::new(),
            line,
        }
    }

    /// What contradicts the plan, as (word, sentence, line), where `end` is the last line.
    pub fn contradictions(&self, end: u64) -> Vec<(&'static str, String, u64)> {
        let mut found = Vec::new();
        if let Some((id, line)) = self.repeated_id {
            found.push(("repeated-id", format!("the number {id} is repeated"), line));
        }
        let Some(plan) = self.plan else {
            if self.points > 0 {
                found.push(("no-plan", "there is no plan such as `1..4`".into(), end));
            }
            return found;
        };
        let planned = (plan.last.saturating_add(1)).saturating_sub(plan.first);
        if self.points < planned {
            let message = format!("{planned} points are planned, there are {}", self.points);
            found.push(("fewer-points-than-plan", message, end));
        } else if self.points > planned {
            let message = format!("{planned} points are planned, there are {}", self.points);
            found.push(("more-points-than-plan", message, end));
        }
        let outside = [self.smallest_id, self.largest_id].into_iter().flatten();
        let outside = outside.filter(|(id, _)| !(plan.first..=plan.last).contains(id));
        if let Some((id, line)) = outside.min_by_key(|(_, line)| *line) {
            let message = format!(
                "the number {id} is not in the plan {}..{}",
                plan.first, plan.last
            );
            found.push(("id-out-of-plan", message, line));
        }
        found
    }
}

//! Subtests: which lines open one, which point closes it, and what becomes of its cases.

use super::level::{Level, Opener};
use super::{MAX_DEPTH, Reader};
use crate::case::{Case, Status, bounded};
use crate::problem::{Note, Problem};

/// How much further subtests are indented, in columns.
const STEP: usize = 4;

/// The same in the kernel's variant.
const KERNEL_STEP: usize = 2;

impl Reader<'_> {
    /// Opens a subtest at this indentation, if lines that are indented so may be one.
    pub(super) fn open(&mut self, indent: usize) -> Result<bool, Problem> {
        let step = match self.is_kernel {
            true => KERNEL_STEP,
            false => STEP,
        };
        if indent < self.indent() + step {
            return Ok(false);
        }
        self.flush()?;
        self.push(Level::new(indent, self.line))?;
        Ok(true)
    }

    /// Opens the subtest in braces of this point.
    pub(super) fn open_in_braces(&mut self, indent: usize, point: Case) -> Result<(), Problem> {
        let mut level = Level::new(indent + STEP, self.line);
        level.opened_by = Some(Opener { indent, point });
        self.push(level)
    }

    fn push(&mut self, mut level: Level) -> Result<(), Problem> {
        if self.subtests.len() >= MAX_DEPTH {
            return Err(Problem {
                line: self.line,
                column: 1,
                ..Problem::broken(format!(
                    "subtests are nested deeper than {MAX_DEPTH} levels"
                ))
            });
        }
        level.name = self.subtest_name.take();
        self.subtests.push(level);
        Ok(())
    }

    /// Makes the level of a point at this indentation the innermost one, and returns the subtest that
    /// the point closes. Nothing at all if a point can't be indented so.
    #[allow(
        clippy::option_option,
        reason = "the outer one says whether it is a point"
    )]
    pub(super) fn level_for_point(
        &mut self,
        indent: usize,
    ) -> Result<Option<Option<Level>>, Problem> {
        let mut closed: Option<Level> = None;
        while let Some(level) = self.subtests.last() {
            match &level.opened_by {
                Some(opener) if indent <= opener.indent => {
                    // It was no brace of TAP's, or the one that closes it is missing.
                    self.note(
                        "stray-line-in-buffered-subtest",
                        "a subtest in braces is not closed",
                        false,
                    );
                    self.close_braces(closed.take())?;
                    continue;
                }
                _ => self.adapt(indent),
            }
            if self.indent() <= indent {
                break;
            }
            if let Some(deeper) = closed.take() {
                self.give_up(deeper)?;
            }
            self.flush()?;
            closed = self.subtests.pop();
        }
        if self.indent() < indent {
            let name = self.subtest_name.take();
            let is_open = self.open(indent)?;
            self.subtest_name = name;
            if !is_open {
                // What was closed stays closed: it has no point of its own.
                if let Some(level) = closed {
                    self.give_up(level)?;
                }
                return Ok(None);
            }
        }
        Ok(Some(closed))
    }

    /// A subtest in braces is indented as its first line is, if that is less than is usual.
    pub(super) fn adapt(&mut self, indent: usize) {
        if let Some(level) = self.subtests.last_mut()
            && let Some(opener) = &level.opened_by
            && level.is_fresh()
            && (opener.indent + 1..level.indent).contains(&indent)
        {
            level.indent = indent;
        }
    }

    /// Whether a line behind this one is a `}` at this indentation.
    pub(super) fn is_closed_later(&self, indent: usize) -> bool {
        self.braces
            .get(&indent)
            .is_some_and(|last| *last > self.line)
    }

    /// A `{`: the point before it begins a subtest.
    pub(super) fn opening_brace(&mut self, indent: usize) -> Result<(), Problem> {
        if self.indent() != indent || !self.is_closed_later(indent) {
            return Ok(());
        }
        match self.innermost().last.take() {
            Some(point) => self.open_in_braces(indent, point),
            None => Ok(()),
        }
    }

    /// A `}`: the end of the subtest whose point is indented as far.
    pub(super) fn closing_brace(&mut self, indent: usize) -> Result<(), Problem> {
        let opens = |level: &Level| {
            level
                .opened_by
                .as_ref()
                .is_some_and(|opener| opener.indent == indent)
        };
        if !self.subtests.iter().any(opens) {
            return Ok(());
        }
        let mut closed = None;
        while !self.subtests.last().is_some_and(opens) {
            if let Some(deeper) = closed.take() {
                self.give_up(deeper)?;
            }
            self.flush()?;
            closed = self.subtests.pop();
        }
        self.close_braces(closed)
    }

    /// Closes the innermost level, which is in braces, behind what was open in it.
    fn close_braces(&mut self, inside: Option<Level>) -> Result<(), Problem> {
        if let Some(level) = inside {
            self.give_up(level)?;
        }
        self.flush()?;
        let Some(mut level) = self.subtests.pop() else {
            return Ok(());
        };
        match level.opened_by.take() {
            Some(opener) => self.close(level, opener.point),
            None => Ok(()),
        }
    }

    /// The subtest ends with this point. Without points of its own it is a case like any other.
    pub(super) fn close(&mut self, subtest: Level, point: Case) -> Result<(), Problem> {
        if subtest.points() == 0 {
            self.innermost().last = Some(point);
            return Ok(());
        }
        for (code, message, line) in subtest.contradictions(self.line) {
            let message = format!("in a subtest: {message}");
            self.summary.notes.add(Note {
                line,
                code,
                message,
                is_breaking: false,
            });
        }
        let has_failed = subtest.has_failed
            || subtest
                .cases
                .iter()
                .any(|case| case.status == Status::Failed);
        match (point.status, has_failed) {
            (Status::Passed, true) if !point.is_todo => self.note(
                "child-failed-parent-ok",
                "a subtest has a failure, though its own point says `ok`",
                false,
            ),
            (Status::Failed, false) => {
                self.summary.has_failed_suite = true;
                self.innermost().has_failed = true;
                self.note(
                    "parent-failed-children-ok",
                    "a subtest says `not ok` though nothing in it failed",
                    false,
                );
            }
            _ => {}
        }
        let name = match (point.name.is_empty(), &subtest.name) {
            (true, Some(name)) => name.clone(),
            _ => point.full_name,
        };
        for mut case in subtest.cases {
            self.kept_bytes = self.kept_bytes.saturating_sub(case.kept_bytes());
            case.full_name = bounded(&format!("{name}.{}", case.full_name)).into_owned();
            self.keep(case)?;
        }
        Ok(())
    }

    /// A subtest without a point that closes it: its points don't count, but a failure does.
    pub(super) fn give_up(&mut self, mut level: Level) -> Result<(), Problem> {
        level.cases.extend(level.last.take());
        let has_failed =
            level.has_failed || level.cases.iter().any(|case| case.status == Status::Failed);
        self.summary.has_failed_suite |= has_failed;
        self.innermost().has_failed |= has_failed;
        let message = format!(
            "a subtest is not closed, its {} points don't count",
            level.points()
        );
        self.summary.notes.add(Note {
            line: level.line,
            code: "unterminated-subtest",
            message,
            is_breaking: false,
        });
        match level.opened_by {
            Some(opener) => self.keep(opener.point),
            None => Ok(()),
        }
    }
}

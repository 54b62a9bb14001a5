//! The Test Anything Protocol, versions 12 to 14, and the kernel's variant.
//!
//! A document is a stack of levels. A line that is indented further than the innermost level opens
//! one, a point that is indented less closes those in between and is their suite. Cases are the points
//! that close nothing. Lines that TAP does not know are output of the tests and passed over.

mod diagnostics;
mod level;
mod line;
mod nesting;

use crate::case::{Case, Summary, bounded};
use crate::format::Format;
use crate::problem::{Note, Problem};
use crate::{MAX_CASES, MAX_KEPT_BYTES};
use diagnostics::Block;
use level::{Level, Plan};
use line::{Line, Point};
use std::collections::HashMap;

/// How deep subtests may be inside of each other.
pub const MAX_DEPTH: usize = 100;

/// Hands over each case and says what they are together, but for their counts.
///
/// # Errors
/// When there is no line of TAP in the text, subtests are too deep or points too many.
pub fn read(
    text: &str,
    each: &mut dyn FnMut(Case) -> Result<(), Problem>,
) -> Result<Summary, Problem> {
    let mut reader = Reader {
        summary: Summary::new(Format::Tap),
        document: Level::new(0, 1),
        subtests: Vec::new(),
        block: None,
        may_begin_block: false,
        subtest_name: None,
        braces: closing_braces(text),
        is_kernel: false,
        is_tap: false,
        line: 0,
        points: 0,
        kept_bytes: 0,
        each,
    };
    for line in text.lines() {
        reader.line += 1;
        let plain = match line::without_log_time(line) {
            Some(rest) => {
                reader.is_kernel = true;
                rest
            }
            None => line,
        };
        reader.line(plain)?;
        if reader.summary.bail_out.is_some() {
            break;
        }
    }
    reader.finish()
}

/// For each indentation the last line that is a `}`: a `{` behind the description of a point opens a
/// subtest only if one closes it.
fn closing_braces(text: &str) -> HashMap<usize, u64> {
    let mut last = HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line::without_log_time(line).unwrap_or(line);
        if line.trim() == "}" {
            last.insert(line::indentation(line).0, number as u64 + 1);
        }
    }
    last
}

struct Reader<'e> {
    summary: Summary,
    /// The outermost level.
    document: Level,
    /// The subtests that are open, the outermost first.
    subtests: Vec<Level>,
    block: Option<Block>,
    /// The line before was a point, or a comment behind one.
    may_begin_block: bool,
    /// What a comment calls the subtest that follows.
    subtest_name: Option<String>,
    braces: HashMap<usize, u64>,
    is_kernel: bool,
    is_tap: bool,
    line: u64,
    points: usize,
    kept_bytes: usize,
    each: &'e mut dyn FnMut(Case) -> Result<(), Problem>,
}

impl Reader<'_> {
    fn line(&mut self, line: &str) -> Result<(), Problem> {
        let (indent, said) = line::indentation(line);
        if self.in_block(indent, said) || said.is_empty() {
            return Ok(());
        }
        let line = line::read(said);
        let may_begin_block = std::mem::take(&mut self.may_begin_block);
        match line {
            Line::Other
                if may_begin_block && said.trim_end() == "---" && indent > self.indent() =>
            {
                self.block = Some(Block::new(indent));
            }
            Line::Other => {}
            Line::Comment(text) => {
                self.may_begin_block = may_begin_block;
                if may_begin_block && let Some(case) = self.innermost().last.as_mut() {
                    diagnostics::comment(case, text);
                }
            }
            Line::Subtest(name) => self.subtest(indent, name)?,
            Line::BailOut(reason) => {
                self.is_tap = true;
                self.summary.bail_out = Some(reason.to_owned());
            }
            Line::Pragma(text) => {
                if text.contains("+strict") {
                    self.note(
                        "pragma-strict",
                        "`pragma +strict` is read and changes nothing",
                        false,
                    );
                }
            }
            Line::Version { number, is_kernel } => {
                self.is_tap = true;
                self.is_kernel |= is_kernel;
                if number < 13 && !is_kernel {
                    let message =
                        format!("version {number} is not to be named, only 13 and later are");
                    self.note("old-version", &message, false);
                }
            }
            Line::Plan {
                first,
                last,
                reason,
            } => self.plan(indent, Plan { first, last }, reason)?,
            Line::Point(point) => self.point(indent, point)?,
            Line::OpeningBrace => self.opening_brace(indent)?,
            Line::ClosingBrace => self.closing_brace(indent)?,
        }
        Ok(())
    }

    /// Whether the line belongs to a YAML block.
    fn in_block(&mut self, indent: usize, said: &str) -> bool {
        let Some(block) = &mut self.block else {
            return false;
        };
        if said.is_empty() {
            block.add(block.indent, "");
            return true;
        }
        let is_end = said.trim_end() == "..." && indent == block.indent;
        if indent >= block.indent && !is_end {
            block.add(indent, said);
            return true;
        }
        if let Some(block) = self.block.take() {
            if !is_end {
                self.note(
                    "unterminated-yaml",
                    "a YAML block ends without `...`",
                    false,
                );
            }
            if let Some(case) = self.innermost().last.as_mut() {
                block.finish(case);
            }
        }
        is_end
    }

    fn innermost(&mut self) -> &mut Level {
        self.subtests.last_mut().unwrap_or(&mut self.document)
    }

    fn indent(&mut self) -> usize {
        self.innermost().indent
    }

    /// A comment with the name of a subtest: of one that is indented as the comment is, or, by its
    /// parent's indentation, of the one that follows.
    fn subtest(&mut self, indent: usize, name: &str) -> Result<(), Problem> {
        self.adapt(indent);
        if indent > self.indent() {
            if self.open(indent)? {
                self.innermost().name = Some(bounded(name).into_owned());
            }
        } else {
            self.subtest_name = Some(bounded(name).into_owned());
        }
        Ok(())
    }

    fn plan(&mut self, indent: usize, plan: Plan, reason: Option<&str>) -> Result<(), Problem> {
        self.adapt(indent);
        if indent > self.indent() && !self.open(indent)? {
            return Ok(());
        }
        let is_skip_all = (plan.first, plan.last) == (1, 0);
        if plan.last < plan.first && !is_skip_all {
            self.note(
                "backward-plan",
                "a plan that counts backwards is passed over",
                false,
            );
            return Ok(());
        }
        if plan.first != 1 {
            self.note("plan-start-not-1", "the plan does not begin with 1", false);
        }
        self.is_tap |= indent == 0;
        let nested = self.subtests.iter_mut().rev();
        let level = nested
            .chain([&mut self.document])
            .find(|level| level.indent == indent);
        let Some(level) = level else { return Ok(()) };
        if level.plan.is_some() {
            let is_document = level.indent == 0;
            self.note("repeated-plan", "there is more than one plan", is_document);
            return Ok(());
        }
        level.plan = Some(plan);
        if is_skip_all && indent == 0 {
            self.summary.skip_all = Some(reason.unwrap_or_default().to_owned());
        }
        Ok(())
    }

    fn point(&mut self, indent: usize, mut point: Point) -> Result<(), Problem> {
        let Some(subtest) = self.level_for_point(indent)? else {
            return Ok(());
        };
        self.is_tap = true;
        self.points += 1;
        if self.points > MAX_CASES {
            return Err(crate::too_many_cases());
        }
        self.flush()?;
        let opens = point.has_brace && self.is_closed_later(indent);
        if point.has_brace && !opens {
            point.description = format!("{} {{", point.description).trim().to_owned();
        }
        let line = self.line;
        let case = self.innermost().point(point, line);
        match subtest {
            Some(subtest) => self.close(subtest, case)?,
            None if opens => self.open_in_braces(indent, case)?,
            None => self.innermost().last = Some(case),
        }
        self.may_begin_block = true;
        Ok(())
    }

    /// The last point of the innermost level is complete.
    fn flush(&mut self) -> Result<(), Problem> {
        match self.innermost().last.take() {
            Some(case) => self.keep(case),
            None => Ok(()),
        }
    }

    /// A case of the innermost level, or of a subtest in it.
    fn keep(&mut self, case: Case) -> Result<(), Problem> {
        let Some(level) = self.subtests.last_mut() else {
            return (self.each)(case);
        };
        self.kept_bytes += case.kept_bytes();
        level.cases.push(case);
        match self.kept_bytes > MAX_KEPT_BYTES {
            true => Err(Problem::too_large(format!(
                "the names and messages in subtests are longer than {MAX_KEPT_BYTES} bytes together"
            ))),
            false => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Summary, Problem> {
        if let (Some(block), Some(case)) = (self.block.take(), self.innermost().last.as_mut()) {
            block.finish(case);
        }
        while let Some(level) = self.subtests.pop() {
            self.give_up(level)?;
        }
        self.flush()?;
        if !self.is_tap && self.summary.bail_out.is_none() {
            return Err(Problem {
                line: 1,
                column: 1,
                ..Problem::broken(
                    "this is neither XML nor TAP: there is no line such as `1..4` or `ok 1`",
                )
            });
        }
        if self.summary.bail_out.is_none() {
            for (code, message, line) in self.document.contradictions(self.line) {
                // The kernel's logs have no plan where they end early or are old.
                let is_breaking = code != "repeated-id" && !(code == "no-plan" && self.is_kernel);
                self.summary.notes.add(Note {
                    line,
                    code,
                    message,
                    is_breaking,
                });
            }
        }
        Ok(self.summary)
    }

    fn note(&mut self, code: &'static str, message: &str, is_breaking: bool) {
        self.summary.notes.add(Note {
            line: self.line,
            code,
            message: message.to_owned(),
            is_breaking,
        });
    }
}

//! JUnit's XML, also called xUnit, as its many writers have it.
//!
//! Cases are counted, attributes that say how many there are never believed. An element that isn't
//! known is passed over. There is no document type, so there are no entities but XML's own five.

mod case;
mod document;
mod time;

use crate::case::{Case, Summary};
use crate::format::Format;
use crate::problem::{Note, Problem};
use case::{Found, Verdict};
use document::{Document, Element, Item};

/// How deep elements may be inside of each other.
pub const MAX_DEPTH: usize = 100;

/// Hands over each case and says what they are together, but for their counts.
///
/// # Errors
/// When the text is no XML, or no report of JUnit's.
pub fn read(
    text: &str,
    each: &mut dyn FnMut(Case) -> Result<(), Problem>,
) -> Result<Summary, Problem> {
    let mut reader = Reader {
        summary: Summary::new(Format::Junit),
        open: Vec::new(),
        suites: Vec::new(),
        case: None,
        each,
    };
    let mut document = Document::new(text)?;
    while let Some(item) = document.next()? {
        match item {
            Item::Start(element) => reader.start(&element, &document)?,
            Item::End => reader.end()?,
            Item::Text(text) => reader.text(&text),
        }
    }
    Ok(reader.summary)
}

/// What an open element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// `testsuites`.
    Run,
    /// `testsuite`.
    Suite,
    /// `testcase`.
    Case,
    /// What says how a case ended.
    Verdict(Verdict),
    /// `stackTrace` in one of them: more of its text.
    Trace,
    /// `properties` of a case.
    Properties,
    /// `property` of a case.
    Property,
    /// Anything else, and all that is in it.
    Other,
}

struct Reader<'e> {
    summary: Summary,
    open: Vec<Frame>,
    suites: Vec<String>,
    case: Option<Found>,
    each: &'e mut dyn FnMut(Case) -> Result<(), Problem>,
}

impl Reader<'_> {
    fn start(&mut self, element: &Element<'_>, document: &Document<'_>) -> Result<(), Problem> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("elements are nested deeper than {MAX_DEPTH} levels");
            return Err(document.problem(element.offset, message));
        }
        let parent = self.open.last().copied();
        let frame = match (parent, element.name.as_ref()) {
            (None, "testsuites") => {
                self.summary.name = element.attribute("name").map(str::to_owned);
                Frame::Run
            }
            (None | Some(Frame::Run | Frame::Suite), "testsuite") => self.suite(element),
            (None, other) => {
                let message = format!(
                    "the root element is `{other}`, a report of JUnit's has `testsuites` or `testsuite`"
                );
                return Err(document.problem(element.offset, message));
            }
            (Some(Frame::Run | Frame::Suite), "testcase") => {
                let found = Found::new(element, &self.suites, document.line(element.offset));
                self.case = Some(found);
                Frame::Case
            }
            (Some(Frame::Run | Frame::Suite), "error" | "failure") => {
                self.failed_suite(element, document);
                Frame::Other
            }
            (Some(Frame::Case), "properties") => Frame::Properties,
            (Some(Frame::Case | Frame::Properties), "property") => {
                self.with_case(|case| case.begin_property(element));
                Frame::Property
            }
            (Some(Frame::Case), name) => match Verdict::named(name) {
                Some(verdict) => {
                    self.with_case(|case| case.begin_verdict(verdict, element));
                    Frame::Verdict(verdict)
                }
                None => Frame::Other,
            },
            (Some(Frame::Verdict(_)), "stackTrace") => Frame::Trace,
            _ => Frame::Other,
        };
        self.open.push(frame);
        Ok(())
    }

    fn suite(&mut self, element: &Element<'_>) -> Frame {
        let name = element.attribute("name").unwrap_or_default();
        if self.open.is_empty() {
            self.summary.name = element.attribute("name").map(str::to_owned);
        }
        self.suites.push(name.to_owned());
        Frame::Suite
    }

    /// A suite that says by itself that it failed, such as one that could not be set up.
    fn failed_suite(&mut self, element: &Element<'_>, document: &Document<'_>) {
        let (code, what) = match element.name.as_ref() {
            "error" => {
                self.summary.has_errored_suite = true;
                ("suite-error", "could not be carried through")
            }
            _ => {
                self.summary.has_failed_suite = true;
                ("suite-failure", "failed")
            }
        };
        let name = self.suites.last().map_or("", String::as_str);
        self.summary.notes.add(Note {
            line: document.line(element.offset),
            code,
            message: format!("the suite `{name}` says of itself that it {what}"),
            is_breaking: false,
        });
    }

    fn end(&mut self) -> Result<(), Problem> {
        match self.open.pop() {
            Some(Frame::Suite) => {
                self.suites.pop();
            }
            Some(Frame::Case) => {
                if let Some(case) = self.case.take() {
                    (self.each)(case.finish())?;
                }
            }
            Some(Frame::Verdict(verdict)) => self.with_case(|case| case.end_verdict(verdict)),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        match self.open.last() {
            Some(Frame::Verdict(_) | Frame::Trace) => self.with_case(|case| case.add_text(text)),
            Some(Frame::Property) => self.with_case(|case| case.add_to_property(text)),
            _ => {}
        }
    }

    fn with_case(&mut self, work: impl FnOnce(&mut Found)) {
        if let Some(case) = &mut self.case {
            work(case);
        }
    }
}

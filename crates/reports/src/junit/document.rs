//! XML as elements and text, within limits. What quick-xml leaves to its callers is checked here: one
//! root, nothing beside it, every element closed, no `<` in a value, no document type, no control
//! characters. It knows nothing of reports.

use crate::problem::{Problem, place};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;
use std::cell::Cell;

/// The most attributes of one element. quick-xml compares each with all before it.
pub const MAX_ATTRIBUTES: usize = 500;

/// What a document consists of.
pub enum Item<'t> {
    /// An element begins.
    Start(Element<'t>),
    /// The element that began last, of those that are open, ends.
    End,
    /// Text in it, with its references resolved.
    Text(Cow<'t, str>),
}

/// The start of an element.
pub struct Element<'t> {
    /// Its name without a prefix.
    pub name: Cow<'t, str>,
    /// Where it begins, in bytes.
    pub offset: usize,
    attributes: Vec<(Cow<'t, str>, Cow<'t, str>)>,
}

impl Element<'_> {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_ref())
    }
}

/// A document that is being read.
pub struct Document<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    depth: usize,
    has_root: bool,
    /// An element without contents has begun; its end is still to be told.
    is_empty_element_open: bool,
    /// The last offset whose line was asked for, and its line: they only grow.
    last_line: Cell<(usize, u64)>,
}

impl<'t> Document<'t> {
    /// The beginning of a document.
    ///
    /// # Errors
    /// When there is a character in it that XML does not know.
    pub fn new(text: &'t str) -> Result<Self, Problem> {
        if let Some((offset, found)) = text.char_indices().find(|(_, c)| is_no_character(*c)) {
            return Err(Problem::at(text.as_bytes(), offset, foreign(found)));
        }
        Ok(Self {
            text,
            reader: Reader::from_str(text),
            depth: 0,
            has_root: false,
            is_empty_element_open: false,
            last_line: Cell::new((0, 1)),
        })
    }

    /// A problem at this byte.
    pub fn problem(&self, offset: usize, message: impl Into<String>) -> Problem {
        Problem::at(self.text.as_bytes(), offset, message)
    }

    /// The line of a byte, from 1. Cheap if it isn't before the one that was asked for last.
    pub fn line(&self, offset: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let (last, line) = self.last_line.get();
        let line = match bytes.get(last..offset) {
            Some(between) => line + between.iter().filter(|byte| **byte == b'\n').count() as u64,
            None => place(bytes, offset).0,
        };
        self.last_line.set((offset, line));
        line
    }

    /// The next part, or `None` at the end.
    ///
    /// # Errors
    /// Where the text is no XML.
    pub fn next(&mut self) -> Result<Option<Item<'t>>, Problem> {
        if std::mem::take(&mut self.is_empty_element_open) {
            self.depth -= 1;
            return Ok(Some(Item::End));
        }
        loop {
            let offset = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            let event = self.reader.read_event().map_err(|error| {
                let at = usize::try_from(self.reader.error_position()).unwrap_or(offset);
                self.problem(at, format!("this is no XML: {error}"))
            })?;
            match event {
                Event::Start(start) => return self.start(&start, offset).map(Some),
                Event::Empty(start) => {
                    self.is_empty_element_open = true;
                    return self.start(&start, offset).map(Some);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Item::End));
                }
                Event::Text(text) => {
                    let text = text.xml10_content();
                    if self.depth > 0 {
                        return Ok(Some(Item::Text(text)));
                    }
                    if let Some(at) = text.find(|c: char| !c.is_ascii_whitespace()) {
                        return Err(
                            self.problem(offset + at, "there is text beside the root element")
                        );
                    }
                }
                Event::CData(text) if self.depth > 0 => {
                    return Ok(Some(Item::Text(text.xml10_content())));
                }
                Event::GeneralRef(reference) if self.depth > 0 => {
                    return self
                        .resolve(&reference, offset)
                        .map(|text| Some(Item::Text(text)));
                }
                Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(self.problem(offset, "there is text beside the root element"));
                }
                Event::DocType(_) => {
                    return Err(self.problem(
                        offset,
                        "a document type (`<!DOCTYPE`) is not allowed, please send the report without it",
                    ));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return self.eof(),
            }
        }
    }

    fn eof(&self) -> Result<Option<Item<'t>>, Problem> {
        let message = match (self.depth, self.has_root) {
            (0, true) => return Ok(None),
            (0, false) => "there is no element in the document",
            _ => "the document breaks off, elements are not closed",
        };
        Err(self.problem(self.text.len(), message))
    }

    fn start(&mut self, start: &BytesStart<'t>, offset: usize) -> Result<Item<'t>, Problem> {
        if self.depth == 0 && std::mem::replace(&mut self.has_root, true) {
            return Err(self.problem(offset, "there is more than one root element"));
        }
        self.depth += 1;
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute
                .map_err(|error| self.problem(offset, format!("this is no XML: {error}")))?;
            if attributes.len() >= MAX_ATTRIBUTES {
                let message = format!("an element has more than {MAX_ATTRIBUTES} attributes");
                return Err(self.problem(offset, message));
            }
            if let Some(at) = attribute.value.find('<') {
                let value = self
                    .offset_of(&attribute.value)
                    .map_or(offset, |start| start + at);
                return Err(self.problem(value, "`<` in a value must be written as `&lt;`"));
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.problem(offset, format!("this is no XML: {error}")))?;
            if let Some(found) = value.chars().find(|c| is_no_character(*c)) {
                return Err(self.problem(offset, foreign(found)));
            }
            let value = match value {
                Cow::Borrowed(part) => self.slice_of(part),
                Cow::Owned(text) => Cow::Owned(text),
            };
            attributes.push((self.slice_of(attribute.key.into_inner()), value));
        }
        Ok(Item::Start(Element {
            name: self.slice_of(start.local_name().into_inner()),
            offset,
            attributes,
        }))
    }

    /// What a reference stands for.
    fn resolve(&self, reference: &BytesRef<'t>, offset: usize) -> Result<Cow<'t, str>, Problem> {
        let character = reference
            .resolve_char_ref()
            .map_err(|error| self.problem(offset, format!("this is no XML: {error}")))?;
        match character {
            Some(found) if is_no_character(found) => Err(self.problem(offset, foreign(found))),
            Some(found) => Ok(Cow::Owned(found.to_string())),
            None => match resolve_predefined_entity(reference) {
                Some(text) => Ok(Cow::Borrowed(text)),
                None => Err(self.problem(
                    offset,
                    format!("the entity `&{};` is not one of XML's own", &**reference),
                )),
            },
        }
    }

    /// Where a part of the text begins, in bytes; `None` if it isn't one.
    fn offset_of(&self, part: &str) -> Option<usize> {
        let offset = part
            .as_ptr()
            .addr()
            .checked_sub(self.text.as_ptr().addr())?;
        (offset + part.len() <= self.text.len()).then_some(offset)
    }

    /// A part of the text, for as long as the text lives.
    fn slice_of(&self, part: &str) -> Cow<'t, str> {
        let offset = self.offset_of(part);
        let slice = offset.and_then(|offset| self.text.get(offset..offset + part.len()));
        slice.map_or_else(|| Cow::Owned(part.to_owned()), Cow::Borrowed)
    }
}

/// What XML 1.0 does not count among its characters.
fn is_no_character(c: char) -> bool {
    (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn foreign(found: char) -> String {
    format!("the character U+{:04X} may not be in XML", u32::from(found))
}

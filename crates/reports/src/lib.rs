//! Reports that test runners write, JUnit XML and TAP in their dialects, as cases, and cases as what
//! is stored. It is pure: no WASI, no HTTP, no store, no clock.
//!
//! A report is read in three steps: [`unpack`] undoes gzip, zlib and base64, [`text`] makes text of
//! bytes, and the format's own room reads that and hands over each case as it comes. A document
//! that can't be read is a [`Problem`] with its place; what is only odd is a [`Note`].

use std::borrow::Cow;

pub mod case;
pub mod format;
mod junit;
pub mod mapping;
pub mod problem;
mod tap;
pub mod text;
pub mod unpack;

pub use case::{Case, Counts, Outcome, Status, Summary};
pub use format::Format;
pub use mapping::{Cases, Mapped, Mapping};
pub use problem::{Kind, Note, Problem};

/// The most cases in one report. More is too large.
pub const MAX_CASES: usize = 200_000;

/// A report that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// All cases, in the order of the document.
    pub cases: Vec<Case>,
    /// What is said of all of them together.
    pub summary: Summary,
}

/// The most text of cases that [`read`] keeps, in bytes, as short documents may repeat long names.
pub const MAX_KEPT_BYTES: usize = 128 * 1024 * 1024;

/// Reads a report as it was sent, packed or not.
///
/// # Errors
/// When it can't be unpacked, is no document of the format, or is too large.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Report, Problem> {
    let mut cases = Vec::new();
    let mut kept_bytes = 0;
    let summary = read_each(bytes, format, &mut |case| {
        kept_bytes += case.kept_bytes();
        cases.push(case);
        match kept_bytes > MAX_KEPT_BYTES {
            true => Err(Problem::too_large(format!(
                "the names and messages of the cases are longer than {MAX_KEPT_BYTES} bytes together"
            ))),
            false => Ok(()),
        }
    })?;
    Ok(Report { cases, summary })
}

/// As [`read`], but hands each case over when it has been read instead of keeping them. If the
/// document turns out to be none, the cases until then have been handed over, too.
///
/// # Errors
/// As [`read`], and what `each` returns.
pub fn read_each(
    bytes: &[u8],
    format: Option<Format>,
    each: &mut dyn FnMut(Case) -> Result<(), Problem>,
) -> Result<Summary, Problem> {
    read_text(&document(bytes)?, format, each)
}

/// The text of a report as it was sent: unpacked, and decoded.
///
/// # Errors
/// When it can't be unpacked, is no text, or is too large.
pub fn document(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    match unpack::unpack(bytes)? {
        Cow::Borrowed(bytes) => text::decode(bytes),
        Cow::Owned(bytes) => text::decode_owned(bytes).map(Cow::Owned),
    }
}

/// As [`read_each`], of a text that may be read several times.
///
/// # Errors
/// When it is no document of the format, or is too large, and what `each` returns.
pub fn read_text(
    text: &str,
    format: Option<Format>,
    each: &mut dyn FnMut(Case) -> Result<(), Problem>,
) -> Result<Summary, Problem> {
    if text.trim_ascii().is_empty() {
        return Err(Problem::at(text.as_bytes(), 0, "the document is empty"));
    }
    let mut counts = Counts::default();
    let mut counted = |case: Case| {
        counts.add(&case);
        match counts.total() > MAX_CASES as u64 {
            true => Err(too_many_cases()),
            false => each(case),
        }
    };
    let mut summary = match format.unwrap_or_else(|| Format::of(text)) {
        Format::Junit => junit::read(text, &mut counted)?,
        Format::Tap => tap::read(text, &mut counted)?,
    };
    summary.counts = counts;
    Ok(summary)
}

fn too_many_cases() -> Problem {
    Problem::too_large(format!("the report has more than {MAX_CASES} cases"))
}

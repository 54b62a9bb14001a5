//! What is wrong with a document, and where. Sentences begin in lower case and name no file.

/// Why a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It can't be read.
    Broken,
    /// It, or a part of it, is larger than a limit.
    TooLarge,
}

/// Why and where a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is about.
    pub kind: Kind,
    /// The line, from 1; 0 if it is about no place in the text.
    pub line: u64,
    /// The character in the line, from 1; 0 if it is about no place in the text.
    pub column: u64,
    /// What is wrong, beginning in lower case, without a full stop.
    pub message: String,
}

/// Something odd in a document that is read nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line, from 1.
    pub line: u64,
    /// A word for programs, such as `repeated-id`.
    pub code: &'static str,
    /// What it is, beginning in lower case, without a full stop.
    pub message: String,
    /// Whether it breaks the document, so that the report as a whole is an error.
    pub is_breaking: bool,
}

/// The most notes that are kept of a document; the others are only counted.
pub const MAX_NOTES: usize = 100;

/// Notes in their order, and how many there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// The first [`MAX_NOTES`].
    pub kept: Vec<Note>,
    /// How many there were.
    pub total: u64,
    /// Whether any of them breaks the document.
    pub is_broken: bool,
}

impl Notes {
    /// Adds a note.
    pub fn add(&mut self, note: Note) {
        self.total += 1;
        self.is_broken |= note.is_breaking;
        if self.kept.len() < MAX_NOTES {
            self.kept.push(note);
        }
    }
}

impl Problem {
    /// A problem of the whole document.
    #[must_use]
    pub fn broken(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Broken,
            line: 0,
            column: 0,
            message: message.into(),
        }
    }

    /// Something that is larger than its limit.
    #[must_use]
    pub fn too_large(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::TooLarge,
            ..Self::broken(message)
        }
    }

    /// A problem at this byte of a text that is UTF-8 up to there.
    #[must_use]
    pub fn at(text: &[u8], offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = place(text, offset);
        Self {
            line,
            column,
            ..Self::broken(message)
        }
    }
}

/// Line and column, both from 1, of a byte.
#[must_use]
pub fn place(text: &[u8], offset: usize) -> (u64, u64) {
    let before = text.get(..offset).unwrap_or(text);
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    // A byte that continues a character is no character of its own.
    let characters = before
        .iter()
        .skip(line_start)
        .filter(|byte| **byte & 0b1100_0000 != 0b1000_0000)
        .count();
    (lines as u64 + 1, characters as u64 + 1)
}

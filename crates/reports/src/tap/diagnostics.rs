//! What stands behind a point: a YAML block, kept as it is written, of which a few plain lines are
//! understood (writers of TAP 13 do not agree on YAML, so nothing more is tried).

use crate::case::{CUT_MARK, Case, MAX_TEXT_BYTES, Status, cut};

/// A block while it is read.
#[derive(Debug)]
pub struct Block {
    /// How far `---` is indented, in columns.
    pub indent: usize,
    text: String,
    message: Option<String>,
    seconds: Option<f64>,
    file: Option<String>,
    /// The text of `message: |-` is on the next line.
    is_message_next: bool,
}

impl Block {
    /// A block that begins.
    pub fn new(indent: usize) -> Self {
        Self {
            indent,
            text: String::new(),
            message: None,
            seconds: None,
            file: None,
            is_message_next: false,
        }
    }

    /// A line of the block: its indentation and the rest.
    pub fn add(&mut self, indent: usize, line: &str) {
        if self.text.len() <= MAX_TEXT_BYTES {
            for _ in self.indent..indent.min(self.indent + MAX_TEXT_BYTES) {
                self.text.push(' ');
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
        if std::mem::take(&mut self.is_message_next)
            && indent > self.indent
            && self.message.is_none()
        {
            self.message = Some(line.trim().to_owned());
        }
        if indent != self.indent {
            return;
        }
        let Some((key, value)) = line.split_once(':') else {
            return;
        };
        let value = value.trim();
        let plain = unquoted(value);
        match key {
            "message" | "error" if self.message.is_none() => match value.chars().next() {
                Some('|' | '>') => self.is_message_next = true,
                Some(_) => self.message = Some(plain.to_owned()),
                None => {}
            },
            "duration_ms" => {
                self.seconds = positive(plain).map(|milliseconds| milliseconds / 1000.0)
            }
            "file" | "fileName" if !plain.is_empty() => self.file = Some(plain.to_owned()),
            _ => {}
        }
    }

    /// Adds what the block says to the case that it stands behind.
    pub fn finish(self, case: &mut Case) {
        case.seconds = case.seconds.or(self.seconds);
        if case.file.is_none() {
            case.file = self.file;
        }
        if !matches!(case.status, Status::Failed | Status::Errored) {
            return;
        }
        if case.message.is_none() {
            case.message = self.message.filter(|message| !message.is_empty());
        }
        add_text(case, self.text.trim_end());
    }
}

/// A comment behind a point that failed, as Perl's tests say why.
pub fn comment(case: &mut Case, text: &str) {
    if case.status != Status::Failed {
        return;
    }
    if case.message.is_none() && !text.trim().is_empty() {
        case.message = Some(text.trim().to_owned());
    }
    add_text(case, text);
}

fn add_text(case: &mut Case, text: &str) {
    if text.is_empty() {
        return;
    }
    let mut all = case.text.take().unwrap_or_default();
    if all.ends_with(CUT_MARK) {
        case.text = Some(all);
        return;
    }
    if !all.is_empty() {
        all.push('\n');
    }
    all.push_str(text);
    case.text = Some(cut(all, MAX_TEXT_BYTES, CUT_MARK));
}

fn unquoted(value: &str) -> &str {
    let inside = |quote: char| {
        value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
    };
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

fn positive(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

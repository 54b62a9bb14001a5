//! What one line of TAP says. Lines are known by their text alone; what they mean where they stand is
//! not known here.

/// A line that says something.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'t> {
    /// `TAP version 14`, `KTAP version 1`.
    Version {
        /// The number.
        number: u64,
        /// Whether it is the kernel's.
        is_kernel: bool,
    },
    /// `1..5`, `1..0 # reason`.
    Plan {
        /// The first number.
        first: u64,
        /// The last number.
        last: u64,
        /// Why everything is skipped.
        reason: Option<&'t str>,
    },
    /// `ok 1 - description # directive`.
    Point(Point),
    /// `Bail out! reason`.
    BailOut(&'t str),
    /// `pragma +strict`.
    Pragma(&'t str),
    /// `# Subtest: name`.
    Subtest(&'t str),
    /// `# anything`.
    Comment(&'t str),
    /// `{`, the beginning of a subtest in braces whose point has diagnostics.
    OpeningBrace,
    /// `}`, the end of a subtest in braces.
    ClosingBrace,
    /// Nothing that TAP knows.
    Other,
}

/// A test point.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// `ok` rather than `not ok`.
    pub is_ok: bool,
    /// Its number, if it has one.
    pub id: Option<u64>,
    /// What is tested, without escapes.
    pub description: String,
    /// What follows the ` #`, if that is a directive.
    pub directive: Option<Directive>,
    /// The reason in the directive.
    pub reason: String,
    /// `# time=…`, in seconds.
    pub seconds: Option<f64>,
    /// Whether it, or its description, ends in ` {`, which may begin a subtest. The description is
    /// without it.
    pub has_brace: bool,
}

/// What is said of a point beyond its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    /// It was not run.
    Skip,
    /// It may fail.
    Todo,
}

/// How many columns a tab is worth.
const TAB_COLUMNS: usize = 4;

/// The line without its indentation, and the indentation in columns.
#[must_use]
pub fn indentation(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches([' ', '\t']);
    let blanks = line.get(..line.len() - rest.len()).unwrap_or_default();
    let columns = blanks.bytes().map(|byte| match byte {
        b'\t' => TAB_COLUMNS,
        _ => 1,
    });
    (columns.sum(), rest)
}

/// The line without the time that the kernel's log puts in front of it, such as `[    0.060000] `.
#[must_use]
pub fn without_log_time(line: &str) -> Option<&str> {
    let (time, rest) = line.strip_prefix('[')?.split_once(']')?;
    let is_time = |c: char| c.is_ascii_digit() || c == '.';
    let time = time.trim_start();
    (time.contains('.') && time.chars().all(is_time))
        .then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// What a line says, without its indentation.
#[must_use]
pub fn read(line: &str) -> Line<'_> {
    let line = line.trim_end();
    let known = match line.as_bytes().first() {
        Some(b'#') => return comment(line),
        Some(b'{') if line == "{" => Some(Line::OpeningBrace),
        Some(b'}') if line == "}" => Some(Line::ClosingBrace),
        Some(b'o' | b'n') => point(line).map(Line::Point),
        Some(b'0'..=b'9') => plan(line),
        Some(b't' | b'T' | b'k' | b'K') => version(line),
        Some(b'B' | b'b') => {
            const BAIL_OUT: &str = "bail out!";
            let head = line.get(..BAIL_OUT.len());
            head.filter(|head| head.eq_ignore_ascii_case(BAIL_OUT))
                .and_then(|_| line.get(BAIL_OUT.len()..))
                .map(|reason| Line::BailOut(reason.trim()))
        }
        Some(b'p') => line
            .strip_prefix("pragma ")
            .map(|rest| Line::Pragma(rest.trim())),
        _ => None,
    };
    known.unwrap_or(Line::Other)
}

fn comment(line: &str) -> Line<'_> {
    let text = line.trim_start_matches('#').trim_start();
    match text.strip_prefix("Subtest:") {
        Some(name) => Line::Subtest(name.trim()),
        None => Line::Comment(text),
    }
}

fn version(line: &str) -> Option<Line<'_>> {
    let mut words = line.split_ascii_whitespace();
    let is_kernel = match words.next()? {
        word if word.eq_ignore_ascii_case("tap") => false,
        word if word.eq_ignore_ascii_case("ktap") => true,
        _ => return None,
    };
    words
        .next()
        .filter(|word| word.eq_ignore_ascii_case("version"))?;
    let number = words.next()?.parse().ok()?;
    words
        .next()
        .is_none()
        .then_some(Line::Version { number, is_kernel })
}

fn plan(line: &str) -> Option<Line<'_>> {
    let (first, rest) = digits(line)?;
    let (last, rest) = digits(rest.strip_prefix("..")?)?;
    let rest = rest.trim();
    let reason = match rest.strip_prefix('#') {
        Some(reason) => Some(reason.trim()),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some(Line::Plan {
        first,
        last,
        reason,
    })
}

/// A number at the beginning, as large as it may be, and what follows it.
fn digits(text: &str) -> Option<(u64, &str)> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = text
        .get(..text.len() - rest.len())
        .filter(|number| !number.is_empty())?;
    Some((number.parse().unwrap_or(u64::MAX), rest))
}

fn point(line: &str) -> Option<Point> {
    let (is_ok, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let rest = rest.trim_start();
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '#']);
    let (id, rest) = match digits(rest).filter(|(_, rest)| is_end(rest)) {
        Some((id, rest)) => (Some(id), rest.trim_start()),
        None => (None, rest),
    };
    let (has_brace, rest) = without_brace(rest);
    let rest = match rest.strip_prefix('-') {
        Some("") => "",
        Some(after) if after.starts_with([' ', '\t']) => after,
        _ => rest,
    };
    Some(with_directive(rest, is_ok, id, has_brace))
}

/// Whether there is a ` {` at the end, and the text without it.
fn without_brace(text: &str) -> (bool, &str) {
    match text.strip_suffix('{') {
        Some(rest) if rest.is_empty() || rest.ends_with([' ', '\t']) => (true, rest.trim_end()),
        _ => (false, text),
    }
}

/// The point, of which everything but its text is known.
fn with_directive(text: &str, is_ok: bool, id: Option<u64>, has_brace: bool) -> Point {
    let mut point = Point {
        is_ok,
        id,
        description: String::new(),
        directive: None,
        reason: String::new(),
        seconds: None,
        has_brace,
    };
    let mut end = text.len();
    for mark in marks(text) {
        let said = text.get(mark + 1..).unwrap_or_default().trim();
        if let Some((directive, reason)) = directive(said) {
            point.directive = Some(directive);
            point.reason = unescaped(reason);
            end = mark;
            break;
        }
        if let Some(seconds) = said.strip_prefix("time=").and_then(seconds) {
            point.seconds = Some(seconds);
            end = mark;
            break;
        }
    }
    let (has_brace, description) = without_brace(text.get(..end).unwrap_or_default().trim());
    point.has_brace |= has_brace;
    point.description = unescaped(description);
    point
}

/// Where there is a `#` that may begin a directive: behind a blank or at the beginning, without `\`.
fn marks(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    text.match_indices('#').map(|(at, _)| at).filter(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        before.is_none_or(|byte| matches!(byte, b' ' | b'\t'))
    })
}

/// The directive and its reason.
fn directive(said: &str) -> Option<(Directive, &str)> {
    let end = said.find([' ', '\t']).unwrap_or(said.len());
    let (word, reason) = said.split_at(end);
    let head = word.get(..4)?;
    let directive = match head {
        _ if head.eq_ignore_ascii_case("skip") => Directive::Skip,
        _ if head.eq_ignore_ascii_case("todo") => Directive::Todo,
        _ => return None,
    };
    Some((directive, reason.trim()))
}

/// `1.234ms` or `1.2s` as seconds.
fn seconds(written: &str) -> Option<f64> {
    let written = written.split_ascii_whitespace().next()?;
    let (number, factor) = match (written.strip_suffix("ms"), written.strip_suffix('s')) {
        (Some(number), _) => (number, 0.001),
        (None, Some(number)) => (number, 1.0),
        (None, None) => (written, 1.0),
    };
    let number: f64 = number.parse().ok()?;
    let seconds = number * factor;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

/// The text with `\#` as `#` and `\\` as `\`.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('#' | '\\')) => plain.extend(characters.next()),
            _ => plain.push(character),
        }
    }
    plain
}

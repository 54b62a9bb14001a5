//! YAML text → trees of nodes with tags and positions, within limits. What a scalar or a mapping means is the reader's business; this
//! room only knows the shape. Policies and permissions are both read through it.

mod builder;
mod printable;

use std::borrow::Cow;

use builder::Builder;
use saphyr_parser::Marker;

/// Largest document stream, in bytes. Greenwave has no limit; the largest policy file known to us has 17 KiB.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Deepest nesting of collections. A policy needs three levels.
pub const MAX_DEPTH: usize = 32;
/// Most nodes in a stream, counted after aliases are expanded, which bounds "billion laughs".
pub const MAX_NODES: usize = 200_000;
/// Most documents in one stream.
pub const MAX_DOCUMENTS: usize = 1_000;

/// One YAML node. Tags are written as in the text (`!Policy`), `!!str` as `tag:yaml.org,2002:str`.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    /// As in the text, if there is one.
    pub tag: Option<String>,
    /// Where it starts.
    pub at: Position,
    /// What it is made of.
    pub content: Content<'t>,
    /// Nodes in this tree, itself included.
    size: usize,
    /// Levels of collections in this tree, itself included.
    height: usize,
}

/// What a node is made of.
#[derive(Clone, Debug)]
pub enum Content<'t> {
    /// Text.
    Scalar {
        /// Without quotes.
        text: Cow<'t, str>,
        /// Whether it had no quotes.
        plain: bool,
    },
    /// A list.
    Sequence(Vec<Node<'t>>),
    /// Keys and values in their order; a key may be repeated.
    Mapping(Vec<(Node<'t>, Node<'t>)>),
}

/// Where a node starts; both count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Position {
    fn of(mark: Marker) -> Self {
        Self {
            line: mark.line(),
            column: mark.col() + 1,
        }
    }
}

impl Node<'_> {
    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            Content::Sequence(_) | Content::Mapping(_) => None,
        }
    }

    /// The name PyYAML has for this kind of node.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Scalar { .. } => "scalar",
            Content::Sequence(_) => "sequence",
            Content::Mapping(_) => "mapping",
        }
    }
}

/// The only document of a text; none if the text has none.
///
/// # Errors
/// What is wrong with the text, or that it has several.
pub fn only_document(text: &str) -> Result<Option<Node<'_>>, String> {
    let mut stream = documents(text);
    if let Some(fault) = stream.fault {
        return Err(fault.message_and_position().0);
    }
    match stream.documents.len() {
        0 | 1 => Ok(stream.documents.pop()),
        _ => Err("it has more than one document".to_owned()),
    }
}

/// Text that is no YAML, or too much of it.
#[derive(Debug, PartialEq, Eq)]
pub enum YamlError {
    /// No YAML.
    Syntax {
        /// What is wrong, in the parser's words.
        message: String,
        /// Where.
        at: Position,
    },
    /// An alias of nothing, or of what it is part of.
    UnknownAlias {
        /// Where.
        at: Position,
    },
    /// A character that no YAML may have, such as U+0000.
    Unprintable {
        /// The character.
        character: char,
        /// How many characters are in front of it.
        after: usize,
    },
    /// More than [`MAX_BYTES`].
    TooManyBytes,
    /// Deeper than [`MAX_DEPTH`].
    TooDeep {
        /// Where.
        at: Position,
    },
    /// More than [`MAX_NODES`].
    TooManyNodes {
        /// Where.
        at: Position,
    },
    /// More than [`MAX_DOCUMENTS`].
    TooManyDocuments,
}

impl YamlError {
    /// What is wrong, and where if that is known.
    #[must_use]
    pub fn message_and_position(&self) -> (String, Option<Position>) {
        match self {
            Self::Syntax { message, at } => (message.clone(), Some(*at)),
            Self::UnknownAlias { at } => {
                ("found undefined or unfinished alias".to_owned(), Some(*at))
            }
            Self::Unprintable { character, .. } => (
                format!(
                    "unacceptable character #x{:04x}: special characters are not allowed",
                    u32::from(*character)
                ),
                None,
            ),
            Self::TooManyBytes => (format!("more than {MAX_BYTES} bytes"), None),
            Self::TooDeep { at } => (format!("nested deeper than {MAX_DEPTH} levels"), Some(*at)),
            Self::TooManyNodes { at } => (
                format!("more than {MAX_NODES} nodes, aliases expanded"),
                Some(*at),
            ),
            Self::TooManyDocuments => (format!("more than {MAX_DOCUMENTS} documents"), None),
        }
    }
}

/// A stream read as far as it can be.
#[derive(Debug)]
pub struct Stream<'t> {
    /// The root nodes of the documents before the fault, if there is one. A stream with nothing in it has none.
    pub documents: Vec<Node<'t>>,
    /// Why it was not read to its end.
    pub fault: Option<YamlError>,
}

/// Reads a stream of documents.
#[must_use]
pub fn documents(text: &str) -> Stream<'_> {
    let mut builder = Builder::default();
    let fault = if text.len() > MAX_BYTES {
        Some(YamlError::TooManyBytes)
    } else {
        printable::fault(text).or_else(|| builder.take_all(text).err())
    };
    Stream {
        documents: builder.documents,
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> YamlError {
        documents(text).fault.unwrap()
    }

    fn read(text: &str) -> Vec<Node<'_>> {
        let stream = documents(text);
        assert_eq!(stream.fault, None);
        stream.documents
    }

    #[test]
    fn keeps_tags_and_positions() {
        let roots = read("# note\n--- !Policy\nid: a\nrules:\n  - !RemoteRule {}\n");
        assert_eq!(roots.len(), 1);
        assert_eq!(roots[0].tag.as_deref(), Some("!Policy"));
        let Content::Mapping(pairs) = &roots[0].content else {
            panic!("not a mapping")
        };
        let Content::Sequence(rules) = &pairs[1].1.content else {
            panic!("not a sequence")
        };
        assert_eq!(rules[0].tag.as_deref(), Some("!RemoteRule"));
        assert_eq!(rules[0].at, Position { line: 5, column: 5 });
    }

    #[test]
    fn aliases_are_expanded_within_limits() {
        let roots = read("a: &x [1, 2]\nb: *x\n");
        assert_eq!(roots[0].size, 9);
        assert!(matches!(error("a: *x"), YamlError::Syntax { .. }));
        assert!(matches!(error("&x [*x]"), YamlError::UnknownAlias { .. }));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let before = level - 1;
            bomb += &format!(
                "a{level}: &a{level} [{}]\n",
                vec![format!("*a{before}"); 10].join(", ")
            );
        }
        assert!(matches!(error(&bomb), YamlError::TooManyNodes { .. }));
    }

    #[test]
    fn a_document_counts_when_it_has_been_read_to_its_end() {
        let check = |text: &str, expected: usize| {
            let stream = documents(text);
            assert_eq!(stream.documents.len(), expected, "{text}");
            assert!(stream.fault.is_some(), "{text}");
        };
        check("a: b\n--- [", 1);
        check("a\nb: c\n", 0);
        check("a: b\n--- c\n--- !d\ne: f\n]\n", 2);
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(read(&nested(MAX_DEPTH)).len(), 1);
        assert!(matches!(
            error(&nested(MAX_DEPTH + 1)),
            YamlError::TooDeep { .. }
        ));
        // Depth by aliases counts as well.
        let mut chain = format!("a0: &a0 {}\n", nested(MAX_DEPTH - 1));
        chain += "a1: &a1 [*a0]\n";
        assert!(matches!(error(&chain), YamlError::TooDeep { .. }));

        assert_eq!(read(&"--- a\n".repeat(MAX_DOCUMENTS)).len(), MAX_DOCUMENTS);
        assert_eq!(
            error(&"--- a\n".repeat(MAX_DOCUMENTS + 1)),
            YamlError::TooManyDocuments
        );

        assert_eq!(read(&format!("a{}", " ".repeat(MAX_BYTES - 1))).len(), 1);
        assert_eq!(error(&" ".repeat(MAX_BYTES + 1)), YamlError::TooManyBytes);

        // The sequence itself is a node too.
        assert_eq!(read(&"- a\n".repeat(MAX_NODES - 1)).len(), 1);
        assert!(matches!(
            error(&"- a\n".repeat(MAX_NODES)),
            YamlError::TooManyNodes { .. }
        ));
    }
}

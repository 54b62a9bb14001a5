//! Reads the attributes of a YAML object with Greenwave's types, defaults and complaints. Knows no particular object.
//!
//! Texts between rooms here are finished client texts: which attribute of which object is wrong is added on the way out.

use serde_json::Value;

use super::typing::{self, ScalarType};
use crate::text::{python::repr_str, time};
use yaml_tree::{Content, Node, Position, YamlError};

/// Where a document stream came from, for the position part of a complaint.
#[derive(Clone, Copy)]
pub(crate) struct Place<'s> {
    /// File path, or the name PyYAML gives an unnamed stream.
    pub name: &'s str,
    /// The stream itself when its line should be quoted, as PyYAML does for streams that are not files.
    pub quoted: Option<&'s str>,
}

/// Longest part of a line quoted whole on one side of the place in question, in characters.
const MAX_QUOTED_SIDE: usize = 36;
/// How much of a longer part is quoted.
const CUT_QUOTED_SIDE: usize = 32;

impl Place<'_> {
    /// `problem` with its position, as PyYAML words it.
    pub fn problem(&self, problem: &str, at: Position) -> String {
        let mut text = format!(
            "{problem}\n  in \"{}\", line {}, column {}",
            self.name, at.line, at.column
        );
        let line = self
            .quoted
            .and_then(|quoted| quoted.lines().nth(at.line.saturating_sub(1)));
        if let Some(line) = line {
            let before = at.column.saturating_sub(1);
            let (head, kept) = quoted_side(before);
            let (tail, rest) = quoted_side(line.chars().count().saturating_sub(before));
            let quote: String = line.chars().skip(before - kept).take(kept + rest).collect();
            let caret = " ".repeat(4 + head.len() + kept);
            text += &format!(":\n    {head}{quote}{tail}\n{caret}^");
        }
        text
    }

    /// Reads each document of a stream. The first fault counts, be it in the YAML or in what a document says.
    pub fn read_all<T>(
        &self,
        text: &str,
        read: impl Fn(&Node<'_>) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let stream = yaml_tree::documents(text);
        let read = stream
            .documents
            .iter()
            .map(read)
            .collect::<Result<Vec<T>, String>>()?;
        stream
            .fault
            .map_or(Ok(read), |fault| Err(self.no_yaml(&fault)))
    }

    fn no_yaml(&self, fault: &YamlError) -> String {
        if let YamlError::Unprintable { after, .. } = fault {
            let (message, _) = fault.message_and_position();
            let name = self.name;
            return format!("YAML Parser Error: {message}\n  in \"{name}\", position {after}");
        }
        match fault.message_and_position() {
            (message, Some(at)) => format!("YAML Parser Error: {}", self.problem(&message, at)),
            (message, None) => format!("YAML Parser Error: {message}"),
        }
    }
}

/// What stands for the part of one side that is cut, and how many characters are kept.
fn quoted_side(length: usize) -> (&'static str, usize) {
    if length > MAX_QUOTED_SIDE {
        (" ... ", CUT_QUOTED_SIDE)
    } else {
        ("", length)
    }
}

/// One object being read: its attribute nodes (the last of a repeated name counts) and how it is called in complaints.
pub(crate) struct Attributes<'n, 't> {
    pub place: Place<'n>,
    pairs: &'n [(Node<'t>, Node<'t>)],
    pub label: String,
}

impl<'n, 't> Attributes<'n, 't> {
    /// The object in a mapping node; any other kind of node has no attributes.
    pub fn of(node: &'n Node<'t>, place: Place<'n>, label: impl Into<String>) -> Option<Self> {
        match &node.content {
            Content::Mapping(pairs) => Some(Self {
                place,
                pairs,
                label: label.into(),
            }),
            _ => None,
        }
    }

    /// As [`Attributes::of`]; what has nothing in it, such as a tag that stands alone, is an object without attributes.
    pub fn of_any(node: &'n Node<'t>, place: Place<'n>, label: impl Into<String>) -> Option<Self> {
        let is_empty = match &node.content {
            Content::Scalar { text, .. } => text.is_empty(),
            Content::Sequence(items) => items.is_empty(),
            Content::Mapping(_) => return Self::of(node, place, label),
        };
        is_empty.then(|| Self {
            place,
            pairs: &[],
            label: label.into(),
        })
    }

    /// The attribute's value, or nothing if it is absent.
    pub fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Place<'n>, &'n Node<'t>) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let named =
            |key: &Node<'_>| matches!(&key.content, Content::Scalar { text, .. } if text == name);
        let Some((_, node)) = self.pairs.iter().rev().find(|(key, _)| named(key)) else {
            return Ok(None);
        };
        let value = read(&self.place, node);
        value
            .map(Some)
            .map_err(|problem| format!("{}: Attribute '{name}': {problem}", self.label))
    }

    /// The attribute's value; absence is a complaint.
    pub fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Place<'n>, &'n Node<'t>) -> Result<T, String>,
    ) -> Result<T, String> {
        self.optional(name, read)?
            .ok_or_else(|| format!("{}: Attribute '{name}' is required", self.label))
    }
}

/// The raw text of a scalar: `8` is "8" and `null` is "null", as in Greenwave.
pub(crate) fn string(place: &Place<'_>, node: &Node<'_>) -> Result<String, String> {
    match &node.content {
        Content::Scalar { text, .. } => Ok(text.to_string()),
        _ => Err(place.problem(
            &format!("expected a scalar node, but found {}", node.kind()),
            node.at,
        )),
    }
}

/// `true` or `false` in any YAML 1.1 spelling, quoted or not.
pub(crate) fn boolean(place: &Place<'_>, node: &Node<'_>) -> Result<bool, String> {
    let text = string(place, node)?;
    match typing::plain_type(text.trim()) {
        ScalarType::Bool(value) => Ok(value),
        ScalarType::Null => Err("Expected a boolean value, got: None".to_owned()),
        _ => Err(format!("Expected a boolean value, got: {text}")),
    }
}

/// A point in time, µs since the epoch.
pub(crate) fn date_time(place: &Place<'_>, node: &Node<'_>) -> Result<i64, String> {
    let text = string(place, node)?;
    time::parse_date_time(&text)
        .ok_or_else(|| format!("Could not parse string as date/time, got: {text}"))
}

/// A mapping of anything.
pub(crate) fn dict(place: &Place<'_>, node: &Node<'_>) -> Result<Value, String> {
    match &node.content {
        Content::Mapping(_) => Ok(typing::to_json(node)),
        _ => Err(place.problem(
            &format!("expected a mapping node, but found {}", node.kind()),
            node.at,
        )),
    }
}

/// The items of a sequence.
pub(crate) fn items<'n, 't>(
    place: &Place<'_>,
    node: &'n Node<'t>,
) -> Result<&'n [Node<'t>], String> {
    match &node.content {
        Content::Sequence(items) => Ok(items),
        _ => Err(place.problem(
            &format!("expected a sequence node, but found {}", node.kind()),
            node.at,
        )),
    }
}

/// A list of text; numbers, dates and booleans must be quoted.
pub(crate) fn strings(place: &Place<'_>, node: &Node<'_>) -> Result<Vec<String>, String> {
    const EXPECTED: &str = "Expected list of str objects";
    let items = items(place, node)?;
    check_items(place, items)?;
    items
        .iter()
        .map(|item| match &item.content {
            Content::Scalar { text, plain } => {
                match typing::scalar_type(item.tag.as_deref(), text, *plain) {
                    Some(ScalarType::Text) => Ok(text.to_string()),
                    _ => Err(EXPECTED.to_owned()),
                }
            }
            _ => Err(EXPECTED.to_owned()),
        })
        .collect()
}

/// A list of mappings of anything.
pub(crate) fn dicts(place: &Place<'_>, node: &Node<'_>) -> Result<Vec<Value>, String> {
    let items = items(place, node)?;
    check_items(place, items)?;
    items
        .iter()
        .map(|item| match item.content {
            Content::Mapping(_) => Ok(typing::to_json(item)),
            _ => Err("Expected list of dict objects".to_owned()),
        })
        .collect()
}

/// An unknown tag or a wrong rule anywhere in a list is found before a wrong type is.
fn check_items(place: &Place<'_>, items: &[Node<'_>]) -> Result<(), String> {
    items
        .iter()
        .try_for_each(|item| super::policy::rule(place, item).map(drop))
}

/// Refuses a tag that nothing is known by. Rules have tags, so they are let through here and refused for their type.
pub(crate) fn check_tag(place: &Place<'_>, node: &Node<'_>) -> Result<(), String> {
    match node.tag.as_deref() {
        Some(tag) if !tag.starts_with("tag:yaml.org,2002:") && !super::policy::is_rule_tag(tag) => {
            Err(place.problem(
                &format!(
                    "could not determine a constructor for the tag {}",
                    repr_str(tag)
                ),
                node.at,
            ))
        }
        _ => Ok(()),
    }
}

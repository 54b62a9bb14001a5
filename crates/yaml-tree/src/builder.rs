//! The parser's events → trees, within the limits. What is wrong with bytes or characters is known before.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::{Content, MAX_DEPTH, MAX_DOCUMENTS, MAX_NODES, Node, Position, YamlError};

/// A collection that is still open, with its anchor.
struct Open<'t> {
    node: Node<'t>,
    /// A mapping's key that waits for its value.
    key: Option<Node<'t>>,
    anchor: usize,
}

/// What has been read of a stream.
#[derive(Default)]
pub(crate) struct Builder<'t> {
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, Node<'t>>,
    nodes: usize,
    /// The root of a document that has not ended.
    root: Option<Node<'t>>,
    /// The roots of those that have.
    pub documents: Vec<Node<'t>>,
}

impl<'t> Builder<'t> {
    /// Reads a text to its end, or as far as it can be read.
    pub fn take_all(&mut self, text: &'t str) -> Result<(), YamlError> {
        let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, span)) => self.take(event, Position::of(span.start))?,
                Err(error) => {
                    let message = error.info().to_owned();
                    return Err(YamlError::Syntax {
                        message,
                        at: Position::of(*error.marker()),
                    });
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, event: Event<'t>, at: Position) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                // A value left out is marked at its colon; PyYAML marks it behind.
                let left_out = usize::from(plain && text.is_empty() && tag.is_none());
                let at = Position {
                    column: at.column + left_out,
                    ..at
                };
                let content = Content::Scalar { text, plain };
                self.nodes += 1;
                self.place(leaf(content, tag, at), anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(leaf(Content::Sequence(Vec::new()), tag, at), anchor)
            }
            Event::MappingStart(anchor, tag) => {
                self.open(leaf(Content::Mapping(Vec::new()), tag, at), anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(done) => self.place(done.node, done.anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let node = self
                    .anchors
                    .get(&anchor)
                    .ok_or(YamlError::UnknownAlias { at })?;
                self.nodes += node.size;
                if self.nodes > MAX_NODES {
                    return Err(YamlError::TooManyNodes { at });
                }
                let node = node.clone();
                self.place(node, 0)
            }
            Event::DocumentStart(_) if self.documents.len() == MAX_DOCUMENTS => {
                Err(YamlError::TooManyDocuments)
            }
            Event::DocumentEnd => {
                // An anchor ends with its document. What can't be read to its end is none.
                self.anchors.clear();
                self.documents.extend(self.root.take());
                Ok(())
            }
            Event::DocumentStart(_) | Event::StreamStart | Event::StreamEnd | Event::Nothing => {
                Ok(())
            }
        }
    }

    fn open(&mut self, node: Node<'t>, anchor: usize) -> Result<(), YamlError> {
        if self.open.len() == MAX_DEPTH {
            return Err(YamlError::TooDeep { at: node.at });
        }
        self.nodes += 1;
        self.open.push(Open {
            node,
            key: None,
            anchor,
        });
        Ok(())
    }

    /// Puts a finished node where it belongs: into the collection around it, or at the top of its document.
    fn place(&mut self, node: Node<'t>, anchor: usize) -> Result<(), YamlError> {
        if self.nodes > MAX_NODES {
            return Err(YamlError::TooManyNodes { at: node.at });
        }
        if self.open.len() + node.height > MAX_DEPTH {
            return Err(YamlError::TooDeep { at: node.at });
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.node.size += node.size;
        parent.node.height = parent.node.height.max(node.height + 1);
        match &mut parent.node.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping(pairs) => match parent.key.take() {
                Some(key) => pairs.push((key, node)),
                None => parent.key = Some(node),
            },
            Content::Scalar { .. } => {}
        }
        Ok(())
    }
}

fn leaf<'t>(content: Content<'t>, tag: Option<Cow<'t, Tag>>, at: Position) -> Node<'t> {
    let tag = tag
        .map(|tag| format!("{}{}", tag.handle, tag.suffix))
        .filter(|tag| tag != "!");
    let height = usize::from(!matches!(content, Content::Scalar { .. }));
    Node {
        tag,
        at,
        content,
        size: 1,
        height,
    }
}

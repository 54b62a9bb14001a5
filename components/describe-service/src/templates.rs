//! What the variable `remote_rule_policies` says, as it is shown. Whether its templates can be used is not
//! known here: whoever fetches files finds out.

use endpoint::service::UrlTemplates;
use std::collections::BTreeMap;
use yaml_tree::{Content, Node};

/// URL templates by type of subject, from YAML or JSON.
///
/// # Errors
/// What is wrong with the text, for the log.
pub fn read(text: &str) -> Result<BTreeMap<String, UrlTemplates>, String> {
    let stream = yaml_tree::documents(text);
    if let Some(fault) = stream.fault {
        return Err(fault.message_and_position().0);
    }
    match stream.documents.as_slice() {
        [] => Ok(BTreeMap::new()),
        [document] => match &document.content {
            Content::Mapping(pairs) => pairs.iter().map(entry).collect(),
            _ => Err("it is no mapping".to_owned()),
        },
        _ => Err("it has more than one document".to_owned()),
    }
}

fn entry((key, value): &(Node<'_>, Node<'_>)) -> Result<(String, UrlTemplates), String> {
    let name = scalar(key).ok_or("a type of subjects is no text")?;
    let templates = match &value.content {
        Content::Sequence(items) => {
            let texts: Option<Vec<String>> = items.iter().map(scalar).collect();
            texts.map(UrlTemplates::Several)
        }
        _ => scalar(value).map(UrlTemplates::One),
    };
    let templates = templates.ok_or_else(|| format!("type `{name}` has no URL templates"))?;
    Ok((name, templates))
}

fn scalar(node: &Node<'_>) -> Option<String> {
    match &node.content {
        Content::Scalar { text, .. } => Some(text.to_string()),
        Content::Sequence(_) | Content::Mapping(_) => None,
    }
}

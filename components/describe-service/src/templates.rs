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
    match yaml_tree::only_document(text)?.map(|document| document.content) {
        None => Ok(BTreeMap::new()),
        Some(Content::Mapping(pairs)) => pairs.iter().map(entry).collect(),
        Some(_) => Err("it is no mapping".to_owned()),
    }
}

fn entry((key, value): &(Node<'_>, Node<'_>)) -> Result<(String, UrlTemplates), String> {
    let name = key.text().ok_or("a type of subjects is no text")?;
    let own = |node: &Node<'_>| node.text().map(str::to_owned);
    let templates = match &value.content {
        Content::Sequence(items) => {
            let texts: Option<Vec<String>> = items.iter().map(own).collect();
            texts.map(UrlTemplates::Several)
        }
        _ => own(value).map(UrlTemplates::One),
    };
    let templates = templates.ok_or_else(|| format!("type `{name}` has no URL templates"))?;
    Ok((name.to_owned(), templates))
}

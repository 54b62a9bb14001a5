//! Which templates are for which type of subject: Greenwave's `REMOTE_RULE_POLICIES` and its older
//! `DIST_GIT_URL_TEMPLATE`.

use crate::template::Template;
use yaml_tree::{Content, Node};

/// The type that stands for all others.
const ANY: &str = "*";
/// Most URL templates of one rule or one type of subject.
pub const MAX_TEMPLATES: usize = 20;

/// The configured templates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    by_type: Vec<(String, Vec<Template>)>,
    dist_git: Vec<Template>,
}

impl Templates {
    /// Reads the variables `remote_rule_policies` (YAML or JSON, a template or a list of them for
    /// each type) and `dist_git_url_template`; both may be empty.
    ///
    /// # Errors
    /// What is wrong with them, for the log.
    pub fn parse(remote_rule_policies: &str, dist_git: &str) -> Result<Self, String> {
        let by_type = by_type(remote_rule_policies)
            .map_err(|reason| format!("variable `remote_rule_policies`: {reason}"))?;
        let dist_git = match dist_git.trim() {
            "" => Vec::new(),
            text => {
                let template = Template::parse(text);
                vec![
                    template
                        .map_err(|reason| format!("variable `dist_git_url_template`: {reason}"))?,
                ]
            }
        };
        Ok(Self { by_type, dist_git })
    }

    /// The templates for a type, in the order in which they are tried; none if nothing is
    /// configured for it. A type with an empty list is as good as absent, as in Greenwave.
    #[must_use]
    pub fn of(&self, subject_type: &str) -> &[Template] {
        let of = |wanted: &str| {
            let mut all = self.by_type.iter();
            all.find(|(name, list)| name == wanted && !list.is_empty())
        };
        match of(subject_type).or_else(|| of(ANY)) {
            Some((_, templates)) => templates,
            None => &self.dist_git,
        }
    }
}

/// The templates of a rule of its own.
///
/// # Errors
/// What is wrong with them, for whoever wrote the rule.
pub fn own(sources: &[String]) -> Result<Vec<Template>, String> {
    if sources.len() > MAX_TEMPLATES {
        return Err(format!("a rule has at most {MAX_TEMPLATES} URL templates"));
    }
    sources.iter().map(|text| Template::parse(text)).collect()
}

fn by_type(text: &str) -> Result<Vec<(String, Vec<Template>)>, String> {
    match yaml_tree::only_document(text)?.map(|document| document.content) {
        None => Ok(Vec::new()),
        Some(Content::Mapping(pairs)) => pairs.iter().map(entry).collect(),
        Some(_) => Err("it is no mapping from types of subjects to URL templates".to_owned()),
    }
}

fn entry((key, value): &(Node<'_>, Node<'_>)) -> Result<(String, Vec<Template>), String> {
    let name = key.text().ok_or("a type of subjects is no text")?;
    let texts = match &value.content {
        Content::Sequence(items) => items.iter().map(Node::text).collect(),
        _ => value.text().map(|text| vec![text]),
    };
    let texts: Vec<&str> = texts
        .ok_or_else(|| format!("type `{name}` has neither a URL template nor a list of them"))?;
    let templates: Vec<String> = texts.into_iter().map(str::to_owned).collect();
    let templates = own(&templates).map_err(|reason| format!("type `{name}`: {reason}"))?;
    Ok((name.to_owned(), templates))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(templates: &Templates, subject_type: &str) -> Vec<String> {
        let all = templates.of(subject_type).iter();
        all.map(|template| template.fill("i", None).unwrap())
            .collect()
    }

    #[test]
    fn types_have_templates_of_their_own() {
        let yaml = "group:\n  - https://h/1/{subject_id}\n  - https://h/2\nempty: []\n'*': https://h/any\n";
        let json = r#"{"group": ["https://h/1/{subject_id}", "https://h/2"], "empty": [], "*": "https://h/any"}"#;
        for text in [yaml, json] {
            let templates = Templates::parse(text, "https://h/old").unwrap();
            assert_eq!(urls(&templates, "group"), ["https://h/1/i", "https://h/2"]);
            assert_eq!(urls(&templates, "other"), ["https://h/any"]);
            assert_eq!(urls(&templates, "empty"), ["https://h/any"]);
        }
        let templates = Templates::parse("group: https://h/g", " https://h/old ").unwrap();
        assert_eq!(urls(&templates, "group"), ["https://h/g"]);
        assert_eq!(urls(&templates, "other"), ["https://h/old"]);
        assert_eq!(Templates::parse("", "").unwrap(), Templates::default());
        assert!(Templates::default().of("other").is_empty());
    }

    #[test]
    fn mistakes_are_told() {
        for (text, part) in [
            ("[]", "no mapping"),
            ("text", "no mapping"),
            ("a: https://h\n---\nb: https://h\n", "more than one"),
            ("a: {b: c}", "type `a` has neither"),
            ("a: [[b]]", "type `a` has neither"),
            ("a: ftp://h", "type `a`: URL template `ftp://h`"),
            ("? [a]\n: b\n", "no text"),
            ("a: 'b", "quot"),
        ] {
            let error = Templates::parse(text, "").unwrap_err();
            let expected = "variable `remote_rule_policies`: ";
            assert!(
                error.starts_with(expected) && error.contains(part),
                "{text}: {error}"
            );
        }
        let error = Templates::parse("", "h").unwrap_err();
        assert!(
            error.starts_with("variable `dist_git_url_template`: "),
            "{error}"
        );
    }

    #[test]
    fn a_rule_has_so_many_templates() {
        let templates = |count| own(&vec!["https://h/x".to_owned(); count]);
        assert_eq!(templates(MAX_TEMPLATES).unwrap().len(), MAX_TEMPLATES);
        assert!(templates(MAX_TEMPLATES + 1).is_err());
    }
}

//! A YAML document → a policy. Two dialects: policies of this service, and policies in a package's own `gating.yaml`, which may leave out
//! more and may not refer to further files.

use std::sync::Arc;

use super::attributes::{self, Attributes, Place};
use super::informative;
use crate::domain::policy::{Informative, Origin, PassingTestCaseRule, Policy, RemoteRule, Rule};
use crate::text::python::repr_str;
use yaml_tree::Node;

/// Most rules in one policy.
pub const MAX_RULES: usize = 10_000;

const PASSING_TEST_CASE_RULE: &str = "!PassingTestCaseRule";
const REMOTE_RULE: &str = "!RemoteRule";
const OBSOLETE_RULES: [&str; 2] = ["!PackageSpecificBuild", "!FedoraAtomicCi"];

/// Which kind of policy a document is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Local,
    Remote,
}

/// Whether rules are written with this tag, obsolete ones included.
pub(crate) fn is_rule_tag(tag: &str) -> bool {
    tag == PASSING_TEST_CASE_RULE || tag == REMOTE_RULE || OBSOLETE_RULES.contains(&tag)
}

/// The complaint about a rule kind that is gone, by its tag.
pub(crate) fn obsolete(tag: &str) -> Option<String> {
    OBSOLETE_RULES
        .contains(&tag)
        .then(|| format!("{tag} is obsolete. Please use the \"packages\" allowlist instead."))
}

/// Reads a policy document; any root tag is taken for `!Policy`.
pub(crate) fn read(
    node: &Node<'_>,
    place: Place<'_>,
    dialect: Dialect,
    origin: Origin,
) -> Result<Policy, String> {
    let mut from = Attributes::of(node, place, label(None))
        .ok_or("Expected mapping for !Policy tagged object")?;
    let remote = dialect == Dialect::Remote;
    let id = if remote {
        from.optional("id", attributes::string)?
    } else {
        Some(from.required("id", attributes::string)?)
    };
    from.label = label(id.as_deref());
    let product_versions = if remote {
        from.optional("product_versions", attributes::strings)?
            .unwrap_or_else(|| vec!["*".to_owned()])
    } else {
        from.required("product_versions", attributes::strings)?
    };
    // The dialects list these in different orders, and the first wrong one is the one complained about.
    let ((decision_context, decision_contexts), (subject_type, subject_types)) = if remote {
        let subjects = subjects(&from)?;
        (contexts(&from)?, subjects)
    } else {
        (contexts(&from)?, subjects(&from)?)
    };
    let mut policy = Policy {
        id,
        product_versions,
        decision_context,
        decision_contexts,
        subject_type,
        subject_types,
        rules: from.required("rules", rules)?,
        excluded_packages: from
            .optional("excluded_packages", attributes::strings)?
            .unwrap_or_default(),
        packages: from
            .optional("packages", attributes::strings)?
            .unwrap_or_default(),
        relevance_key: None,
        relevance_value: None,
        origin,
    };
    if remote {
        if policy.subject_type.is_none() && policy.subject_types.is_empty() {
            policy.subject_type = Some("*".to_owned());
        }
    } else {
        policy.relevance_key = from.optional("relevance_key", attributes::string)?;
        policy.relevance_value = from.optional("relevance_value", attributes::string)?;
    }
    validate(&policy, dialect).map_err(|problem| format!("{}: {problem}", from.label))?;
    Ok(policy)
}

fn label(id: Option<&str>) -> String {
    format!(
        "Policy {}",
        repr_str(id.filter(|id| !id.is_empty()).unwrap_or("untitled"))
    )
}

type OneOrList = (Option<String>, Vec<String>);

fn contexts(from: &Attributes<'_, '_>) -> Result<OneOrList, String> {
    let one = from.optional("decision_context", attributes::string)?;
    Ok((
        one,
        from.optional("decision_contexts", attributes::strings)?
            .unwrap_or_default(),
    ))
}

fn subjects(from: &Attributes<'_, '_>) -> Result<OneOrList, String> {
    let one = from.optional("subject_type", attributes::string)?;
    Ok((
        one,
        from.optional("subject_types", attributes::strings)?
            .unwrap_or_default(),
    ))
}

fn validate(policy: &Policy, dialect: Dialect) -> Result<(), &'static str> {
    let has_remote_rule = policy
        .rules
        .iter()
        .any(|rule| matches!(rule, Rule::Remote(_)));
    if dialect == Dialect::Remote && has_remote_rule {
        return Err("RemoteRule is not allowed in remote policies");
    }
    match (&policy.subject_type, policy.subject_types.is_empty()) {
        (None, true) => return Err("No subject types provided"),
        (Some(_), false) => {
            return Err("Both properties \"subject_types\" and \"subject_type\" were set");
        }
        _ => {}
    }
    let context = policy
        .decision_context
        .as_ref()
        .filter(|context| !context.is_empty());
    match (context, policy.decision_contexts.is_empty()) {
        (None, true) => Err("No decision contexts provided"),
        (Some(_), false) => {
            Err("Both properties \"decision_contexts\" and \"decision_context\" were set")
        }
        _ => Ok(()),
    }
}

fn rules(place: &Place<'_>, node: &Node<'_>) -> Result<Vec<Rule>, String> {
    let items = attributes::items(place, node)?;
    if items.len() > MAX_RULES {
        return Err(format!("More than {MAX_RULES} rules"));
    }
    let rules: Vec<Option<Rule>> = items
        .iter()
        .map(|item| rule(place, item))
        .collect::<Result<_, _>>()?;
    rules
        .into_iter()
        .map(|rule| rule.ok_or_else(|| "Expected list of Rule objects".to_owned()))
        .collect()
}

/// A rule, or nothing if the item is no rule at all.
pub(crate) fn rule(place: &Place<'_>, node: &Node<'_>) -> Result<Option<Rule>, String> {
    attributes::check_tag(place, node)?;
    let Some(tag) = node.tag.as_deref().filter(|tag| is_rule_tag(tag)) else {
        return Ok(None);
    };
    if let Some(problem) = obsolete(tag) {
        return Err(problem);
    }
    let Some(from) = Attributes::of_any(node, *place, format!("YAML object {tag}")) else {
        return Err(place.problem(
            &format!("expected a mapping node, but found {}", node.kind()),
            node.at,
        ));
    };
    if tag == REMOTE_RULE {
        return Ok(Some(Rule::Remote(Arc::new(RemoteRule {
            sources: from
                .optional("sources", attributes::strings)?
                .unwrap_or_default(),
            required: from
                .optional("required", attributes::boolean)?
                .unwrap_or_default(),
            informative: informative(&from)?,
        }))));
    }
    Ok(Some(Rule::PassingTestCase(Arc::new(PassingTestCaseRule {
        test_case_name: from.required("test_case_name", attributes::string)?,
        scenario: from.optional("scenario", attributes::string)?,
        valid_since_us: from.optional("valid_since", attributes::date_time)?,
        valid_until_us: from.optional("valid_until", attributes::date_time)?,
        informative: informative(&from)?,
    }))))
}

fn informative(from: &Attributes<'_, '_>) -> Result<Informative, String> {
    Ok(from
        .optional("informative", informative::from_yaml)?
        .unwrap_or_default())
}

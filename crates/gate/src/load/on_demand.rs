//! The `rules` of a decision request → a policy of their own. Same attributes as a policy document, but as JSON, without an object's name in
//! complaints, and with hardly anything checked for sense.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::informative;
use super::policy::{self, MAX_RULES};
use crate::domain::policy::{Origin, PassingTestCaseRule, Policy, RemoteRule, Rule};
use crate::text::{python, time};

const ID: &str = "on-demand-policy";

/// The policy in a decision request. The request's own keys overrule the defaults, as in Greenwave, so it may bring an `id` or
/// `product_versions`. The error is the 400's text.
pub(crate) fn read(
    request: &Map<String, Value>,
    product_version: &Value,
) -> Result<Policy, String> {
    read_policy(request, product_version)
        .map_err(|problem| format!("Failed to parse on demand policy: {problem}"))
}

fn read_policy(request: &Map<String, Value>, product_version: &Value) -> Result<Policy, String> {
    let from = Attributes(request);
    let id = match request.contains_key("id") {
        true => from.required("id", string)?,
        false => ID.to_owned(),
    };
    let product_versions = match request.contains_key("product_versions") {
        true => from.required("product_versions", strings)?,
        false => strings(&Value::Array(vec![product_version.clone()]))
            .map_err(|problem| format!("Attribute 'product_versions': {problem}"))?,
    };
    // Neither contexts nor subject types of an on-demand policy are ever looked at, but lists of them are checked.
    from.optional("decision_contexts", strings)?;
    from.optional("subject_types", strings)?;
    Ok(Policy {
        id: Some(id),
        product_versions,
        decision_context: Some(ID.to_owned()),
        decision_contexts: Vec::new(),
        subject_type: Some("unused".to_owned()),
        subject_types: Vec::new(),
        rules: from.required("rules", rules)?,
        excluded_packages: from
            .optional("excluded_packages", strings)?
            .unwrap_or_default(),
        packages: from.optional("packages", strings)?.unwrap_or_default(),
        relevance_key: from.optional("relevance_key", string)?,
        relevance_value: from.optional("relevance_value", string)?,
        origin: Origin::OnDemand,
    })
}

struct Attributes<'v>(&'v Map<String, Value>);

impl<'v> Attributes<'v> {
    fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'v Value) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value)
                .map(Some)
                .map_err(|problem| format!("Attribute '{name}': {problem}")),
        }
    }

    fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'v Value) -> Result<T, String>,
    ) -> Result<T, String> {
        self.optional(name, read)?
            .ok_or_else(|| format!("Attribute '{name}' is required"))
    }
}

fn string(value: &Value) -> Result<String, String> {
    Ok(python::str_value(value))
}

fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| {
        format!(
            "Expected a boolean value, got: {}",
            python::str_value(value)
        )
    })
}

fn date_time(value: &Value) -> Result<i64, String> {
    let text = python::str_value(value);
    time::parse_date_time(&text)
        .ok_or_else(|| format!("Could not parse string as date/time, got: {text}"))
}

/// A list of text. Greenwave takes a bare text for the list of its letters; we refuse it.
fn strings(value: &Value) -> Result<Vec<String>, String> {
    let expected = || "Expected list of str objects".to_owned();
    let items = value.as_array().ok_or_else(expected)?;
    for item in items.iter().filter_map(Value::as_object) {
        rule(item)?;
    }
    items
        .iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(expected))
        .collect()
}

fn rules(value: &Value) -> Result<Vec<Rule>, String> {
    let expected = || "Expected list of Rule objects".to_owned();
    let items = value.as_array().ok_or_else(expected)?;
    if items.len() > MAX_RULES {
        return Err(format!("More than {MAX_RULES} rules"));
    }
    // Wrong rules are complained about before items that are no rules.
    let rules: Vec<Option<Rule>> = items
        .iter()
        .map(|item| item.as_object().map(rule).transpose())
        .collect::<Result<_, _>>()?;
    rules
        .into_iter()
        .map(|rule| rule.ok_or_else(expected))
        .collect()
}

fn rule(fields: &Map<String, Value>) -> Result<Rule, String> {
    let kind = match fields.get("type") {
        None | Some(Value::Null | Value::Bool(false)) => None,
        Some(kind) => Some(python::str_value(kind))
            .filter(|kind| !matches!(kind.as_str(), "" | "0" | "[]" | "{}")),
    };
    let Some(kind) = kind else {
        return Err("Key 'type' is required for each list item".to_owned());
    };
    let from = Attributes(fields);
    match kind.as_str() {
        "PassingTestCaseRule" => Ok(Rule::PassingTestCase(Arc::new(PassingTestCaseRule {
            test_case_name: from.required("test_case_name", string)?,
            scenario: from.optional("scenario", string)?,
            valid_since_us: from.optional("valid_since", date_time)?,
            valid_until_us: from.optional("valid_until", date_time)?,
            informative: from
                .optional("informative", informative::from_json)?
                .unwrap_or_default(),
        }))),
        "RemoteRule" => Ok(Rule::Remote(Arc::new(RemoteRule {
            sources: from.optional("sources", strings)?.unwrap_or_default(),
            required: from.optional("required", boolean)?.unwrap_or_default(),
            informative: from
                .optional("informative", informative::from_json)?
                .unwrap_or_default(),
        }))),
        other => Err(policy::obsolete(&format!("!{other}"))
            .unwrap_or_else(|| format!("Key 'type' for an list item is not valid: {other}"))),
    }
}

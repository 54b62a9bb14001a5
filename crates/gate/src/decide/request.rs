//! A decision request: the JSON body, checked in Greenwave's order with Greenwave's words.
//!
//! Two differences: bodies that crash Greenwave (500) are refused here, with words of our own; and all subjects are checked before any policy
//! is looked for, where Greenwave goes subject by subject.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::work::{self, MAX_CHECKS};
use crate::domain::policy::Policy;
use crate::domain::subject::Subject;
use crate::load::on_demand;
use crate::load::policy_set::PolicySet;
use crate::text::time;

/// Most subjects in one request.
pub const MAX_SUBJECTS: usize = 2_000;
/// Most subjects in one request that asks for an explanation, which is long for each.
pub const MAX_EXPLAINED_SUBJECTS: usize = 200;
/// Largest id that a number written with a fraction names exactly.
const LARGEST_EXACT_ID: f64 = 9_007_199_254_740_992.0;
/// Most decision contexts in one request.
pub const MAX_DECISION_CONTEXTS: usize = 100;

/// A request that asks for something that can be decided.
#[derive(Clone, Debug)]
pub struct DecisionRequest {
    /// Product version, for policies and waivers.
    pub product_version: String,
    /// Decision contexts, any of which a policy must have; empty for on-demand rules.
    pub decision_contexts: Vec<String>,
    /// The rules brought along, as a policy; then no other policy counts.
    pub on_demand: Option<Arc<Policy>>,
    /// What the decision is about, in order, repetitions included.
    pub subjects: Vec<Arc<Subject>>,
    /// Whether all results and waivers of the subjects shall be shown.
    pub verbose: bool,
    /// Ids of results to leave out, after the latest have been chosen: an ignored result does not uncover an older one.
    pub ignore_result: BTreeSet<i64>,
    /// Ids of waivers to leave out; an ignored waiver does not uncover an older one.
    pub ignore_waiver: BTreeSet<i64>,
    /// Decide as of this time, µs since the epoch, inclusive.
    pub when_us: Option<i64>,
}

/// Why a request was refused. `Display` is the `message` of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages below say it")]
pub enum RequestError {
    InvalidJson(String),
    NotAnObject,
    NoPayload,
    NoProductVersion,
    InvalidProductVersion,
    NeitherContextNorRules,
    BothContextAndRules,
    InvalidDecisionContext,
    TooManyDecisionContexts,
    /// The whole text, which starts with `Failed to parse on demand policy: `.
    OnDemandPolicy(String),
    InvalidVerbose,
    /// The parameter that is no list: `ignore_result` or `ignore_waiver`.
    InvalidIgnoreList(&'static str),
    InvalidWhen,
    InvalidPoliciesAsOf,
    InvalidSubjectList,
    TooManySubjects,
    TooManyExplainedSubjects,
    NoSubjectType,
    InvalidSubjectType,
    NoSubjectIdentifier,
    UnknownSubject,
    InvalidSubjectItem,
    TooManyChecks,
    TooManyPatterns,
}

impl RequestError {
    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoPayload => 415,
            _ => 400,
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidJson(problem) => write!(out, "Failed to decode JSON object: {problem}"),
            Self::NotAnObject => out.write_str("Invalid payload, must be a JSON object"),
            Self::NoPayload => out.write_str("No JSON payload in request"),
            Self::NoProductVersion => out.write_str("Missing required product version"),
            Self::InvalidProductVersion => {
                out.write_str("Invalid product version, must be a string")
            }
            Self::NeitherContextNorRules => {
                out.write_str("Either decision_context or rules is required.")
            }
            Self::BothContextAndRules => {
                out.write_str("Cannot have both decision_context and rules")
            }
            Self::InvalidDecisionContext => {
                out.write_str("Invalid decision context, must be a string or a list of strings")
            }
            Self::TooManyDecisionContexts => write!(
                out,
                "Too many decision contexts, must be at most {MAX_DECISION_CONTEXTS}"
            ),
            Self::OnDemandPolicy(text) => out.write_str(text),
            Self::InvalidVerbose => out.write_str("Invalid verbose flag, must be a bool"),
            Self::InvalidIgnoreList(name) => {
                write!(out, "Invalid \"{name}\" parameter, must be a list of ids")
            }
            Self::InvalidWhen => {
                out.write_str("Invalid \"when\" parameter, must be in ISO8601 format")
            }
            Self::InvalidPoliciesAsOf => {
                out.write_str("Invalid \"policies_as_of\" parameter, must be in ISO8601 format")
            }
            Self::InvalidSubjectList => out.write_str("Invalid subject, must be a list of dicts"),
            Self::TooManySubjects => {
                write!(out, "Too many subjects, must be at most {MAX_SUBJECTS}")
            }
            Self::TooManyExplainedSubjects => write!(
                out,
                "Too many subjects for an explanation, must be at most {MAX_EXPLAINED_SUBJECTS}"
            ),
            Self::NoSubjectType => out.write_str("Missing required \"subject_type\" parameter"),
            Self::InvalidSubjectType => {
                out.write_str("Invalid \"subject_type\" parameter, must be a string")
            }
            Self::NoSubjectIdentifier => {
                out.write_str("Missing required \"subject_identifier\" parameter")
            }
            Self::UnknownSubject => out.write_str("Could not detect subject_identifier"),
            Self::InvalidSubjectItem => {
                out.write_str("Subject item/identificator must be a string")
            }
            Self::TooManyChecks => write!(
                out,
                "Too many rules for so many subjects, must be at most {MAX_CHECKS} checks"
            ),
            Self::TooManyPatterns => write!(
                out,
                "Too many or too long patterns for so many subjects, please ask for fewer at once"
            ),
        }
    }
}

impl std::error::Error for RequestError {}

impl DecisionRequest {
    /// Checks a request body.
    pub fn from_slice(body: &[u8], policies: &PolicySet) -> Result<Self, RequestError> {
        Self::from_json(&json(body)?, policies)
    }

    /// Checks a parsed request body. The policy set gives the subject types, nothing else.
    pub fn from_json(body: &Value, policies: &PolicySet) -> Result<Self, RequestError> {
        if is_falsy(body) {
            return Err(RequestError::NoPayload);
        }
        let body = body.as_object().ok_or(RequestError::NotAnObject)?;
        let product_version = body
            .get("product_version")
            .filter(|value| !is_falsy(value))
            .ok_or(RequestError::NoProductVersion)?;
        let context = body.get("decision_context");
        let rules = body.get("rules").filter(|rules| !is_falsy(rules));
        if context.is_none_or(is_falsy) && rules.is_none() {
            return Err(RequestError::NeitherContextNorRules);
        }
        // Only an empty list is no context here: Greenwave takes null and "" for a context when there are rules.
        if rules.is_some()
            && context.is_some_and(|context| context.as_array().is_none_or(|list| !list.is_empty()))
        {
            return Err(RequestError::BothContextAndRules);
        }
        let on_demand = match rules {
            None => None,
            // Greenwave reads the rules after the first subject and before the others.
            Some(_) => {
                subjects(body, policies, 1)?;
                let policy =
                    on_demand::read(body, product_version).map_err(RequestError::OnDemandPolicy)?;
                subjects(body, policies, MAX_SUBJECTS)?;
                Some(Arc::new(policy))
            }
        };
        let verbose = match body.get("verbose") {
            None => false,
            Some(verbose) => verbose.as_bool().ok_or(RequestError::InvalidVerbose)?,
        };
        let when_us = when(body)?;
        let subjects = subjects(body, policies, MAX_SUBJECTS)?;
        // What Greenwave does not check, but stumbles over later, comes last.
        let product_version = product_version
            .as_str()
            .ok_or(RequestError::InvalidProductVersion)?;
        if let Some(policy) = &on_demand {
            work::check(policy, product_version, &subjects)?;
        }
        Ok(Self {
            product_version: product_version.to_owned(),
            decision_contexts: match on_demand {
                Some(_) => Vec::new(),
                None => decision_contexts(context)?,
            },
            on_demand,
            verbose,
            ignore_result: ids(body, "ignore_result")?,
            ignore_waiver: ids(body, "ignore_waiver")?,
            when_us,
            subjects,
        })
    }
}

impl DecisionRequest {
    /// Whether it asks for no more than can be explained at once.
    pub fn check_explainable(&self) -> Result<(), RequestError> {
        if self.subjects.len() > MAX_EXPLAINED_SUBJECTS {
            return Err(RequestError::TooManyExplainedSubjects);
        }
        Ok(())
    }
}

/// A request body as JSON.
pub fn json(body: &[u8]) -> Result<Value, RequestError> {
    serde_json::from_slice(body).map_err(|error| RequestError::InvalidJson(error.to_string()))
}

/// What Python takes for false.
fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn decision_contexts(value: Option<&Value>) -> Result<Vec<String>, RequestError> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    if items.len() > MAX_DECISION_CONTEXTS {
        return Err(RequestError::TooManyDecisionContexts);
    }
    let text = |item: &Value| {
        item.as_str()
            .map(str::to_owned)
            .ok_or(RequestError::InvalidDecisionContext)
    };
    items.iter().map(text).collect()
}

/// Ids to ignore; null is no list of them. An item that is no whole number (`7.0` is one) is no id and ignores nothing.
fn ids(body: &Map<String, Value>, name: &'static str) -> Result<BTreeSet<i64>, RequestError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(BTreeSet::new()),
        Some(Value::Array(items)) => Ok(items.iter().filter_map(id).collect()),
        Some(_) => Err(RequestError::InvalidIgnoreList(name)),
    }
}

fn id(value: &Value) -> Option<i64> {
    let as_whole = |float: &f64| float.fract() == 0.0 && float.abs() <= LARGEST_EXACT_ID;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "whole and in range, so exact"
    )]
    let whole = || value.as_f64().filter(as_whole).map(|float| float as i64);
    value.as_i64().or_else(whole)
}

fn when(body: &Map<String, Value>) -> Result<Option<i64>, RequestError> {
    let Some(when) = body.get("when").filter(|when| !is_falsy(when)) else {
        return Ok(None);
    };
    when.as_str()
        .and_then(time::parse_when)
        .map(Some)
        .ok_or(RequestError::InvalidWhen)
}

/// The subjects, in order, of which the first `count` are read.
fn subjects(
    body: &Map<String, Value>,
    policies: &PolicySet,
    count: usize,
) -> Result<Vec<Arc<Subject>>, RequestError> {
    let Some(list) = body.get("subject") else {
        let subject_type = body
            .get("subject_type")
            .ok_or(RequestError::NoSubjectType)?;
        let identifier = body
            .get("subject_identifier")
            .ok_or(RequestError::NoSubjectIdentifier)?;
        let identifier = identifier
            .as_str()
            .ok_or(RequestError::InvalidSubjectItem)?;
        let subject_type = subject_type
            .as_str()
            .ok_or(RequestError::InvalidSubjectType)?;
        return Ok(vec![subject(policies, subject_type, identifier)]);
    };
    let items = list
        .as_array()
        .filter(|items| !items.is_empty())
        .ok_or(RequestError::InvalidSubjectList)?;
    let items: Option<Vec<_>> = items.iter().map(Value::as_object).collect();
    let items = items.ok_or(RequestError::InvalidSubjectList)?;
    if items.len() > MAX_SUBJECTS {
        return Err(RequestError::TooManySubjects);
    }
    items
        .into_iter()
        .take(count)
        .map(|item| detect_subject(item, policies))
        .collect()
}

fn subject(policies: &PolicySet, type_name: &str, identifier: &str) -> Arc<Subject> {
    Arc::new(Subject {
        subject_type: policies.subject_type(type_name),
        identifier: identifier.to_owned(),
    })
}

/// An old-style subject: the first subject type (the named one, if one is named) whose item key the entry has, else its `type` and `item`.
fn detect_subject(
    entry: &Map<String, Value>,
    policies: &PolicySet,
) -> Result<Arc<Subject>, RequestError> {
    let present = |key: &str| entry.get(key).filter(|value| !is_falsy(value));
    let named = present("type");
    for subject_type in policies.subject_types() {
        if named.is_some_and(|name| name.as_str() != Some(&subject_type.id)) {
            continue;
        }
        let item_key = subject_type
            .item_key
            .as_deref()
            .filter(|key| !key.is_empty());
        if let Some(identifier) = item_key.and_then(present) {
            let identifier = identifier
                .as_str()
                .ok_or(RequestError::InvalidSubjectItem)?;
            return Ok(Arc::new(Subject {
                subject_type: subject_type.clone(),
                identifier: identifier.to_owned(),
            }));
        }
    }
    let (Some(named), Some(identifier)) = (named, present("item")) else {
        return Err(RequestError::UnknownSubject);
    };
    let identifier = identifier
        .as_str()
        .ok_or(RequestError::InvalidSubjectItem)?;
    let named = named.as_str().ok_or(RequestError::UnknownSubject)?;
    Ok(subject(policies, named, identifier))
}

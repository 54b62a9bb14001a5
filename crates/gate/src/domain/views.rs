//! Policies and subject types as the answers of `/policies` and `/subject_types` show them: keys in alphabetical order, times and origins
//! left out, as Greenwave leaves them out.

use serde::Serialize;
use serde_json::Value;

use super::policy::{Informative, Origin, Policy, Rule};
use super::subject_type::SubjectType;
use crate::text::time;

/// The answer of `/policies`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Policies))]
pub struct PoliciesView<'p> {
    /// The policies, in the order of their files.
    pub policies: Vec<PolicyView<'p>>,
}

/// The answer of `/subject_types`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SubjectTypes))]
pub struct SubjectTypesView<'t> {
    /// The subject types, sorted by id.
    pub subject_types: Vec<SubjectTypeView<'t>>,
}

/// A policy as `/policies` shows it. Remote policies have no relevance keys.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Policy))]
#[expect(missing_docs, reason = "the fields are those of the policy")]
pub struct PolicyView<'p> {
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub decision_context: Option<&'p str>,
    pub decision_contexts: &'p [String],
    pub excluded_packages: &'p [String],
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub id: Option<&'p str>,
    pub packages: &'p [String],
    pub product_versions: &'p [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = false))]
    pub relevance_key: Option<Option<&'p str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = false))]
    pub relevance_value: Option<Option<&'p str>>,
    pub rules: Vec<RuleView<'p>>,
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub subject_type: Option<&'p str>,
    pub subject_types: &'p [String],
}

/// A rule as `/policies` shows it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Rule))]
#[serde(untagged)]
#[expect(missing_docs, reason = "the fields are those of the rule")]
pub enum RuleView<'p> {
    PassingTestCase {
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        informative: Option<InformativeView>,
        rule: &'static str,
        #[cfg_attr(feature = "openapi", schema(required = true))]
        scenario: Option<&'p str>,
        test_case_name: &'p str,
    },
    Remote {
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        informative: Option<InformativeView>,
        required: bool,
        rule: &'static str,
        sources: &'p [String],
    },
}

/// When a rule is informative: `true`, or from (`since`) and to (`until`) a time. Rules that never are don't have it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Informative))]
#[serde(untagged)]
pub enum InformativeView {
    /// Always: `true`.
    Always(bool),
    /// From one time to another.
    Between {
        /// Informative from this time on, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        since: Option<String>,
        /// Closing the gate from this time on, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(nullable = false))]
        until: Option<String>,
    },
}

impl InformativeView {
    fn new(informative: Informative) -> Option<Self> {
        match informative {
            Informative::Never => None,
            Informative::Always => Some(Self::Always(true)),
            Informative::Between { since_us, until_us } => Some(Self::Between {
                since: since_us.map(time::format),
                until: until_us.map(time::format),
            }),
        }
    }
}

impl<'p> From<&'p Policy> for PolicyView<'p> {
    fn from(policy: &'p Policy) -> Self {
        let has_relevance = !matches!(policy.origin, Origin::Remote { .. });
        Self {
            decision_context: policy.decision_context.as_deref(),
            decision_contexts: &policy.decision_contexts,
            excluded_packages: &policy.excluded_packages,
            id: policy.id.as_deref(),
            packages: &policy.packages,
            product_versions: &policy.product_versions,
            relevance_key: has_relevance.then_some(policy.relevance_key.as_deref()),
            relevance_value: has_relevance.then_some(policy.relevance_value.as_deref()),
            rules: policy.rules.iter().map(RuleView::from).collect(),
            subject_type: policy.subject_type.as_deref(),
            subject_types: &policy.subject_types,
        }
    }
}

impl<'p> From<&'p Rule> for RuleView<'p> {
    fn from(rule: &'p Rule) -> Self {
        match rule {
            Rule::PassingTestCase(rule) => RuleView::PassingTestCase {
                informative: InformativeView::new(rule.informative),
                rule: "PassingTestCaseRule",
                scenario: rule.scenario.as_deref(),
                test_case_name: &rule.test_case_name,
            },
            Rule::Remote(rule) => RuleView::Remote {
                informative: InformativeView::new(rule.informative),
                required: rule.required,
                rule: "RemoteRule",
                sources: &rule.sources,
            },
        }
    }
}

/// A subject type as `/subject_types` shows it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SubjectType))]
#[expect(missing_docs, reason = "the fields are those of the subject type")]
pub struct SubjectTypeView<'t> {
    pub aliases: &'t [String],
    pub id: &'t str,
    pub ignore_missing_policy: bool,
    pub is_koji_build: bool,
    pub is_nvr: bool,
    pub item_dict: &'t Value,
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub item_key: Option<&'t str>,
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub product_version: Option<&'t str>,
    pub product_version_from_koji_build_target: &'t [Value],
    pub product_version_match: &'t [Value],
    pub result_queries: &'t [Value],
}

impl<'t> From<&'t SubjectType> for SubjectTypeView<'t> {
    fn from(subject_type: &'t SubjectType) -> Self {
        Self {
            aliases: &subject_type.aliases,
            id: &subject_type.id,
            ignore_missing_policy: subject_type.ignore_missing_policy,
            is_koji_build: subject_type.is_koji_build,
            is_nvr: subject_type.is_nvr,
            item_dict: &subject_type.item_dict,
            item_key: subject_type.item_key.as_deref(),
            product_version: subject_type.product_version.as_deref(),
            product_version_from_koji_build_target: &subject_type
                .product_version_from_koji_build_target,
            product_version_match: &subject_type.product_version_match,
            result_queries: &subject_type.result_queries,
        }
    }
}

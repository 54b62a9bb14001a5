//! Answers: what one requirement came to, and how it is written. Greenwave's clients read the fields, so their names and presence are exact.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::domain::policy::Policy;
use crate::domain::subject::Subject;

/// A JSON object with its keys in alphabetical order.
pub type Object = BTreeMap<String, Value>;

/// One answer, with what it is the answer to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The subject asked about.
    pub subject: Arc<Subject>,
    /// The policy that asked.
    pub policy: Arc<Policy>,
    /// The decision contexts of the request in which some policy asks for it: each of them must be among those of a waiver that is limited
    /// to contexts.
    pub contexts: Arc<[String]>,
    /// Whether it is told without closing the gate.
    pub informative: bool,
    /// What came of it.
    pub kind: AnswerKind,
    /// The waiver that covers it; none of what is informative, which needs none.
    pub waiver_id: Option<i64>,
}

/// A result that answers a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultAnswer {
    /// Name of the test case.
    pub testcase: String,
    /// Id of the result.
    pub result_id: i64,
    /// Each `distinct_on` key with the result's first value for it.
    pub keys: Vec<(String, Option<String>)>,
}

/// What came of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of the answer on the wire"
)]
pub enum AnswerKind {
    /// `test-result-passed`
    Passed(ResultAnswer),
    /// `test-result-missing`, no result at all
    Missing {
        testcase: String,
        scenario: Option<String>,
    },
    /// `test-result-missing` with a result that has not finished
    Incomplete(ResultAnswer),
    /// `test-result-failed`
    Failed(ResultAnswer),
    /// `test-result-errored`; the reason is the first value of the result's data key `error_reason`, where Greenwave never finds it
    Errored {
        result: ResultAnswer,
        error_reason: Option<String>,
    },
    /// `excluded`
    Excluded,
    /// `fetched-gating-yaml`
    FetchedGatingYaml { source: String },
    /// `invalid-gating-yaml`
    InvalidGatingYaml { source: String, details: String },
    /// `missing-gating-yaml`
    MissingGatingYaml { sources: Vec<String> },
    /// `failed-fetch-gating-yaml`
    FailedFetchGatingYaml { sources: Vec<String>, error: String },
}

impl Answer {
    /// Whether it closes the gate.
    pub fn closes_gate(&self) -> bool {
        !self.informative && !self.is_satisfied()
    }

    /// Whether nothing is left to be done, by itself or by a waiver.
    pub fn is_satisfied(&self) -> bool {
        self.waiver_id.is_some() || self.kind.is_satisfied()
    }

    /// The answer as it is shown. A waived one has `-waived` at the end of its type, the waiver's id, and no `item`.
    pub fn to_object(&self) -> Object {
        let text = |text: &str| Value::String(text.to_owned());
        let mut object = self.kind.fields();
        object.insert(
            "subject_identifier".to_owned(),
            text(&self.subject.identifier),
        );
        if self.kind == AnswerKind::Excluded {
            object.insert(
                "policy".to_owned(),
                self.policy.id.as_deref().map_or(Value::Null, text),
            );
        } else {
            object.insert(
                "subject_type".to_owned(),
                text(&self.subject.subject_type.id),
            );
            object.insert("testcase".to_owned(), text(self.kind.testcase()));
        }
        if !self.kind.has_own_source() {
            object.insert(
                "source".to_owned(),
                self.policy.source().map_or(Value::Null, text),
            );
        }
        let mut kind = self.kind.type_name().to_owned();
        match self.waiver_id {
            Some(waiver_id) => {
                kind.push_str("-waived");
                object.insert("waiver_id".to_owned(), Value::from(waiver_id));
            }
            None if self.kind.has_item() => {
                object.insert(
                    "item".to_owned(),
                    Value::Object(self.subject.item().into_iter().collect()),
                );
            }
            None => {}
        }
        object.insert("type".to_owned(), Value::String(kind));
        // Last, because Greenwave lets these win over everything else.
        for (key, value) in self
            .kind
            .result()
            .map(|result| result.keys.as_slice())
            .unwrap_or_default()
        {
            object.insert(key.clone(), value.as_deref().map_or(Value::Null, text));
        }
        object
    }
}

impl AnswerKind {
    /// The answer's `type`, without `-waived`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Passed(_) => "test-result-passed",
            Self::Missing { .. } | Self::Incomplete(_) => "test-result-missing",
            Self::Failed(_) => "test-result-failed",
            Self::Errored { .. } => "test-result-errored",
            Self::Excluded => "excluded",
            Self::FetchedGatingYaml { .. } => "fetched-gating-yaml",
            Self::InvalidGatingYaml { .. } => "invalid-gating-yaml",
            Self::MissingGatingYaml { .. } => "missing-gating-yaml",
            Self::FailedFetchGatingYaml { .. } => "failed-fetch-gating-yaml",
        }
    }

    /// The test case it is about, which is also what a waiver for it names. Answers about no test case have one of the name of their type.
    pub fn testcase(&self) -> &str {
        match self {
            Self::Missing { testcase, .. } => testcase,
            _ => self
                .result()
                .map_or_else(|| self.type_name(), |result| &result.testcase),
        }
    }

    /// The scenario a waiver for it may name.
    pub fn scenario(&self) -> Option<&str> {
        match self {
            Self::Missing { scenario, .. } => scenario.as_deref(),
            _ => self.key("scenario"),
        }
    }

    /// The value of a `distinct_on` key of its result. What has no result has none.
    pub fn key(&self, name: &str) -> Option<&str> {
        let mut keys = self.result()?.keys.iter();
        keys.find(|(key, _)| key == name)?.1.as_deref()
    }

    /// The result it is about.
    pub fn result(&self) -> Option<&ResultAnswer> {
        match self {
            Self::Passed(result)
            | Self::Incomplete(result)
            | Self::Failed(result)
            | Self::Errored { result, .. } => Some(result),
            _ => None,
        }
    }

    /// Whether it is satisfied by itself.
    pub fn is_satisfied(&self) -> bool {
        matches!(
            self,
            Self::Passed(_) | Self::Excluded | Self::FetchedGatingYaml { .. }
        )
    }

    /// Whether it counts among the required tests.
    pub fn is_test_result(&self) -> bool {
        matches!(self, Self::Missing { .. }) || self.result().is_some()
    }

    fn has_item(&self) -> bool {
        self.is_test_result() && !self.is_satisfied()
    }

    /// Whether `source` is among its own fields, or has no place in it, instead of being the policy's.
    fn has_own_source(&self) -> bool {
        matches!(
            self,
            Self::FetchedGatingYaml { .. }
                | Self::InvalidGatingYaml { .. }
                | Self::MissingGatingYaml { .. }
                | Self::FailedFetchGatingYaml { .. }
        )
    }

    /// The fields only this kind has.
    fn fields(&self) -> Object {
        let field = |key: &str, value: Value| (key.to_owned(), value);
        let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::String);
        let result_id = |result: &ResultAnswer| field("result_id", Value::from(result.result_id));
        match self {
            Self::Passed(result) | Self::Incomplete(result) | Self::Failed(result) => {
                Object::from([result_id(result)])
            }
            Self::Errored {
                result,
                error_reason,
            } => Object::from([result_id(result), field("error_reason", text(error_reason))]),
            Self::Missing { scenario, .. } => Object::from([field("scenario", text(scenario))]),
            Self::Excluded => Object::new(),
            Self::FetchedGatingYaml { source } => {
                Object::from([field("source", source.as_str().into())])
            }
            Self::InvalidGatingYaml { source, details } => Object::from([
                field("details", details.as_str().into()),
                field("scenario", Value::Null),
                field("source", source.as_str().into()),
            ]),
            Self::MissingGatingYaml { sources } => Object::from([
                field("scenario", Value::Null),
                field("sources", sources.as_slice().into()),
            ]),
            Self::FailedFetchGatingYaml { sources, error } => Object::from([
                field("error", error.as_str().into()),
                field("scenario", Value::Null),
                field("sources", sources.as_slice().into()),
            ]),
        }
    }
}

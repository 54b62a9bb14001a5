//! Answers: what one requirement came to, and how it is written. Greenwave's clients read the fields, so their names and presence are exact.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::domain::policy::Policy;
use crate::domain::subject::Subject;

/// One answer, with what it is the answer to. Serialized, it is the requirement that is shown: keys in alphabetical order; a waived one has
/// `-waived` at the end of its type, the waiver's id, and no `item`.
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
    /// The `distinct_on` keys.
    pub keys: Arc<[String]>,
    /// For each of them the result's first value.
    pub values: Vec<Option<String>>,
}

impl ResultAnswer {
    /// Each `distinct_on` key with the result's first value for it.
    fn keys(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let values = self.values.iter().map(Option::as_deref);
        self.keys.iter().map(String::as_str).zip(values)
    }
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

    /// The fields as they are shown, in alphabetical order.
    fn fields(&self) -> Fields<'_> {
        let kind = &self.kind;
        let mut fields = Fields(Vec::with_capacity(MOST_FIELDS));
        let is_excluded = *kind == AnswerKind::Excluded;
        let is_about_file = kind.has_own_source();
        let has_item = self.waiver_id.is_none() && kind.has_item();
        fields.add("details", kind.details().map(Field::from));
        fields.add("error", kind.error().map(Field::from));
        fields.add("error_reason", kind.error_reason().map(Field::from));
        fields.add("item", has_item.then(|| Field::Item(&self.subject)));
        let policy = || Field::from(self.policy.id.as_deref());
        fields.add("policy", is_excluded.then(policy));
        fields.add(
            "result_id",
            kind.result().map(|result| Field::Number(result.result_id)),
        );
        fields.add("scenario", kind.own_scenario().map(Field::from));
        let of_policy = || Field::from(self.policy.source());
        let own_source = kind.own_source().map(Field::from);
        fields.add(
            "source",
            own_source.or_else(|| (!is_about_file).then(of_policy)),
        );
        fields.add("sources", kind.sources().map(Field::List));
        fields.add(
            "subject_identifier",
            Some(Field::Text(&self.subject.identifier)),
        );
        let subject_type = || Field::Text(&self.subject.subject_type.id);
        fields.add("subject_type", (!is_excluded).then(subject_type));
        let testcase = || Field::Text(kind.testcase());
        fields.add("testcase", (!is_excluded).then(testcase));
        let is_waived = self.waiver_id.is_some();
        fields.add("type", Some(Field::Type(kind.type_name(), is_waived)));
        fields.add("waiver_id", self.waiver_id.map(Field::Number));
        // Last, because Greenwave lets these win over everything else.
        for (key, value) in kind.result().into_iter().flat_map(ResultAnswer::keys) {
            fields.put(key, Field::from(value));
        }
        fields
    }
}

/// About as many fields as an answer has at the most.
const MOST_FIELDS: usize = 12;

/// Fields with their names, which are in alphabetical order.
struct Fields<'a>(Vec<(&'a str, Field<'a>)>);

impl<'a> Fields<'a> {
    /// Adds a field, if there is one, behind all others.
    fn add(&mut self, name: &'static str, field: Option<Field<'a>>) {
        self.0.extend(field.map(|field| (name, field)));
    }

    /// Adds a field where it belongs, or in the place of the one with this name.
    fn put(&mut self, name: &'a str, field: Field<'a>) {
        match self.0.binary_search_by(|(own, _)| (*own).cmp(name)) {
            Ok(at) => self.0.splice(at..=at, [(name, field)]).for_each(drop),
            Err(at) => self.0.insert(at, (name, field)),
        }
    }
}

/// The value of a field of an answer.
enum Field<'a> {
    Null,
    Text(&'a str),
    Number(i64),
    List(&'a [String]),
    /// The subject as `item`.
    Item(&'a Subject),
    /// The type of the answer, and whether that is waived.
    Type(&'static str, bool),
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Option<&'a str>> for Field<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::List(list) => list.serialize(serializer),
            Self::Item(subject) => subject.item().serialize(serializer),
            Self::Type(name, true) => serializer.collect_str(&format_args!("{name}-waived")),
            Self::Type(name, false) => serializer.serialize_str(name),
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Fields(fields) = self.fields();
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, field) in &fields {
            map.serialize_entry(name, field)?;
        }
        map.end()
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
        self.result()?.keys().find(|(key, _)| *key == name)?.1
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

    /// `source`, where it is not the policy's.
    fn own_source(&self) -> Option<&str> {
        match self {
            Self::FetchedGatingYaml { source } | Self::InvalidGatingYaml { source, .. } => {
                Some(source)
            }
            _ => None,
        }
    }

    fn sources(&self) -> Option<&[String]> {
        match self {
            Self::MissingGatingYaml { sources } | Self::FailedFetchGatingYaml { sources, .. } => {
                Some(sources)
            }
            _ => None,
        }
    }

    fn details(&self) -> Option<&str> {
        match self {
            Self::InvalidGatingYaml { details, .. } => Some(details),
            _ => None,
        }
    }

    fn error(&self) -> Option<&str> {
        match self {
            Self::FailedFetchGatingYaml { error, .. } => Some(error),
            _ => None,
        }
    }

    /// `error_reason`, which may be null.
    pub(crate) fn error_reason(&self) -> Option<Option<&str>> {
        match self {
            Self::Errored { error_reason, .. } => Some(error_reason.as_deref()),
            _ => None,
        }
    }

    /// `scenario`, which may be null, where it is not that of a result.
    fn own_scenario(&self) -> Option<Option<&str>> {
        match self {
            Self::Missing { scenario, .. } => Some(scenario.as_deref()),
            Self::InvalidGatingYaml { .. }
            | Self::MissingGatingYaml { .. }
            | Self::FailedFetchGatingYaml { .. } => Some(None),
            _ => None,
        }
    }
}

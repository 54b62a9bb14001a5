//! What is told about a message, as JSON.

use endpoint::records::TestResult;
use endpoint::results::wire::PREFIX;
use http_edge::request::encode_path;
use messages::{Message, Rejection};
use serde::Serialize;

/// What became of a message.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageVerdict))]
pub struct Told {
    /// The status that it would be answered with alone: 201, 202, 400, 403 or 422.
    pub status: u16,
    /// In a word.
    pub verdict: Word,
    /// The message's identifier, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    message_id: Option<String>,
    /// The topic that it was read by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    topic: Option<String>,
    /// Whether the results had been stored before, so that nothing was stored now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    pub known: Option<bool>,
    /// The results, in the order of the message, those of an embedded report last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    results: Option<Vec<StoredJson>>,
    /// Where the groups of the results are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    groups: Option<Vec<String>>,
    /// What is odd in the message, but did not keep it from being stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    notes: Option<Vec<String>>,
    /// Why it was ignored or rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    reason: Option<String>,
    /// Where in the document the mistake is, such as `body.msg.system[0].architecture`; empty for
    /// all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(required = false, nullable = false))]
    path: Option<String>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageVerdictWord))]
pub enum Word {
    /// It stands for results, which are stored.
    Results,
    /// It stands for none.
    Ignored,
    /// It has a mistake; nothing is stored.
    Rejected,
}

/// A stored result in short.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StoredResult))]
pub struct StoredJson {
    /// Where it is.
    href: String,
    /// Its number.
    id: u64,
    /// What came out.
    outcome: String,
    /// What was tested.
    testcase: String,
}

/// What became of the messages of a batch.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageVerdicts))]
pub struct ToldOfBatch {
    /// Each message's verdict, in their order.
    pub messages: Vec<Told>,
}

impl Told {
    /// Nothing yet.
    pub(super) fn about(message: &Message) -> Self {
        Self {
            status: 202,
            verdict: Word::Ignored,
            message_id: message.id.clone(),
            topic: message.topic.clone(),
            known: None,
            results: None,
            groups: None,
            notes: None,
            reason: None,
            path: None,
        }
    }

    pub(super) fn ignored(self, reason: &str) -> Self {
        Self {
            reason: Some(reason.to_owned()),
            ..self
        }
    }

    pub(super) fn rejected(self, status: u16, rejection: &Rejection) -> Self {
        Self {
            status,
            verdict: Word::Rejected,
            reason: Some(rejection.reason.clone()),
            path: Some(rejection.path.clone()),
            ..self
        }
    }

    pub(super) fn stored(
        self,
        stored: &[TestResult],
        base: &str,
        known: bool,
        notes: &[String],
    ) -> Self {
        let results = stored.iter().map(|result| StoredJson {
            href: format!("{base}{PREFIX}/results/{}", result.id),
            id: result.id,
            outcome: result.outcome.clone(),
            testcase: result.test_case.name.clone(),
        });
        let mut groups: Vec<&String> = stored.iter().flat_map(|result| &result.groups).collect();
        groups.sort_unstable();
        groups.dedup();
        let link = |uuid: &String| format!("{base}{PREFIX}/groups/{}", encode_path(uuid));
        Self {
            status: 201,
            verdict: Word::Results,
            known: Some(known),
            results: Some(results.collect()),
            groups: Some(groups.into_iter().map(link).collect()),
            notes: (!notes.is_empty()).then(|| notes.to_vec()),
            ..self
        }
    }
}

impl ToldOfBatch {
    /// The status that all messages have in common, else 207.
    #[must_use]
    pub fn status(&self) -> u16 {
        let mut statuses = self.messages.iter().map(|told| told.status);
        let first = statuses.next().unwrap_or(202);
        match statuses.all(|status| status == first) {
            true => first,
            false => 207,
        }
    }
}

//! Waivers and their histories as JSON.

use crate::records::{Waiver, WaiverAction, WaiverState, WaiverStep};
use http_edge::time::format_us;
use serde::Serialize;

/// The states and their names on the wire.
pub const STATES: [(&str, WaiverState); 6] = [
    ("requested", WaiverState::Requested),
    ("granted", WaiverState::Granted),
    ("denied", WaiverState::Denied),
    ("withdrawn", WaiverState::Withdrawn),
    ("expired", WaiverState::Expired),
    ("superseded", WaiverState::Superseded),
];

/// A waiver, or the request for one, with its limits and its state.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WaiverLife))]
pub struct LifeJson<'a> {
    /// Its number, larger than that of every earlier waiver.
    id: u64,
    /// How far it has come, as of the asked time: `requested`, `granted`, `denied`, `withdrawn`,
    /// `expired` or `superseded`.
    state: &'static str,
    /// Type of the subject.
    subject_type: &'a str,
    /// The subject.
    subject_identifier: &'a str,
    /// Name of the test case whose outcome is waived.
    testcase: &'a str,
    /// The scenario, if only one is waived.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    scenario: Option<&'a str>,
    /// The product version that it is for.
    product_version: &'a str,
    /// Patterns of more product versions that it is for.
    product_versions: &'a [String],
    /// The decision contexts that it is limited to; empty for all.
    contexts: &'a [String],
    /// The only architecture whose results it covers.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    architecture: Option<&'a str>,
    /// The only variant whose results it covers.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    variant: Option<&'a str>,
    /// False for a waiver that takes an earlier one back, as WaiverDB's clients do.
    waived: bool,
    /// Class of the reason; null for one that WaiverDB's clients made.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    reason: Option<&'a str>,
    /// Where the reason is described.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    link: Option<&'a str>,
    /// Why.
    comment: &'a str,
    /// Who waived, or asked to.
    username: &'a str,
    /// Who did so on behalf of `username`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    proxied_by: Option<&'a str>,
    /// Whether it counts only once somebody else has approved.
    needs_approval: bool,
    /// When it was stored.
    timestamp: String,
    /// From this time on it is not in force.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    expires_at: Option<String>,
}

impl<'a> LifeJson<'a> {
    /// The JSON of `waiver`.
    #[must_use]
    pub fn new(waiver: &'a Waiver) -> Self {
        let terms = waiver.terms.as_ref();
        Self {
            id: waiver.id,
            state: state_name(waiver.state),
            subject_type: &waiver.subject_type,
            subject_identifier: &waiver.subject_identifier,
            testcase: &waiver.testcase,
            scenario: waiver.scenario.as_deref(),
            product_version: &waiver.product_version,
            product_versions: terms.map_or(&[], |terms| &terms.product_versions),
            contexts: terms.map_or(&[], |terms| &terms.contexts),
            architecture: terms.and_then(|terms| terms.architecture.as_deref()),
            variant: terms.and_then(|terms| terms.variant.as_deref()),
            waived: waiver.waived,
            reason: terms.map(|terms| terms.reason.as_str()),
            link: terms.and_then(|terms| terms.link.as_deref()),
            comment: &waiver.comment,
            username: &waiver.username,
            proxied_by: waiver.proxied_by.as_deref(),
            needs_approval: terms.is_some_and(|terms| terms.needs_approval),
            timestamp: rfc3339(waiver.timestamp_us),
            expires_at: terms.and_then(|terms| terms.expires_us).map(rfc3339),
        }
    }
}

fn state_name(state: WaiverState) -> &'static str {
    let found = STATES.iter().find(|(_, known)| *known == state);
    found.map_or("", |(name, _)| name)
}

fn rfc3339(time_us: i64) -> String {
    format!("{}Z", format_us(time_us))
}

/// A page of waivers.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WaiverLives))]
pub struct LivesJson<'a> {
    /// The waivers of this page, the newest first.
    pub data: Vec<LifeJson<'a>>,
    /// How many there are on all pages.
    pub total: u64,
    /// Where the page before is, if there is one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub prev: Option<String>,
    /// Where the next page is, if there is one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<String>,
}

/// What has happened to a waiver.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WaiverHistory))]
pub struct HistoryJson<'a> {
    /// The steps, the first one first.
    data: Vec<StepJson<'a>>,
}

/// A step in the life of a waiver.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WaiverStep))]
struct StepJson<'a> {
    /// What was done: `requested` or `granted` first, then `approved`, `denied`, `withdrawn`.
    action: &'static str,
    /// Who did it.
    username: &'a str,
    /// Who did it on behalf of `username`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    proxied_by: Option<&'a str>,
    /// Why.
    comment: &'a str,
    /// When.
    timestamp: String,
}

impl<'a> HistoryJson<'a> {
    /// The history of `waiver`, to which `steps` have happened.
    #[must_use]
    pub fn new(waiver: &'a Waiver, steps: &'a [WaiverStep]) -> Self {
        let is_request = waiver
            .terms
            .as_ref()
            .is_some_and(|terms| terms.needs_approval);
        let first = StepJson {
            action: if is_request { "requested" } else { "granted" },
            username: &waiver.username,
            proxied_by: waiver.proxied_by.as_deref(),
            comment: &waiver.comment,
            timestamp: rfc3339(waiver.timestamp_us),
        };
        let later = steps.iter().map(|step| StepJson {
            action: match step.action {
                WaiverAction::Approved => "approved",
                WaiverAction::Denied => "denied",
                WaiverAction::Withdrawn => "withdrawn",
            },
            username: &step.username,
            proxied_by: step.proxied_by.as_deref(),
            comment: &step.comment,
            timestamp: rfc3339(step.timestamp_us),
        });
        Self {
            data: std::iter::once(first).chain(later).collect(),
        }
    }
}

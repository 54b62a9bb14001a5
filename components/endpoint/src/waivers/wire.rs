//! A waiver as WaiverDB's clients know it.

use crate::records::{Waiver, WaiverState, WaiverTerms};
use http_edge::time::format_us;
use serde::Serialize;

/// Where the endpoints of WaiverDB are.
pub const PREFIX: &str = "/api/v1.0";

/// A waiver; keys in WaiverDB's order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Waiver))]
pub struct WaiverJson<'a> {
    /// Its number, larger than that of every earlier waiver.
    id: u64,
    /// Type of the subject.
    subject_type: &'a str,
    /// The subject.
    subject_identifier: &'a str,
    /// The subject in its old form.
    subject: Subject<'a>,
    /// Name of the test case whose outcome is waived.
    testcase: &'a str,
    /// Who waived.
    username: &'a str,
    /// The scenario, if only one is waived.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    scenario: Option<&'a str>,
    /// Who asked for it on behalf of `username`.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    proxied_by: Option<&'a str>,
    /// The product version that it is for.
    product_version: &'a str,
    /// False for a waiver that withdraws an earlier one.
    waived: bool,
    /// Why.
    comment: &'a str,
    /// When: UTC without a zone.
    timestamp: String,
}

/// The subject in the form from before it had a type and an identifier.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OldSubject))]
#[serde(untagged)]
pub enum Subject<'a> {
    /// A compose.
    Compose {
        /// Its identifier.
        #[serde(rename = "productmd.compose.id")]
        id: &'a str,
    },
    /// Anything else.
    Other {
        /// Its type.
        #[serde(rename = "type")]
        kind: &'a str,
        /// Its identifier.
        item: &'a str,
    },
}

impl<'a> WaiverJson<'a> {
    /// The JSON of `waiver`.
    #[must_use]
    pub fn new(waiver: &'a Waiver) -> Self {
        let identifier = waiver.subject_identifier.as_str();
        Self {
            id: waiver.id,
            subject_type: &waiver.subject_type,
            subject_identifier: identifier,
            subject: match waiver.subject_type.as_str() {
                "compose" => Subject::Compose { id: identifier },
                kind => Subject::Other {
                    kind,
                    item: identifier,
                },
            },
            testcase: &waiver.testcase,
            username: &waiver.username,
            scenario: waiver.scenario.as_deref(),
            proxied_by: waiver.proxied_by.as_deref(),
            product_version: &waiver.product_version,
            waived: waiver.waived,
            comment: &waiver.comment,
            timestamp: format_us(waiver.timestamp_us),
        }
    }
}

/// Whether WaiverDB's clients are shown a waiver by its number: one that is granted, has not expired
/// and was not withdrawn, superseded or not, and that has no limits, as they could not see them.
#[must_use]
pub fn is_shown(waiver: &Waiver) -> bool {
    let stands = matches!(waiver.state, WaiverState::Granted | WaiverState::Superseded);
    stands && waiver.terms.as_ref().is_none_or(is_unlimited)
}

/// Whether the terms limit a waiver neither to contexts, product versions, an architecture nor a
/// variant.
#[must_use]
pub fn is_unlimited(terms: &WaiverTerms) -> bool {
    terms.contexts.is_empty()
        && terms.product_versions.is_empty()
        && terms.architecture.is_none()
        && terms.variant.is_none()
}

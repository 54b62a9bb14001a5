//! Steps in the life of a waiver: their bodies, how one is taken, and what is answered when it is
//! refused.

use super::not_found;
use super::wire::LifeJson;
use crate::fields::{Fields, MAX_COMMENT_CHARS};
use crate::identity::{self, Family};
use crate::records::{self, StepOutcome, Waiver, WaiverAction, WaiverStep};
use crate::waivers::acting::Acting;
use crate::waivers::fields::MAX_USERNAME_CHARS;
use crate::{Incoming, now_us};
use http_edge::body::{MAX_BODY_BYTES, json};
use http_edge::method::{self, Style};
use http_edge::{Error, Reply, Result};
use serde_json::Value;

type Stored<T> = std::result::Result<T, records::Error>;

/// The functions of the store that a step needs.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// `waiver-reads.get`.
    pub get: fn(u64, Option<i64>, i64) -> Stored<Option<Waiver>>,
    /// `waiver-writes.take`.
    pub take: fn(&WaiverStep) -> Stored<StepOutcome>,
}

impl Store {
    fn waiver(&self, id: u64) -> Result<Waiver> {
        (self.get)(id, None, now_us())?.ok_or_else(not_found)
    }
}

/// What a body says of a step.
#[derive(Debug)]
pub struct Said {
    /// Why.
    pub comment: String,
    /// On whose behalf, if not the caller's.
    pub username: Option<String>,
}

/// The body of a decision about a request: whether it is approved, and why.
///
/// # Errors
/// 400 that says what is wrong.
pub fn decision(body: &Value) -> Result<(WaiverAction, Said)> {
    let mut fields = object(body, &["approved", "comment", "username"])?;
    let approved = fields.truth("approved");
    if approved.is_none() && body.get("approved").is_none_or(Value::is_null) {
        fields.miss("approved");
    }
    let said = said(fields)?;
    let action = match approved {
        Some(true) => WaiverAction::Approved,
        _ => WaiverAction::Denied,
    };
    Ok((action, said))
}

/// The body of a withdrawal.
///
/// # Errors
/// 400 that says what is wrong.
pub fn withdrawal(body: &Value) -> Result<Said> {
    said(object(body, &["comment", "username"])?)
}

fn object<'a>(body: &'a Value, known: &[&str]) -> Result<Fields<'a>> {
    match body {
        Value::Object(object) => Ok(Fields::new(object, known)),
        _ => Err(Error::bad_request("The body must be a JSON object.")),
    }
}

fn said(mut fields: Fields<'_>) -> Result<Said> {
    let comment = fields.required("comment", MAX_COMMENT_CHARS);
    let username = fields.text("username", MAX_USERNAME_CHARS);
    fields.check()?;
    Ok(Said { comment, username })
}

/// Answers the request for a step: `read` says which one the body asks for, `require_right` passes who
/// may take it.
///
/// # Errors
/// What to tell the client: mistakes, who is no one or may not, what forbids the step; and what the
/// store returns.
pub async fn take(
    incoming: Incoming,
    store: Store,
    read: impl FnOnce(&Value) -> Result<(WaiverAction, Said)>,
    require_right: impl FnOnce(&Acting, &Waiver) -> Result<()>,
) -> Result<Reply> {
    incoming.request.require_no_final_slash()?;
    method::allow(&incoming.request, &["POST"], Style::Json)?;
    let request = incoming.with_body(MAX_BODY_BYTES).await?;
    let caller = identity::named_caller(&request, Family::Waivers).await?;
    let id = super::id(&request)?;
    let (action, said) = read(&json(&request, Style::Json)?)?;
    let acting = Acting::of(caller, said.username).await?;
    let waiver = store.waiver(id)?;
    require_right(&acting, &waiver)?;
    let step = WaiverStep {
        waiver_id: waiver.id,
        action,
        username: acting.person.user,
        proxied_by: acting.proxied_by,
        comment: said.comment,
        timestamp_us: now_us(),
    };
    require_taken((store.take)(&step)?)?;
    Ok(Reply::json(201, &LifeJson::new(&store.waiver(id)?))?)
}

/// Passes a step that was taken.
///
/// # Errors
/// 403, 404 or 409 that says why it wasn't, and what can be done instead.
fn require_taken(outcome: StepOutcome) -> Result<()> {
    let conflict = |text| Err(Error::message(409, text));
    match outcome {
        StepOutcome::Taken => Ok(()),
        StepOutcome::NoSuchWaiver => Err(not_found()),
        StepOutcome::IsWithdrawn => {
            conflict("The waiver was withdrawn. Ask for a new one with POST /api/v1/waivers.")
        }
        StepOutcome::IsDenied => {
            conflict("The request was denied. Ask for a new one with POST /api/v1/waivers.")
        }
        StepOutcome::NeedsNoApproval => conflict(
            "The waiver needs no approval. To take it back, POST /api/v1/waivers/{id}/withdrawal.",
        ),
        StepOutcome::IsApproved => conflict(
            "The request was approved. To take it back, POST /api/v1/waivers/{id}/withdrawal.",
        ),
        StepOutcome::HasExpired => {
            conflict("The waiver's time is over. Ask for a new one with POST /api/v1/waivers.")
        }
        StepOutcome::IsOwnRequest => Err(Error::message(
            403,
            "Nobody decides about an own request, nor about one on somebody's behalf: another person must.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_decision_is_said_and_explained() {
        let check = |body: Value, expected: Option<WaiverAction>| {
            let found = decision(&body).ok().map(|(action, _)| action);
            assert_eq!(found, expected, "{body}");
        };
        check(
            json!({"approved": true, "comment": "c"}),
            Some(WaiverAction::Approved),
        );
        check(
            json!({"approved": false, "comment": "c"}),
            Some(WaiverAction::Denied),
        );
        check(json!({"comment": "c"}), None);
        check(json!({"approved": null, "comment": "c"}), None);
        check(json!({"approved": "yes", "comment": "c"}), None);
        check(json!({"approved": true}), None);
        check(json!({"approved": true, "comment": ""}), None);
        check(
            json!({"approved": true, "comment": "c", "reason": "r"}),
            None,
        );
        check(json!([]), None);
        assert!(withdrawal(&json!({"comment": "c", "username": "u"})).is_ok());
        assert!(withdrawal(&json!({"approved": true, "comment": "c"})).is_err());
    }
}

//! A decision request with the policies that it is about: those of now, or of a time that it names.

use crate::now_us;
use crate::policies::{Policies, policies};
use crate::records;
use gate::{DecisionRequest, RequestError};
use http_edge::body;
use http_edge::method::Style;
use http_edge::{Error, Request, Result};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

thread_local! {
    /// Whether this instance has noted that its policies are active.
    static IS_NOTED: Cell<bool> = const { Cell::new(false) };
    /// The earlier policies that were asked for last.
    static EARLIER: RefCell<Option<Rc<Policies>>> = const { RefCell::new(None) };
}

/// How the store keeps policies, by the functions of a component's own world.
pub struct PolicyStore {
    /// `policy-reads.get`.
    pub get: fn(&str) -> std::result::Result<Option<records::PolicySet>, records::Error>,
    /// `policy-reads.active-at`.
    pub active_at: fn(i64) -> std::result::Result<Option<String>, records::Error>,
    /// `policy-writes.activate`.
    pub activate: fn(&records::PolicySet, i64) -> std::result::Result<(), records::Error>,
}

/// What is asked, and of which policies.
pub struct Question {
    /// What is asked for.
    pub asked: DecisionRequest,
    /// The policies.
    pub policies: Rc<Policies>,
}

/// The body of a decision request, as JSON.
///
/// # Errors
/// What is wrong with the request up to its body's JSON, in the order in which Greenwave looks.
pub fn json(request: &Request) -> Result<Value> {
    body::require_json(request, Style::Json)?;
    let text = body::without_mark(&request.body);
    if let Ok(text) = std::str::from_utf8(text) {
        body::refuse_own_names(text)?;
    }
    gate::decide::request::json(text).map_err(refused)
}

impl Question {
    /// Reads a decision request.
    ///
    /// # Errors
    /// What is wrong with it, in the order in which Greenwave looks; 404 if it names a time of which no
    /// policies are known; what the store returns.
    pub fn of(json: &Value, store: &PolicyStore) -> Result<Self> {
        let as_of = gate::decide::as_of::policies_as_of(json).map_err(refused)?;
        let policies = store.policies(as_of)?;
        let asked = DecisionRequest::from_json(json, &policies.set).map_err(refused)?;
        Ok(Self { asked, policies })
    }
}

/// The answer to a request that is refused.
pub fn refused(error: RequestError) -> Error {
    Error::message(error.status(), &error.to_string())
}

impl PolicyStore {
    /// The policies of a time, or those of now, which are noted as active once per instance.
    fn policies(&self, as_of_us: Option<i64>) -> Result<Rc<Policies>> {
        let current = policies()?;
        if !IS_NOTED.get() {
            self.note(&current)?;
            IS_NOTED.set(true);
        }
        let Some(time_us) = as_of_us else {
            return Ok(current);
        };
        let revision = (self.active_at)(time_us)?.ok_or_else(|| {
            let time = http_edge::time::format_us(time_us);
            let text = format!("No policies are known to have been active at {time}");
            Error::message(404, &text)
        })?;
        if revision == current.revision() {
            return Ok(current);
        }
        EARLIER.with_borrow_mut(|kept| match kept {
            Some(earlier) if earlier.revision() == revision => Ok(earlier.clone()),
            _ => {
                let set = (self.get)(&revision)?
                    .ok_or_else(|| Error::Internal(format!("policies {revision} are gone")))?;
                let earlier = Rc::new(Policies::of(set.documents)?);
                *kept = Some(earlier.clone());
                Ok(earlier)
            }
        })
    }

    /// Notes in the store that these policies are active, if it doesn't say so yet.
    fn note(&self, current: &Policies) -> Result<()> {
        let now_us = now_us();
        if (self.active_at)(now_us)?.as_deref() != Some(current.revision()) {
            let set = records::PolicySet {
                revision: current.revision().to_owned(),
                documents: current.documents.clone(),
            };
            (self.activate)(&set, now_us)?;
        }
        Ok(())
    }
}

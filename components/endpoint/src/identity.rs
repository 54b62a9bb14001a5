//! Who is calling. The one line of every endpoint that writes:
//! `let caller = identity::caller(&request, Family::Results).await?;`, or [`named_caller`] where
//! nobody may be `anonymous`.

use crate::bindings::identity::sluicegate::identity::callers;
pub use callers::Family;
use http_edge::caller::{Caller, Method, Refusal};
use http_edge::{Error, Request, Result};

/// Who sends this request to an endpoint of this family. Where the settings ask nobody, everybody is
/// `anonymous`.
///
/// # Errors
/// 401 that says what to send, 503 when whoever vouches for the caller does not answer, 500 when
/// the settings can't be used.
pub async fn caller(request: &Request, family: Family) -> Result<Caller> {
    identify(request, family, false).await
}

/// As [`caller`], but nobody is `anonymous`, whatever the settings say.
///
/// # Errors
/// As [`caller`].
pub async fn named_caller(request: &Request, family: Family) -> Result<Caller> {
    identify(request, family, true).await
}

async fn identify(request: &Request, family: Family, needs_name: bool) -> Result<Caller> {
    let found = callers::identify(request.headers.clone(), family, needs_name).await;
    let caller = found.map_err(Error::from)?;
    let method = Method::named(&caller.method)
        .ok_or_else(|| Error::Internal(format!("identity: unknown method `{}`", caller.method)))?;
    Ok(Caller {
        user: caller.user,
        groups: caller.groups,
        method,
    })
}

impl From<callers::Error> for Error {
    fn from(error: callers::Error) -> Self {
        match error {
            callers::Error::Refused(refusal) => Refusal {
                challenges: refusal.challenges,
                message: refusal.message,
                is_plain: refusal.is_plain,
            }
            .into(),
            callers::Error::Unavailable(log) => {
                Self::IdentityUnavailable(format!("identity: {log}"))
            }
            callers::Error::Misconfigured(log) => Self::Internal(format!("identity: {log}")),
        }
    }
}

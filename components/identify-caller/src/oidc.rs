//! The method `oidc`: tokens of an OpenID Connect issuer, signed or opaque.

use crate::issuer::{self, Issuer};
use crate::jwt::{self, Checked};
use crate::{introspection, settings};
use http_edge::caller::Verdict;
use http_edge::caller::authorization::Credentials;
use http_edge::caller::claims::Expected;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Whose token the request shows.
pub async fn judge(credentials: &Credentials) -> Verdict {
    match answer(credentials).await {
        Ok(verdict) | Err(verdict) => verdict,
    }
}

async fn answer(credentials: &Credentials) -> Result<Verdict, Verdict> {
    let expected = match (settings::oidc().await, credentials) {
        // Who shows a token is told that it can't be checked, and does not become anonymous.
        (Err(Verdict::Absent(reason)), Credentials::Bearer(_)) => {
            return Ok(Verdict::Rejected(reason));
        }
        (expected, _) => expected?,
    };
    let token = match credentials {
        Credentials::Bearer(token) => token,
        Credentials::Malformed(reason) => return Ok(Verdict::Rejected((*reason).to_owned())),
        _ => {
            return Ok(Verdict::Absent(
                "send a token by `Authorization: Bearer`".to_owned(),
            ));
        }
    };
    let now_s = now_s();
    let known = issuer::ask(&expected.issuer, now_s, None);
    let known = known.await.map_err(Verdict::Unavailable)?;
    match jwt::is_jwt(token) {
        true => signed(token, &expected, known, now_s).await,
        false => introspection::judge(token, &expected, &known, now_s).await,
    }
}

async fn signed(
    token: &str,
    expected: &Expected,
    known: Rc<Issuer>,
    now_s: i64,
) -> Result<Verdict, Verdict> {
    let mut checked = jwt::check(token, &known.keys);
    if checked == Checked::UnknownKey {
        let newer = issuer::ask(&expected.issuer, now_s, Some(&known));
        checked = jwt::check(token, &newer.await.map_err(Verdict::Unavailable)?.keys);
    }
    Ok(match checked {
        Checked::Signed(claims) => {
            let caller = expected.check(&claims, now_s);
            Verdict::of(caller.and_then(|()| expected.caller(&claims)))
        }
        Checked::UnknownKey => {
            Verdict::Rejected("the token is not signed by a key of the issuer".to_owned())
        }
        Checked::Refused(reason) => Verdict::Rejected(reason.to_owned()),
    })
}

fn now_s() -> i64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    time.map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

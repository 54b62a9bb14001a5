//! Who is calling. One seam for every endpoint that writes.
//!
//! Until identity is configurable, the caller is the user name of HTTP Basic, whatever the
//! password, and is in no groups. Endpoints decide what a request without a name may do: [`name`]
//! calls it `anonymous`, [`require`] refuses it.

use crate::error::Error;
use crate::reply::Reply;
use crate::request::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The name of a caller who does not say who it is.
pub const ANONYMOUS: &str = "anonymous";

/// How a caller may say who it is, for `WWW-Authenticate`.
pub const CHALLENGE: &str = "Basic realm=\"sluicegate\"";

/// Somebody who says who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name: one character or more, none of them a control character.
    pub user: String,
    /// The groups that the caller is known to be in.
    pub groups: Vec<String>,
}

/// The caller, if the request names one.
#[must_use]
pub fn identify(request: &Request) -> Option<Caller> {
    let user = request.header("authorization").and_then(basic_user)?;
    Some(Caller {
        user,
        groups: Vec::new(),
    })
}

/// The caller's name.
#[must_use]
pub fn name(request: &Request) -> String {
    identify(request).map_or_else(|| ANONYMOUS.to_owned(), |caller| caller.user)
}

/// The caller of a request that must name one.
///
/// # Errors
/// 401 with `WWW-Authenticate`.
pub fn require(request: &Request) -> Result<Caller, Error> {
    identify(request).ok_or_else(|| {
        let text = "401 Unauthorized: This needs a caller. Please send credentials in the header `Authorization`.";
        Error::Client(Reply::message(401, text).with_header("www-authenticate", CHALLENGE))
    })
}

fn basic_user(header: &str) -> Option<String> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (user, _password) = decoded.split_once(':')?;
    // Control characters are no part of a name (RFC 7617), and U+0000 can't be stored.
    let is_name = !user.is_empty() && !user.chars().any(char::is_control);
    is_name.then(|| user.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_of_basic_or_nobody() {
        let check = |header: &str, expected: &str| {
            let request = Request {
                headers: vec![("authorization".into(), header.into())],
                ..Request::default()
            };
            assert_eq!(name(&request), expected, "{header}");
            let required = require(&request).ok().map(|caller| caller.user);
            let expected = (expected != ANONYMOUS).then(|| expected.to_owned());
            assert_eq!(required, expected, "{header}");
        };
        check("Basic Zm9vOmJhcg==", "foo");
        check("basic Zm9vOg==", "foo");
        check("Basic OmJhcg==", ANONYMOUS);
        check("Basic !!", ANONYMOUS);
        check("Bearer Zm9vOmJhcg==", ANONYMOUS);
        // a, U+0000, b
        check("Basic YQBiOg==", ANONYMOUS);
    }

    #[test]
    fn who_must_say_a_name_is_told_how() {
        let error = require(&Request::default()).unwrap_err();
        let (reply, log) = error.into_reply();
        let challenge = ("www-authenticate", CHALLENGE.to_owned());
        assert_eq!((reply.status, log), (401, None));
        assert!(reply.headers.contains(&challenge), "{reply:?}");
    }
}

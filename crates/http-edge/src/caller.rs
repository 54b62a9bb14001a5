//! Who is calling. One seam for every endpoint that writes.
//!
//! Until identity is configurable, the caller is the user name of HTTP Basic, whatever the
//! password, and otherwise `anonymous`.

use crate::request::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The name of a caller who does not say who it is.
pub const ANONYMOUS: &str = "anonymous";

/// The caller's name.
#[must_use]
pub fn name(request: &Request) -> String {
    request
        .header("authorization")
        .and_then(basic_user)
        .unwrap_or_else(|| ANONYMOUS.to_owned())
}

fn basic_user(header: &str) -> Option<String> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (user, _password) = decoded.split_once(':')?;
    (!user.is_empty()).then(|| user.to_owned())
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
        };
        check("Basic Zm9vOmJhcg==", "foo");
        check("basic Zm9vOg==", "foo");
        check("Basic OmJhcg==", ANONYMOUS);
        check("Basic !!", ANONYMOUS);
        check("Bearer Zm9vOmJhcg==", ANONYMOUS);
    }
}

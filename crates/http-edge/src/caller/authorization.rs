//! The header `Authorization`: Basic (RFC 7617) and Bearer (RFC 6750).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest value of `Authorization`, in bytes. Tokens with hundreds of groups fit.
pub const MAX_CREDENTIALS_BYTES: usize = 16 * 1024;

/// What a request shows. `Debug` is left out on purpose: this holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// No header.
    Missing,
    /// A user's name and a password, which may be empty.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token: letters, digits, `-._~+/` and `=` at the end.
    Bearer(String),
    /// Another scheme, such as `Negotiate`.
    Other,
    /// A header that can't be read, and why.
    Malformed(&'static str),
}

/// Reads `Authorization` from headers whose names are in lower case.
#[must_use]
pub fn read(headers: &[(String, String)]) -> Credentials {
    let mut values = headers
        .iter()
        .filter(|(name, _)| name == "authorization")
        .map(|(_, value)| value.trim());
    match (values.next(), values.next()) {
        (None, _) => Credentials::Missing,
        (Some(value), None) => parse(value),
        (Some(_), Some(_)) => Credentials::Malformed("`Authorization` is there more than once"),
    }
}

fn parse(value: &str) -> Credentials {
    if value.len() > MAX_CREDENTIALS_BYTES {
        return Credentials::Malformed("`Authorization` is longer than 16 KiB");
    }
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("basic") {
        return basic(rest).unwrap_or(Credentials::Malformed(
            "the credentials of Basic are not base64 of `user:password` in UTF-8",
        ));
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        return match is_token(rest) {
            true => Credentials::Bearer(rest.to_owned()),
            false => Credentials::Malformed("what follows Bearer is no token"),
        };
    }
    Credentials::Other
}

fn basic(encoded: &str) -> Option<Credentials> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some(Credentials::Basic {
        user: user.to_owned(),
        password: password.to_owned(),
    })
}

fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b);
    !body.is_empty() && body.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(value: &str) -> Credentials {
        read(&[("authorization".into(), value.into())])
    }

    fn is_malformed(credentials: &Credentials) -> bool {
        matches!(credentials, Credentials::Malformed(_))
    }

    #[test]
    fn what_headers_show() {
        let basic = |user: &str, password: &str| Credentials::Basic {
            user: user.into(),
            password: password.into(),
        };
        for (value, expected) in [
            ("Basic Zm9vOmJhcg==", basic("foo", "bar")),
            ("bAsIc  Zm9vOg== ", basic("foo", "")),
            ("Basic OmJhcg==", basic("", "bar")),
            ("Basic Zm9vOmE6Yg==", basic("foo", "a:b")),
            (
                "Bearer abc.DEF-1_~+/==",
                Credentials::Bearer("abc.DEF-1_~+/==".into()),
            ),
            ("Negotiate abc", Credentials::Other),
            ("", Credentials::Other),
        ] {
            assert!(of(value) == expected, "{value}");
        }
        for value in [
            "Basic",
            "Basic !!",
            "Basic Zm9v",
            "Basic /zo=",
            "Bearer",
            "Bearer a b",
            "Bearer ==",
            "Bearer a=b",
            "Bearer ä",
        ] {
            assert!(is_malformed(&of(value)), "{value}");
        }
        assert!(read(&[]) == Credentials::Missing);
        let one = ("authorization".to_owned(), "Bearer a".to_owned());
        assert!(is_malformed(&read(&[one.clone(), one])));
    }

    #[test]
    fn a_long_header_is_refused() {
        let longest = MAX_CREDENTIALS_BYTES - "Bearer ".len();
        assert!(matches!(
            of(&format!("Bearer {}", "a".repeat(longest))),
            Credentials::Bearer(_)
        ));
        assert!(is_malformed(&of(&format!(
            "Bearer {}",
            "a".repeat(longest + 1)
        ))));
    }

    proptest! {
        #[test]
        fn any_text_is_read(value in ".{0,60}") {
            let _ = of(&value);
            let _ = of(&format!("Basic {value}"));
            let _ = of(&format!("Bearer {value}"));
        }

        #[test]
        fn every_user_and_password_comes_through(user in "[^:]{0,20}", password in ".{0,20}") {
            let encoded = STANDARD.encode(format!("{user}:{password}"));
            let read = of(&format!("Basic {encoded}"));
            let expected = Credentials::Basic { user, password };
            prop_assert!(read == expected);
        }

        #[test]
        fn every_token_comes_through(token in "[A-Za-z0-9._~+/-]{1,40}={0,2}") {
            let read = of(&format!("Bearer {token}"));
            prop_assert!(read == Credentials::Bearer(token));
        }
    }
}

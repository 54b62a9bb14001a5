//! `Idempotency-Key`: the mark by which a repeated request is known, as in the draft of that name
//! by the IETF's group on HTTP APIs. What a repetition means is the endpoint's affair.

use crate::error::{Error, Result};
use crate::reply::Reply;
use crate::request::Request;
use sha2::{Digest, Sha256};

/// The longest key, in characters. More is a 400.
pub const MAX_KEY_CHARS: usize = 255;

const HEADER: &str = "idempotency-key";

/// The mark of a request, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Who calls. Each caller has keys of its own.
    pub caller: String,
    /// The path. Each path has keys of its own.
    pub place: String,
    /// The key itself.
    pub key: String,
    /// SHA-256 of the body, hexadecimal: a repetition has the same.
    pub fingerprint: String,
}

impl Key {
    /// The key of a request by `caller` whose body has been read; `None` if it has none.
    ///
    /// # Errors
    /// 400 if the header is given twice or is no key.
    pub fn of(request: &Request, caller: &str) -> Result<Option<Self>> {
        let mut given = request.headers.iter().filter(|(name, _)| name == HEADER);
        let Some((_, value)) = given.next() else {
            return Ok(None);
        };
        if given.next().is_some() {
            return Err(Error::bad_request(
                "The header Idempotency-Key is given more than once. Please send one.",
            ));
        }
        let key = read(value).ok_or_else(|| {
            Error::bad_request(&format!(
                "The header Idempotency-Key must have 1 to {MAX_KEY_CHARS} visible ASCII characters, \
                 such as a UUID."
            ))
        })?;
        Ok(Some(Self {
            caller: caller.to_owned(),
            place: request.path.clone(),
            key,
            fingerprint: format!("{:x}", Sha256::digest(&request.body)),
        }))
    }
}

/// A key as it is, or as a string of Structured Fields: in quotes, with `\` before `"` and `\`.
fn read(value: &str) -> Option<String> {
    let value = value.trim();
    let key = match value.strip_prefix('"') {
        Some(quoted) => unquote(quoted.strip_suffix('"')?)?,
        None => value.to_owned(),
    };
    let is_key =
        (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    is_key.then_some(key)
}

fn unquote(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => characters.next().filter(|c| matches!(c, '"' | '\\'))?,
            '"' => return None,
            other => other,
        });
    }
    Some(text)
}

/// The answer to a key that came with another body before.
#[must_use]
pub fn key_is_taken() -> Error {
    Error::message(
        422,
        "This Idempotency-Key was used for a request with another body. \
         Please repeat the body as it was, or take a new key.",
    )
}

/// Marks an answer as the one that was given before.
#[must_use]
pub fn replayed(reply: Reply) -> Reply {
    reply.with_header("idempotency-replayed", "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Result<Option<Key>> {
        let header = |value: &&str| (HEADER.to_owned(), (*value).to_owned());
        let request = Request {
            path: "/p".into(),
            headers: values.iter().map(header).collect(),
            body: b"abc".to_vec(),
            ..Request::default()
        };
        Key::of(&request, "joe")
    }

    #[test]
    fn a_key_is_read_with_or_without_quotes() {
        let check = |value: &str, expected: &str| {
            assert_eq!(of(&[value]).unwrap().unwrap().key, expected, "{value}");
        };
        check(
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
        );
        check(r#""k""#, "k");
        check(r#" "a\"b\\c" "#, r#"a"b\c"#);
        check(r#"a"b"#, r#"a"b"#);
        check(&"k".repeat(MAX_KEY_CHARS), &"k".repeat(MAX_KEY_CHARS));
        assert_eq!(of(&[]).unwrap(), None);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = "k".repeat(MAX_KEY_CHARS + 1);
        for values in [
            &[""][..],
            &[r#""""#],
            &["\""],
            &[r#""a"b""#],
            &[r#""a\x""#],
            &[r#""a\""#],
            &["a b"],
            &["č"],
            &["a\u{7f}"],
            &[&long],
            &["a", "a"],
        ] {
            assert!(matches!(of(values), Err(Error::Client(_))), "{values:?}");
        }
    }

    #[test]
    fn a_key_knows_caller_place_and_body() {
        let key = of(&["k"]).unwrap().unwrap();
        assert_eq!((key.caller.as_str(), key.place.as_str()), ("joe", "/p"));
        // SHA-256 of "abc", from FIPS 180-4.
        assert!(
            key.fingerprint
                .starts_with("ba7816bf8f01cfea414140de5dae2223")
        );
    }
}

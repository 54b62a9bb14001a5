//! The method `token`: static tokens, of which only SHA-256 is kept.
//!
//! A list is JSON: `[{"sha256": "<64 hex digits>", "user": "ci", "groups": ["bots"]}]`. A client
//! sends the token as Bearer, or as the password of Basic beside the token's own user name.

use super::authorization::Credentials;
use super::{Caller, Method, Verdict};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// The most tokens in a list.
pub const MAX_TOKENS: usize = 1_000;

/// The fewest characters of a token: shorter ones could be guessed from their hashes.
pub const MIN_TOKEN_CHARS: usize = 20;

/// The known tokens.
#[derive(Default)]
pub struct Tokens(Vec<Token>);

struct Token {
    sha256: [u8; 32],
    caller: Caller,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    sha256: String,
    user: String,
    #[serde(default)]
    groups: Vec<String>,
}

impl Tokens {
    /// Reads a list; an empty text is an empty list.
    ///
    /// # Errors
    /// Which entry is wrong and why.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let entries: Vec<Entry> = serde_json::from_str(text)
            .map_err(|error| format!("is no JSON list of tokens: {error}"))?;
        if entries.len() > MAX_TOKENS {
            return Err(format!("has more than {MAX_TOKENS} tokens"));
        }
        let tokens = entries.into_iter().enumerate().map(|(index, entry)| {
            let numbered = |reason: String| format!("entry {}: {reason}", index + 1);
            let sha256 = from_hex(&entry.sha256)
                .ok_or_else(|| numbered("`sha256` must have 64 hexadecimal digits".to_owned()))?;
            let caller = Caller::new(&entry.user, entry.groups, Method::Token).map_err(numbered)?;
            Ok(Token { sha256, caller })
        });
        tokens.collect::<Result<_, String>>().map(Self)
    }

    /// Whose token the request shows.
    #[must_use]
    pub fn judge(&self, credentials: &Credentials) -> Verdict {
        let (token, user) = match credentials {
            Credentials::Bearer(token) => (token, None),
            Credentials::Basic { user, password } => (password, Some(user)),
            Credentials::Malformed(reason) => return Verdict::Rejected((*reason).to_owned()),
            Credentials::Missing | Credentials::Other => {
                return Verdict::Absent(self.reason("send a token by `Authorization: Bearer`"));
            }
        };
        let found = self.find(token);
        match found.filter(|caller| user.is_none_or(|user| *user == caller.user)) {
            Some(caller) => Verdict::Accepted(caller.clone()),
            None => Verdict::Rejected(self.reason("the token is unknown")),
        }
    }

    fn reason(&self, reason: &str) -> String {
        match self.0.is_empty() {
            true => "no tokens are set up (`auth_tokens`)".to_owned(),
            false => reason.to_owned(),
        }
    }

    /// Looks at every entry, so that the time says nothing about which one it is.
    fn find(&self, token: &str) -> Option<&Caller> {
        let long_enough = token.chars().count() >= MIN_TOKEN_CHARS;
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut place = u32::MAX;
        for (index, known) in self.0.iter().enumerate() {
            let same: Choice = known.sha256.ct_eq(&hash);
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            place = u32::conditional_select(&place, &index, same);
        }
        let known = self.0.get(usize::try_from(place).ok()?)?;
        long_enough.then_some(&known.caller)
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        if !pair.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "correct-horse-battery";

    fn hex(token: &str) -> String {
        let digest = Sha256::digest(token.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn tokens() -> Tokens {
        let list = format!(
            r#"[{{"sha256": "{}", "user": "other"}},
                {{"sha256": "{}", "user": "ci", "groups": ["bots"]}},
                {{"sha256": "{}", "user": "weak"}}]"#,
            hex("another-token-of-its-own"),
            hex(SECRET).to_uppercase(),
            hex("short")
        );
        Tokens::parse(&list).unwrap()
    }

    fn basic(user: &str, password: &str) -> Credentials {
        Credentials::Basic {
            user: user.into(),
            password: password.into(),
        }
    }

    #[test]
    fn a_known_token_is_its_user() {
        for credentials in [Credentials::Bearer(SECRET.into()), basic("ci", SECRET)] {
            let Verdict::Accepted(caller) = tokens().judge(&credentials) else {
                panic!("refused");
            };
            assert_eq!(
                (caller.user.as_str(), caller.groups),
                ("ci", vec!["bots".to_owned()])
            );
            assert_eq!(caller.method, Method::Token);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for credentials in [
            Credentials::Bearer("correct-horse-batterx".into()),
            Credentials::Bearer(hex(SECRET)),
            Credentials::Bearer("short".into()),
            basic("other", SECRET),
            basic("", SECRET),
            basic("ci", ""),
            Credentials::Malformed("x"),
        ] {
            assert!(matches!(tokens().judge(&credentials), Verdict::Rejected(_)));
            assert!(matches!(
                Tokens::default().judge(&credentials),
                Verdict::Rejected(_)
            ));
        }
        for credentials in [Credentials::Missing, Credentials::Other] {
            assert!(matches!(tokens().judge(&credentials), Verdict::Absent(_)));
        }
    }

    #[test]
    fn tokens_have_a_least_length() {
        let token = "x".repeat(MIN_TOKEN_CHARS);
        let list = |token: &str| {
            let list = format!(r#"[{{"sha256": "{}", "user": "u"}}]"#, hex(token));
            Tokens::parse(&list)
                .unwrap()
                .judge(&Credentials::Bearer(token.into()))
        };
        assert!(matches!(list(&token), Verdict::Accepted(_)));
        assert!(matches!(list(&token[1..]), Verdict::Rejected(_)));
    }

    #[test]
    fn lists_are_checked() {
        assert!(Tokens::parse(" ").unwrap().0.is_empty());
        let entry = format!(r#"{{"sha256": "{}", "user": "u"}}"#, "0".repeat(64));
        let many = |count: usize| format!("[{}]", vec![entry.as_str(); count].join(","));
        assert!(Tokens::parse(&many(MAX_TOKENS)).is_ok());
        let signed = format!("+{}", "1".repeat(63));
        for (list, part) in [
            (many(MAX_TOKENS + 1), "more than 1000"),
            ("{}".to_owned(), "no JSON list"),
            (
                r#"[{"sha256": "00", "user": "u"}]"#.to_owned(),
                "entry 1: `sha256`",
            ),
            (
                format!(r#"[{{"sha256": "{signed}", "user": "u"}}]"#),
                "entry 1: `sha256`",
            ),
            (
                format!(
                    r#"[{entry}, {{"sha256": "{}", "user": ""}}]"#,
                    "0".repeat(64)
                ),
                "entry 2: the user",
            ),
            (
                r#"[{"token": "secret", "user": "u"}]"#.to_owned(),
                "unknown field",
            ),
        ] {
            let error = Tokens::parse(&list).err().unwrap();
            assert!(error.contains(part), "{error}");
        }
    }
}

//! Signed tokens (RFC 7515, 7519): whether one of the issuer's keys has signed it.
//!
//! Only the signature is judged here. What the token says is judged by `http_edge::caller::claims`,
//! together with what an issuer says of opaque tokens.

use crate::keys::Key;
use crate::verifiers;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_edge::body::refuse_own_names;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What came of a token.
#[derive(Debug, PartialEq)]
pub enum Checked {
    /// The signature holds; this is what the token says.
    Signed(Map<String, Value>),
    /// None of the keys is the one that the token needs. The issuer may have a newer one.
    UnknownKey,
    /// The token is no good, and why.
    Refused(&'static str),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// Whether a token looks like a signed one. Others are opaque: only the issuer can read them.
#[must_use]
pub fn is_jwt(token: &str) -> bool {
    token.split('.').count() == 3 && part::<Map<String, Value>>(token).is_some()
}

/// Checks the signature of a token against the issuer's keys.
#[must_use]
pub fn check(token: &str, keys: &[Key]) -> Checked {
    let Some(header) = part::<Header>(token) else {
        return Checked::Refused("the token's header can't be read");
    };
    if header.crit.is_some() {
        return Checked::Refused("the token asks for an extension that is not known");
    }
    // `none` is no algorithm at all, and symmetric ones are in no key's list.
    let Ok(algorithm) = header.alg.parse::<Algorithm>() else {
        return Checked::Refused("the token's algorithm is not accepted");
    };
    let named = |key: &&Key| match (&header.kid, &key.id) {
        (Some(wanted), Some(id)) => wanted == id,
        _ => true,
    };
    let mut candidates = keys.iter().filter(named).peekable();
    if candidates.peek().is_none() {
        return Checked::UnknownKey;
    }
    let mut fitting = candidates
        .filter(|key| key.algorithms.contains(&algorithm))
        .peekable();
    if fitting.peek().is_none() {
        return Checked::Refused("the token's algorithm does not fit the issuer's key");
    }
    match fitting.find_map(|key| signed_by(key, token)) {
        Some(claims) => Checked::Signed(claims),
        None if header.kid.is_none() => Checked::UnknownKey,
        None => Checked::Refused("the token's signature does not hold"),
    }
}

fn signed_by(key: &Key, token: &str) -> Option<Map<String, Value>> {
    verifiers::install();
    let mut rules = Validation::default();
    rules.algorithms.clone_from(&key.algorithms);
    // Claims are checked elsewhere, for both kinds of tokens alike. The library could not read
    // numbers here: the workspace's JSON keeps them as they are written.
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    let token = jsonwebtoken::decode(token, &key.material, &rules).ok()?;
    Some(token.claims)
}

/// The header. It comes from anybody, so it must not have the names by which the JSON reader nests
/// without a limit.
fn part<T: for<'a> Deserialize<'a>>(token: &str) -> Option<T> {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let text = std::str::from_utf8(&header).ok()?;
    refuse_own_names(text).ok()?;
    serde_json::from_str(text).ok()
}

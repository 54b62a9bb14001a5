//! The keys that an issuer publishes (RFC 7517), each with the algorithms that fit it.
//!
//! What a key may check is decided by the key alone, never by the token. Symmetric keys are left
//! out, so that a token can't be checked with something that is public.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// The most keys of an issuer that are looked at.
pub const MAX_KEYS: usize = 50;

/// The smallest modulus of an RSA key, in bytes: 2048 bits.
pub const MIN_RSA_BYTES: usize = 256;

/// The largest modulus of an RSA key, in bytes: 4096 bits, as the library takes no larger one.
pub const MAX_RSA_BYTES: usize = 512;

/// The size of an Ed25519 key, in bytes.
const ED25519_BYTES: usize = 32;

const RSA: [(KeyAlgorithm, Algorithm); 6] = [
    (KeyAlgorithm::RS256, Algorithm::RS256),
    (KeyAlgorithm::RS384, Algorithm::RS384),
    (KeyAlgorithm::RS512, Algorithm::RS512),
    (KeyAlgorithm::PS256, Algorithm::PS256),
    (KeyAlgorithm::PS384, Algorithm::PS384),
    (KeyAlgorithm::PS512, Algorithm::PS512),
];
const P256: [(KeyAlgorithm, Algorithm); 1] = [(KeyAlgorithm::ES256, Algorithm::ES256)];
const P384: [(KeyAlgorithm, Algorithm); 1] = [(KeyAlgorithm::ES384, Algorithm::ES384)];
const ED25519: [(KeyAlgorithm, Algorithm); 1] = [(KeyAlgorithm::EdDSA, Algorithm::EdDSA)];

/// A public key.
pub struct Key {
    /// The name that tokens know it by.
    pub id: Option<String>,
    /// What it may check.
    pub algorithms: Vec<Algorithm>,
    /// What checks.
    pub material: DecodingKey,
}

/// The usable keys of a key set; others are passed over.
#[must_use]
pub fn parse(set: &Value) -> Vec<Key> {
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys.into_iter().flatten().take(MAX_KEYS);
    keys.filter_map(usable).collect()
}

fn usable(value: &Value) -> Option<Key> {
    let key: Jwk = serde_json::from_value(value.clone()).ok()?;
    let common = &key.common;
    let is_for_signatures = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let operations = common.key_operations.as_ref();
    if !is_for_signatures || operations.is_some_and(|all| !all.contains(&KeyOperations::Verify)) {
        return None;
    }
    let named = common.key_algorithm;
    let fitting = fitting(&key.algorithm)?.iter();
    let fitting = fitting.filter(|(name, _)| named.is_none_or(|named| named == *name));
    let algorithms: Vec<Algorithm> = fitting.map(|(_, algorithm)| *algorithm).collect();
    if algorithms.is_empty() {
        return None;
    }
    Some(Key {
        id: common.key_id.clone(),
        algorithms,
        material: DecodingKey::from_jwk(&key).ok()?,
    })
}

/// What a key of this kind can check.
fn fitting(parameters: &AlgorithmParameters) -> Option<&'static [(KeyAlgorithm, Algorithm)]> {
    match parameters {
        AlgorithmParameters::RSA(rsa) => {
            let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).ok()?;
            let bytes = modulus.iter().skip_while(|byte| **byte == 0).count();
            (MIN_RSA_BYTES..=MAX_RSA_BYTES)
                .contains(&bytes)
                .then_some(&RSA[..])
        }
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => Some(&P256[..]),
            EllipticCurve::P384 => Some(&P384[..]),
            _ => None,
        },
        AlgorithmParameters::OctetKeyPair(pair) => match pair.curve {
            EllipticCurve::Ed25519 => {
                // The library takes it that there are so many.
                let bytes = URL_SAFE_NO_PAD.decode(&pair.x).ok()?.len();
                (bytes == ED25519_BYTES).then_some(&ED25519[..])
            }
            _ => None,
        },
        _ => None,
    }
}

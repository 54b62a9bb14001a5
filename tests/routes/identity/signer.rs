//! Keys that sign tokens, each made afresh. What signs is not the library that checks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::rand_core::OsRng;
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

/// A private key and its public half.
pub struct Signer {
    id: String,
    algorithm: &'static str,
    private: Private,
    /// As an issuer publishes it.
    pub public: Value,
}

enum Private {
    Rsa(Box<rsa::RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl Signer {
    /// Signs by RS256 unless told otherwise.
    pub fn rsa(id: &str, bits: usize) -> Self {
        let key = rsa::RsaPrivateKey::new(&mut OsRng, bits).unwrap();
        let (n, e) = (key.n().to_bytes_be(), key.e().to_bytes_be());
        let public = json!({"kty": "RSA", "n": encoded(&n), "e": encoded(&e), "kid": id});
        Self {
            id: id.to_owned(),
            algorithm: "RS256",
            private: Private::Rsa(Box::new(key)),
            public,
        }
    }

    /// Signs by ES256.
    pub fn p256(id: &str) -> Self {
        let key = p256::ecdsa::SigningKey::random(&mut OsRng);
        let point = key.verifying_key().to_encoded_point(false);
        let (x, y) = (encoded(point.x().unwrap()), encoded(point.y().unwrap()));
        let public = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": id});
        Self {
            id: id.to_owned(),
            algorithm: "ES256",
            private: Private::P256(key),
            public,
        }
    }

    /// Signs by EdDSA.
    pub fn ed25519(id: &str) -> Self {
        let seed = p256::ecdsa::SigningKey::random(&mut OsRng).to_bytes();
        let key = ed25519_dalek::SigningKey::from_bytes(&seed.into());
        let x = encoded(key.verifying_key().as_bytes());
        let public = json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": id});
        Self {
            id: id.to_owned(),
            algorithm: "EdDSA",
            private: Private::Ed25519(key),
            public,
        }
    }

    /// A token that says this.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_by(self.algorithm, Some(&self.id), claims)
    }

    /// A token by another algorithm of the same kind of key, and with another key's name or none.
    pub fn sign_by(&self, algorithm: &str, id: Option<&str>, claims: &Value) -> String {
        let header = match id {
            Some(id) => json!({"alg": algorithm, "kid": id, "typ": "JWT"}),
            None => json!({"alg": algorithm}),
        };
        self.sign_with(&header, claims)
    }

    /// A token with a header of choice.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let algorithm = header["alg"].as_str().unwrap_or_default();
        let signature = self.signature(algorithm, message.as_bytes());
        format!("{message}.{}", encoded(&signature))
    }

    fn signature(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        use rsa::{pkcs1v15, pss};
        let mut random = OsRng;
        match (&self.private, algorithm) {
            (Private::Rsa(key), algorithm) => {
                let key = (**key).clone();
                match algorithm {
                    "RS256" => pkcs1v15::SigningKey::<Sha256>::new(key)
                        .sign(message)
                        .to_vec(),
                    "RS384" => pkcs1v15::SigningKey::<Sha384>::new(key)
                        .sign(message)
                        .to_vec(),
                    "RS512" => pkcs1v15::SigningKey::<Sha512>::new(key)
                        .sign(message)
                        .to_vec(),
                    "PS256" => pss::SigningKey::<Sha256>::new(key)
                        .sign_with_rng(&mut random, message)
                        .to_vec(),
                    "PS512" => pss::SigningKey::<Sha512>::new(key)
                        .sign_with_rng(&mut random, message)
                        .to_vec(),
                    other => panic!("no key signs by {other}"),
                }
            }
            (Private::P256(key), _) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_vec()
            }
            (Private::Ed25519(key), _) => key.sign(message).to_vec(),
        }
    }
}

/// Header and claims, without a signature.
pub fn message(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| encoded(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

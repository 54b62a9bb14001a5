//! Keys that sign tokens, each made afresh.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::pkcs8::EncodePrivateKey as _;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use serde_json::{Value, json};

/// A private key and its public half.
pub struct Signer {
    id: String,
    algorithm: Algorithm,
    private: EncodingKey,
    /// As an issuer publishes it.
    pub public: Value,
}

impl Signer {
    /// RS256 and PS256.
    pub fn rsa(id: &str, bits: usize) -> Self {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits).unwrap();
        let private = EncodingKey::from_rsa_der(key.to_pkcs1_der().unwrap().as_bytes());
        Self::new(id, Algorithm::RS256, private)
    }

    /// ES256.
    pub fn p256(id: &str) -> Self {
        let key = p256::SecretKey::random(&mut rsa::rand_core::OsRng);
        let private = EncodingKey::from_ec_der(key.to_pkcs8_der().unwrap().as_bytes());
        Self::new(id, Algorithm::ES256, private)
    }

    /// EdDSA.
    pub fn ed25519(id: &str) -> Self {
        let seed = p256::SecretKey::random(&mut rsa::rand_core::OsRng).to_bytes();
        let key = ed25519_dalek::SigningKey::from_bytes(&seed.into());
        let private = EncodingKey::from_ed_der(key.to_pkcs8_der().unwrap().as_bytes());
        Self::new(id, Algorithm::EdDSA, private)
    }

    fn new(id: &str, algorithm: Algorithm, private: EncodingKey) -> Self {
        let public = Jwk::from_encoding_key(&private, algorithm).unwrap();
        let mut public = serde_json::to_value(public).unwrap();
        public["kid"] = json!(id);
        public["use"] = json!("sig");
        // The key alone says what it is for, unless a test says more.
        public.as_object_mut().unwrap().remove("alg");
        Self {
            id: id.to_owned(),
            algorithm,
            private,
            public,
        }
    }

    /// A token that says this.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_by(self.algorithm, Some(&self.id), claims)
    }

    /// A token by another algorithm of the same kind of key, and with another key's name or none.
    pub fn sign_by(&self, algorithm: Algorithm, id: Option<&str>, claims: &Value) -> String {
        let mut header = Header::new(algorithm);
        header.kid = id.map(str::to_owned);
        jsonwebtoken::encode(&header, claims, &self.private).unwrap()
    }
}

//! What checks signatures: RustCrypto's verifiers, handed to the JWT library.
//!
//! The library would bring its own set, which can sign and knows symmetric algorithms, too. With this
//! one there is no code in the component that could take a public key for a shared secret, and it is
//! a fifth smaller.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{self, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use rsa::{BigUint, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes these the library's verifiers. Does nothing the second time.
pub fn install() {
    let _ = PROVIDER.install_default();
}

fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn jsonwebtoken::crypto::JwtSigner>> {
    Err(ErrorKind::InvalidAlgorithm.into())
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    use rsa::{pkcs1v15, pss};
    let algorithm = *algorithm;
    Ok(match algorithm {
        Algorithm::RS256 => {
            With::boxed(algorithm, pkcs1v15::VerifyingKey::<Sha256>::new(rsa(key)?))
        }
        Algorithm::RS384 => {
            With::boxed(algorithm, pkcs1v15::VerifyingKey::<Sha384>::new(rsa(key)?))
        }
        Algorithm::RS512 => {
            With::boxed(algorithm, pkcs1v15::VerifyingKey::<Sha512>::new(rsa(key)?))
        }
        Algorithm::PS256 => With::boxed(algorithm, pss::VerifyingKey::<Sha256>::new(rsa(key)?)),
        Algorithm::PS384 => With::boxed(algorithm, pss::VerifyingKey::<Sha384>::new(rsa(key)?)),
        Algorithm::PS512 => With::boxed(algorithm, pss::VerifyingKey::<Sha512>::new(rsa(key)?)),
        Algorithm::ES256 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key.try_get_as_bytes()?);
            With::<_, p256::ecdsa::Signature>::boxed(
                algorithm,
                key.map_err(|_| ErrorKind::InvalidEcdsaKey)?,
            )
        }
        Algorithm::ES384 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key.try_get_as_bytes()?);
            With::<_, p384::ecdsa::Signature>::boxed(
                algorithm,
                key.map_err(|_| ErrorKind::InvalidEcdsaKey)?,
            )
        }
        Algorithm::EdDSA => {
            let key = ed25519_dalek::VerifyingKey::try_from(key.try_get_as_bytes()?);
            With::<_, ed25519_dalek::Signature>::boxed(
                algorithm,
                key.map_err(|_| ErrorKind::InvalidEddsaKey)?,
            )
        }
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    })
}

fn rsa(key: &DecodingKey) -> Result<RsaPublicKey> {
    let DecodingKeyKind::RsaModulusExponent { n, e } = key.kind() else {
        return Err(ErrorKind::InvalidKeyFormat.into());
    };
    let key = RsaPublicKey::new(BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
    key.map_err(|error| ErrorKind::InvalidRsaKey(error.to_string()).into())
}

/// A key that checks signatures of the kind `S`.
struct With<K, S> {
    algorithm: Algorithm,
    key: K,
    kind: std::marker::PhantomData<fn(S)>,
}

impl<K, S> With<K, S>
where
    K: Verifier<S> + 'static,
    S: for<'a> TryFrom<&'a [u8]> + 'static,
{
    fn boxed(algorithm: Algorithm, key: K) -> Box<dyn JwtVerifier> {
        let kind = std::marker::PhantomData;
        Box::new(Self {
            algorithm,
            key,
            kind,
        })
    }
}

impl<K, S> Verifier<Vec<u8>> for With<K, S>
where
    K: Verifier<S>,
    S: for<'a> TryFrom<&'a [u8]>,
{
    fn verify(
        &self,
        message: &[u8],
        signature: &Vec<u8>,
    ) -> std::result::Result<(), signature::Error> {
        let signature = S::try_from(signature).map_err(|_| signature::Error::new())?;
        self.key.verify(message, &signature)
    }
}

impl<K, S> JwtVerifier for With<K, S>
where
    K: Verifier<S>,
    S: for<'a> TryFrom<&'a [u8]>,
{
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

//! The key-value store, as JSON values under keys of ours. Everything in it can be asked for again.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use spin_sdk::key_value::Store;

/// An open store.
pub struct Cache(Store);

impl Cache {
    /// Opens the store.
    ///
    /// # Errors
    /// When the component has not been granted one, or it does not answer; the text is for the log.
    pub async fn open() -> Result<Self, String> {
        let store = Store::open_default().await;
        store
            .map(Self)
            .map_err(|error| format!("key-value store: {error}"))
    }

    /// The value of a key. One that can't be read is as good as none.
    ///
    /// # Errors
    /// When the store does not answer; the text is for the log.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, String> {
        let value = self.0.get(key).await;
        let value = value.map_err(|error| format!("key-value store: {error}"))?;
        Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
    }

    /// Keeps a value.
    ///
    /// # Errors
    /// When the store does not answer; the text is for the log.
    pub async fn set(&self, key: &str, value: &impl Serialize) -> Result<(), String> {
        let value = serde_json::to_vec(value).map_err(|error| error.to_string())?;
        let done = self.0.set(key, &value).await;
        done.map_err(|error| format!("key-value store: {error}"))
    }
}

/// SHA-256 in hexadecimal digits.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of a text.
#[must_use]
pub fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

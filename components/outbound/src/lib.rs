//! What components that call out share: HTTP requests within limits, the key-value store in which
//! they keep answers, and their settings. It does not know whom they ask, or for what.

pub mod cache;
pub mod client;
pub mod settings;

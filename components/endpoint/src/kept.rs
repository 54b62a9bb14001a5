//! What an instance reads once: settings and mounted files.
//!
//! An instance lives for a second of rest or 128 requests, so a change takes effect soon and without
//! a restart. What can't be read is not kept: the next request tries again.

use http_edge::Result;
use std::cell::OnceCell;
use std::thread::LocalKey;

/// A place for one value in each instance, which has one thread.
pub type Kept<T> = LocalKey<OnceCell<T>>;

/// The value, if it has been read.
#[must_use]
pub fn known<T: Clone>(place: &'static Kept<T>) -> Option<T> {
    place.with(|cell| cell.get().cloned())
}

/// Keeps a value that has been read, unless another request was faster, and returns what is kept.
pub fn keep<T: Clone>(place: &'static Kept<T>, value: T) -> T {
    place.with(|cell| cell.get_or_init(|| value).clone())
}

/// The value, read now if it has not been.
///
/// # Errors
/// What `read` returns.
pub fn or_read<T: Clone>(place: &'static Kept<T>, read: impl FnOnce() -> Result<T>) -> Result<T> {
    match known(place) {
        Some(value) => Ok(value),
        None => Ok(keep(place, read()?)),
    }
}

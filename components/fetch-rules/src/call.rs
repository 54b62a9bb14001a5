//! What the look-ups of one call share: settings, the store, and the time that is left.

use crate::failure::Failure;
use crate::kept::{File, Known};
use crate::settings::Settings;
use outbound::cache::Cache;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long all look-ups of one call may take. Hosts end a request after 30 s.
const MAX_CALL: Duration = Duration::from_secs(25);

/// A call under way.
pub struct Call {
    /// The settings.
    pub settings: Rc<Settings>,
    /// Where answers are kept.
    pub cache: Cache,
    /// When it began, in milliseconds since the epoch.
    pub since_ms: i64,
    /// Files that it has, by their URLs.
    pub files: Found<File>,
    /// Builds that it has, by their names in the store.
    pub builds: Found<Known>,
    start: Instant,
}

/// What a call has found. Others may take its place in the store meanwhile.
pub type Found<T> = RefCell<HashMap<String, T>>;

impl Call {
    /// Begins.
    ///
    /// # Errors
    /// When answers can't be kept.
    pub async fn begin(settings: Rc<Settings>) -> Result<Self, Failure> {
        let cache = Cache::open().await.map_err(Failure::Unavailable)?;
        Ok(Self {
            settings,
            cache,
            since_ms: now_ms(),
            files: RefCell::default(),
            builds: RefCell::default(),
            start: Instant::now(),
        })
    }

    /// The time that is left; none if it is over.
    pub fn left(&self) -> Option<Duration> {
        let left = MAX_CALL.saturating_sub(self.start.elapsed());
        (!left.is_zero()).then_some(left)
    }
}

/// Milliseconds since the epoch.
pub fn now_ms() -> i64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    time.map_or(0, |time| {
        i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
    })
}

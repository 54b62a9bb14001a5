//! One database file: who may open it, and whose turn it is to write.
//!
//! SQLite lets one connection write at a time. Left alone, the others poll in its busy handler and
//! sleep ever longer; here they stand in line instead, in the order of arrival. Reads never wait. A
//! connection that stays inside a transaction keeps the turn until it is through.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::pool::Pool;
use super::together::{Queue, Turn};

/// One database file.
pub struct Database {
    pub(super) pool: Pool,
    pub(super) turn: Turn,
    pub(super) queue: Queue,
}

impl Database {
    /// The database at `path`, whose directory is created if need be; the file is at the first use.
    pub fn new(path: PathBuf) -> Result<Self> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)
                .with_context(|| format!("can't create directory `{}`", directory.display()))?;
        }
        Ok(Self::at(path))
    }

    pub(super) fn at(path: PathBuf) -> Self {
        Self {
            pool: Pool::new(path),
            turn: Turn::default(),
            queue: Queue::default(),
        }
    }
}

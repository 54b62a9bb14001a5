//! SQLite without the application, which the application is compared with. Must not know what is
//! written.

use anyhow::{Context, Result};
use rusqlite::Connection;
use std::path::Path;

/// A database that is as durable as the application's.
pub fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file).context("the native writer has no database")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

//! How statements reach SQLite, and rows come back. What they mean is not known here.

use crate::bounds::Bounds;
use endpoint::records::Error;
use spin_sdk::sqlite::Value;

/// A row of a result.
pub type Row = Vec<Value>;

/// How often a statement is tried again that another connection was in the way of.
const ATTEMPTS: u32 = 200;

/// What SQLite says when a write finds no room.
const NO_ROOM: &str = "database or disk is full";

/// What SQLite says of a write where the file was opened for reading, as it could not be for more.
const NOT_WRITABLE: &str = "attempt to write a readonly database";

/// Why a statement failed.
#[derive(Debug)]
pub enum Failure {
    /// The component may not use the database.
    Denied(String),
    /// SQLite's own words.
    Database(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied(text) => Self::Denied(text),
            Failure::Database(text) if text.contains(NO_ROOM) => Self::Full(text),
            Failure::Database(text) if text.contains(NOT_WRITABLE) => Self::ReadOnly(text),
            Failure::Database(text) => Self::Unavailable(text),
        }
    }
}

/// A connection to one database: the host's in the component, an embedded one in native tests.
pub trait Database {
    /// Runs one statement to its end.
    ///
    /// # Errors
    /// What SQLite or the host says.
    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure>;

    /// How far searches look before they choose another way.
    fn bounds(&self) -> Bounds {
        Bounds::default()
    }

    /// Runs one statement, again and again while another connection is at work in a way that SQLite
    /// does not wait for, as when the journal mode changes.
    ///
    /// # Errors
    /// What SQLite or the host says, at the last attempt.
    fn run_patiently(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        let mut attempt = 0;
        loop {
            match self.run(statement, parameters) {
                Err(Failure::Database(text)) if will_pass(&text) && attempt < ATTEMPTS => {
                    attempt += 1;
                    std::thread::sleep(std::time::Duration::from_millis(5));
                }
                outcome => return outcome,
            }
        }
    }
}

/// Whether the same statement may do later. A virtual table has tables of its own; its constructor
/// fails where a connection meets them while another is still setting up the same file.
fn will_pass(text: &str) -> bool {
    ["locked", "busy", "vtable constructor failed"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// What only saves time or room, and may therefore be refused: while another connection writes SQLite
/// does not sleep itself, see [`host`]; pages are read by mapping the file, so that reading one is no
/// call of the system and no copy; a page that is written again and again reaches the file once per
/// checkpoint, so these come every 4,000 pages of 4 KiB; and of a log that a long reader, such as a
/// backup, let grow, 64 MiB are left once all in it is written back.
#[cfg(target_family = "wasm")]
const SAVINGS: [&str; 4] = [
    "PRAGMA busy_timeout = 0",
    "PRAGMA mmap_size = 4294967296",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
];

/// What is said before the first of many writes: after every commit of another connection, a mapping
/// is given up and its pages have to be found again.
#[cfg(target_family = "wasm")]
const READ_BY_COPYING: &str = "PRAGMA mmap_size = 0";

/// What SQLite says while another connection writes.
#[cfg(target_family = "wasm")]
const LOCKED: &str = "database is locked";

/// The host's database, opened once per instance, and anew after a failure.
///
/// Where another connection writes, a statement is tried again after a short pause. SQLite would do so
/// too, but sleeps for up to 100 ms at a time: of many writers some would wait for a second.
#[cfg(target_family = "wasm")]
pub mod host {
    use super::{Database, Failure, LOCKED, NO_ROOM, READ_BY_COPYING, Row, SAVINGS};
    use crate::schema;
    use endpoint::records::Error;
    use spin_sdk::sqlite::wit::sqlite;
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    /// How long a statement waits for other connections.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// Before a statement is tried for the second time. Every further pause is half as long again.
    const FIRST_PAUSE: Duration = Duration::from_micros(700);
    /// No pause is longer.
    const LONGEST_PAUSE: Duration = Duration::from_millis(6);

    /// An open connection of the host.
    pub struct Connection {
        open: sqlite::Connection,
        takes_many_writes: Cell<bool>,
    }

    impl Database for Connection {
        fn run(&self, statement: &str, parameters: &[sqlite::Value]) -> Result<Vec<Row>, Failure> {
            let start = Instant::now();
            let mut pause = FIRST_PAUSE;
            loop {
                match self.open.execute(statement, parameters) {
                    Ok(result) => {
                        return Ok(result.rows.into_iter().map(|row| row.values).collect());
                    }
                    Err(error) if is_locked(&error) && start.elapsed() < PATIENCE => {
                        std::thread::sleep(pause);
                        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
                    }
                    Err(error) => return Err(failure(error)),
                }
            }
        }
    }

    fn is_locked(error: &sqlite::Error) -> bool {
        matches!(error, sqlite::Error::Io(text) if text.contains(LOCKED))
    }

    fn failure(error: sqlite::Error) -> Failure {
        match error {
            sqlite::Error::Io(text) => Failure::Database(text),
            sqlite::Error::AccessDenied => {
                Failure::Denied("access to the database is denied".into())
            }
            sqlite::Error::NoSuchDatabase => Failure::Denied("there is no such database".into()),
            sqlite::Error::InvalidConnection => {
                Failure::Database("the connection is invalid".into())
            }
            sqlite::Error::DatabaseFull => Failure::Database(NO_ROOM.into()),
        }
    }

    thread_local! {
            // An instance has one thread, and a synchronous statement holds it, so one connection
            // serves all requests of the instance.
    static CONNECTION: Cell<Option<Connection>> = const { Cell::new(None) };
        }

    fn open() -> Result<Connection, Failure> {
        let connection = Connection {
            open: sqlite::Connection::open("default").map_err(failure)?,
            takes_many_writes: Cell::new(false),
        };
        connection.run("PRAGMA synchronous = FULL", &[])?;
        for saving in SAVINGS {
            let _ = connection.run(saving, &[]);
        }
        schema::migrate(&connection)?;
        Ok(connection)
    }

    /// Calls `work` with the instance's connection.
    ///
    /// A connection that has failed is closed, and the next call opens another: one that was opened
    /// while the file could not be written to never writes, and what is unfinished on it is undone.
    ///
    /// # Errors
    /// When the database can't be opened, or what `work` returns.
    pub fn with<T>(work: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Error> {
        let connection = match CONNECTION.take() {
            Some(connection) => connection,
            None => open()?,
        };
        let done = work(&connection)?;
        CONNECTION.set(Some(connection));
        Ok(done)
    }

    /// As [`with`], for what comes in bursts.
    ///
    /// # Errors
    /// As [`with`].
    pub fn with_many_writes<T>(
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        with(|connection| {
            if !connection.takes_many_writes.replace(true) {
                let _ = connection.run(READ_BY_COPYING, &[]);
            }
            work(connection)
        })
    }
}

//! How statements reach SQLite, and rows come back. What they mean is not known here.

use crate::bounds::Bounds;
use endpoint::records::Error;
use spin_sdk::sqlite::Value;

/// A row of a result.
pub type Row = Vec<Value>;

/// How often a statement is tried again that another connection was in the way of.
const ATTEMPTS: u32 = 200;

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

/// How much of the file may be mapped into memory, in bytes: reading a page is then no call of the
/// system and no copy.
#[cfg(target_family = "wasm")]
const READ_BY_MAPPING: &str = "PRAGMA mmap_size = 4294967296";

/// What a connection is told that takes writes in bursts. A mapping would be given up and made anew
/// after every commit of another connection. Pages that are written again and again reach the file
/// once per checkpoint, so there are fewer of these.
#[cfg(target_family = "wasm")]
const WRITER: [&str; 2] = ["PRAGMA mmap_size = 0", "PRAGMA wal_autocheckpoint = 4000"];

/// What is left of the write-ahead log's file once all in it is written back, in bytes. It is reused,
/// not cut, below that; a reader that stays, such as a backup, lets it grow beyond.
#[cfg(target_family = "wasm")]
const LOG_IS_CUT: &str = "PRAGMA journal_size_limit = 67108864";

/// The host's database, opened once per instance.
#[cfg(target_family = "wasm")]
pub mod host {
    use super::{Database, Failure, LOG_IS_CUT, READ_BY_MAPPING, Row, WRITER};
    use crate::schema;
    use endpoint::records::Error;
    use spin_sdk::sqlite::wit::sqlite;
    use std::cell::{Cell, OnceCell};

    /// An open connection of the host.
    pub struct Connection(sqlite::Connection);

    impl Database for Connection {
        fn run(&self, statement: &str, parameters: &[sqlite::Value]) -> Result<Vec<Row>, Failure> {
            let result = self.0.execute(statement, parameters).map_err(failure)?;
            Ok(result.rows.into_iter().map(|row| row.values).collect())
        }
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
            sqlite::Error::DatabaseFull => Failure::Database("the database is full".into()),
        }
    }

    thread_local! {
        // An instance has one thread, and a synchronous statement holds it, so one connection
        // serves all requests of the instance.
        static CONNECTION: OnceCell<Connection> = const { OnceCell::new() };
        static IS_WRITER: Cell<bool> = const { Cell::new(false) };
    }

    /// As [`with`], for what takes writes in bursts.
    ///
    /// # Errors
    /// As [`with`].
    pub fn with_writer<T>(
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        with(|connection| {
            if !IS_WRITER.replace(true) {
                for setting in WRITER {
                    let _ = connection.run(setting, &[]);
                }
            }
            work(connection)
        })
    }

    fn open() -> Result<Connection, Failure> {
        let connection = Connection(sqlite::Connection::open("default").map_err(failure)?);
        connection.run("PRAGMA synchronous = FULL", &[])?;
        // Reads by way of the page cache of the system. It only saves time, so it may be refused;
        // the other only saves room.
        let _ = connection.run(READ_BY_MAPPING, &[]);
        let _ = connection.run(LOG_IS_CUT, &[]);
        schema::migrate(&connection)?;
        Ok(connection)
    }

    /// Calls `work` with the instance's connection.
    ///
    /// # Errors
    /// When the database can't be opened, or what `work` returns.
    pub fn with<T>(work: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Error> {
        CONNECTION.with(|cell| {
            if cell.get().is_none() {
                let connection = open()?;
                // Nobody else can have set it: the instance has one thread.
                let _ = cell.set(connection);
            }
            match cell.get() {
                Some(connection) => Ok(work(connection)?),
                None => Err(Error::Unavailable("the connection is gone".into())),
            }
        })
    }
}

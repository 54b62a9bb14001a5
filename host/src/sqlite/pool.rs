//! Open connections that guests share, by what was set on them.
//!
//! A guest's own connection would be opened, set up and warmed for a second's worth of requests; of
//! these there are a few, which keep their pages and prepared statements.
//!
//! Must not know guests, nor in which order anything runs.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::ErrorCode;

use super::kind::{Kind, Watch};
use super::lock;
use super::values::{self, Outcome, io_error};
use crate::bindings::spin::sqlite::sqlite::{Error, Value};

/// How long a connection waits for another process, unless its guest sets something else.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it sleeps in there before it looks again. SQLite's own handler sleeps ever longer, up to
/// 100 ms, and hardly ever looks at the moment when another host's writers are between two writes.
const LOOK_AGAIN: Duration = Duration::from_millis(1);
/// Statements that a connection keeps prepared.
const PREPARED_STATEMENTS: usize = 256;
/// Connections that are kept while nobody uses them.
const MAX_IDLE: usize = 8;
/// Statements and settings that are known; more, and all of them are forgotten.
const MAX_KNOWN: usize = 4096;

/// The statements that set up a connection, by the pragma's name.
pub type Settings = Arc<BTreeMap<String, String>>;

/// An open connection.
pub struct Open {
    sqlite: rusqlite::Connection,
    watch: Watch,
    settings: Settings,
    /// Whether it was the last to write, so that its pages are those of the file.
    has_written: bool,
    /// Whether something is wrong with it, or with the file.
    is_broken: bool,
}

/// What became of a statement.
pub struct Done {
    /// Its rows, and how it ended.
    pub outcome: Outcome,
    /// The rowid of the last insert.
    pub last_insert_rowid: i64,
    /// How many rows it changed.
    pub changes: u64,
}

impl Done {
    /// A statement that was not run.
    pub fn failed(error: Error) -> Self {
        Self {
            outcome: Outcome::failed(error),
            last_insert_rowid: 0,
            changes: 0,
        }
    }
}

impl Open {
    /// Whether no transaction is open.
    pub fn is_autocommit(&self) -> bool {
        self.sqlite.is_autocommit()
    }

    /// Prepares a statement, by the schema as it is now.
    ///
    /// SQLite compares schemas when a statement begins. Where it refuses to prepare one, what it knows
    /// of the schema may be of before another connection changed it.
    fn prepare<'a, T>(
        &'a self,
        prepare: impl Fn(&'a rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        match prepare(&self.sqlite) {
            Err(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == ErrorCode::Unknown =>
            {
                let begin = "SELECT 1 FROM sqlite_schema LIMIT 1";
                let _ = self.sqlite.query_row(begin, [], |_| Ok(()));
                prepare(&self.sqlite)
            }
            prepared => prepared,
        }
    }

    fn prepare_cached(&self, statement: &str) -> rusqlite::Result<rusqlite::CachedStatement<'_>> {
        self.prepare(|sqlite| sqlite.prepare_cached(statement))
    }

    /// Whether a statement only reads. `COMMIT` and `ROLLBACK` count as such.
    pub fn only_reads(&self, statement: &str) -> Result<bool, Error> {
        let prepared = self.prepare_cached(statement).map_err(io_error)?;
        Ok(prepared.readonly())
    }

    /// Runs a statement to its end, for a guest whose last insert was this.
    pub fn run(&mut self, statement: &str, parameters: &[Value], last_insert_rowid: i64) -> Done {
        set_last_insert_rowid(&self.sqlite, last_insert_rowid);
        let (outcome, writes) = match self.prepare_cached(statement) {
            Ok(mut prepared) => (values::run(&mut prepared, parameters), !prepared.readonly()),
            Err(error) => (Outcome::refused(error), false),
        };
        self.has_written |= writes;
        self.is_broken |= outcome.breaks_connection;
        Done {
            outcome,
            last_insert_rowid: self.sqlite.last_insert_rowid(),
            changes: self.sqlite.changes(),
        }
    }

    /// Runs a statement of the host's own.
    pub fn host_runs(&mut self, statement: &str) -> Result<(), Error> {
        self.run(statement, &[], 0).outcome.end
    }

    fn kind_of(&self, statement: &str) -> Result<Kind, Error> {
        let kind = self.prepare(|sqlite| self.watch.kind_of(|| sqlite.prepare(statement)));
        kind.map_err(io_error)
    }

    /// Whether the file could be opened for reading alone.
    ///
    /// Such a connection is not kept: what one connection of a process knows of a log that it can't write
    /// to, all of them share, so that as long as it is open nobody writes, though the file may be writable
    /// again.
    fn is_read_only(&self) -> bool {
        self.sqlite.is_readonly(rusqlite::MAIN_DB).unwrap_or(false)
    }
}

/// What a guest reads as its last insert is its own, whoever used the connection before.
#[allow(unsafe_code, reason = "rusqlite has no function for it")]
fn set_last_insert_rowid(connection: &rusqlite::Connection, id: i64) {
    // SAFETY: the connection is open as long as it is borrowed, and SQLite takes any number.
    unsafe { rusqlite::ffi::sqlite3_set_last_insert_rowid(connection.handle(), id) };
}

/// What SQLite answers a statement that sets something, and the settings from then on.
#[derive(Clone)]
struct Answer {
    settings: Settings,
    outcome: Outcome,
}

/// The connections to one file, and what is known of statements.
pub struct Pool {
    path: PathBuf,
    file: Mutex<Option<(u64, u64)>>,
    idle: Mutex<Vec<Open>>,
    kinds: Mutex<HashMap<String, Kind>>,
    answers: Mutex<HashMap<(Settings, String), Answer>>,
}

impl Pool {
    /// No connections to the file at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: Mutex::default(),
            idle: Mutex::default(),
            kinds: Mutex::default(),
            answers: Mutex::default(),
        }
    }

    /// Closes what is kept if there is another file by now, as when a backup was moved in place.
    pub fn look_at_file(&self) {
        let file = std::fs::metadata(&self.path)
            .ok()
            .map(|file| (file.dev(), file.ino()));
        if std::mem::replace(&mut *lock(&self.file), file) != file {
            lock(&self.idle).clear();
        }
    }

    /// A connection with these settings; for one that writes, the one that wrote last.
    pub fn take(&self, settings: &Settings, writes: bool) -> Result<Open, Error> {
        let mut idle = lock(&self.idle);
        let has = |open: &Open| Arc::ptr_eq(&open.settings, settings) || open.settings == *settings;
        let place = idle
            .iter()
            .rposition(|open| has(open) && open.has_written == writes)
            .or_else(|| idle.iter().rposition(has));
        match place {
            Some(place) => Ok(idle.remove(place)),
            None => {
                drop(idle);
                self.open(settings).map_err(io_error)
            }
        }
    }

    fn open(&self, settings: &Settings) -> rusqlite::Result<Open> {
        let sqlite = rusqlite::Connection::open(&self.path)?;
        sqlite.busy_handler(Some(wait_for_another_process))?;
        sqlite.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        for statement in settings.values() {
            sqlite
                .query_row(statement, [], |_| Ok(()))
                .or_else(|error| match error {
                    rusqlite::Error::QueryReturnedNoRows => Ok(()),
                    error => Err(error),
                })?;
        }
        Ok(Open {
            watch: Watch::over(&sqlite),
            sqlite,
            settings: settings.clone(),
            has_written: false,
            is_broken: false,
        })
    }

    /// Gives a connection back. After a failure that may be more than the statement's all of them are
    /// closed: the file may be another one by now, or be writable again.
    pub fn put(&self, open: Open) {
        let mut idle = lock(&self.idle);
        if open.is_broken || !open.is_autocommit() {
            let all = std::mem::take(&mut *idle);
            drop(idle);
            drop((open, all));
        } else if idle.len() < MAX_IDLE && !open.is_read_only() {
            idle.push(open);
        }
    }

    /// What a statement touches.
    pub fn kind(&self, settings: &Settings, statement: &str) -> Result<Kind, Error> {
        if let Some(kind) = lock(&self.kinds).get(statement) {
            return Ok(kind.clone());
        }
        let open = self.take(settings, false)?;
        let kind = open.kind_of(statement);
        self.put(open);
        let kind = kind?;
        remember(&mut lock(&self.kinds), statement.to_owned(), kind.clone());
        Ok(kind)
    }

    /// Runs a statement that sets what `pragma` names, and returns the settings from then on.
    ///
    /// SQLite is asked once: connections with these settings answer the same.
    pub fn set(&self, settings: &Settings, pragma: String, statement: &str) -> (Settings, Outcome) {
        let key = (settings.clone(), statement.to_owned());
        if let Some(answer) = lock(&self.answers).get(&key) {
            return (answer.settings.clone(), answer.outcome.clone());
        }
        let mut open = match self.take(settings, false) {
            Ok(open) => open,
            Err(error) => return (settings.clone(), Outcome::failed(error)),
        };
        let outcome = open.run(statement, &[], 0).outcome;
        if outcome.end.is_err() {
            self.put(open);
            return (settings.clone(), outcome);
        }
        let mut changed = BTreeMap::clone(settings);
        changed.insert(pragma, statement.to_owned());
        let changed = Arc::new(changed);
        open.settings = changed.clone();
        self.put(open);
        let answer = Answer {
            settings: changed.clone(),
            outcome: outcome.clone(),
        };
        remember(&mut lock(&self.answers), key, answer);
        (changed, outcome)
    }

    /// How many connections are kept.
    #[cfg(test)]
    pub fn idle(&self) -> usize {
        lock(&self.idle).len()
    }
}

fn remember<K: Eq + std::hash::Hash, V>(known: &mut HashMap<K, V>, key: K, value: V) {
    if known.len() >= MAX_KNOWN {
        known.clear();
    }
    known.insert(key, value);
}

/// SQLite's busy handler: whether to look again, after so many looks.
fn wait_for_another_process(looks: i32) -> bool {
    std::thread::sleep(LOOK_AGAIN);
    LOOK_AGAIN.saturating_mul(looks.unsigned_abs()) < BUSY_TIMEOUT
}

//! Database files, connections to them, and whose turn it is to write.
//!
//! SQLite lets one connection write at a time. Left alone, the others poll in its busy handler and
//! sleep ever longer; here they stand in line instead: a statement that may write waits for the
//! database's turn first, in the order of arrival. Reads never wait. A connection that stays inside
//! a transaction keeps the turn until it is through.
//!
//! Must not know what a component is, or what it was granted.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use tokio::sync::OwnedMutexGuard;

use super::values::{self, Outcome, io_error};
use crate::bindings::spin::sqlite::sqlite::{Error, Value};

/// How long a writer waits, in line here or for another process in SQLite's busy handler.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long it sleeps in there before it looks again. SQLite's own handler sleeps ever longer, up to
/// 100 ms, and hardly ever looks at the moment when another host's writers are between two writes.
const LOOK_AGAIN: Duration = Duration::from_millis(1);
/// Statements that a connection keeps prepared.
const PREPARED_STATEMENTS: usize = 128;

/// One database file.
pub struct Database {
    path: PathBuf,
    turn: Arc<tokio::sync::Mutex<()>>,
    anchor: Mutex<Option<rusqlite::Connection>>,
}

impl Database {
    /// The database at `path`, whose directory is created if need be; the file is at the first use.
    pub fn new(path: PathBuf) -> Result<Self> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)
                .with_context(|| format!("can't create directory `{}`", directory.display()))?;
        }
        Ok(Self {
            path,
            turn: Arc::default(),
            anchor: Mutex::default(),
        })
    }

    fn connect(&self) -> rusqlite::Result<rusqlite::Connection> {
        let connection = rusqlite::Connection::open(&self.path)?;
        connection.busy_handler(Some(wait_for_another_process))?;
        connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        connection.authorizer(Some(authorize));
        self.hold_open();
        Ok(connection)
    }

    /// Keeps a connection of the host's own on a database in WAL mode. Without it, every last guest
    /// connection to close would write the log back and delete it, and the next would start anew.
    fn hold_open(&self) {
        let mut anchor = lock(&self.anchor);
        if anchor.is_none() {
            *anchor = rusqlite::Connection::open(&self.path).ok();
        }
        // Reading joins the log, if there is one. This only saves time, so it may fail; but a file
        // that is no database may be moved away, and what holds it would miss the next one.
        if let Some(held) = &*anchor {
            let joined = held
                .busy_timeout(Duration::ZERO)
                .and_then(|()| held.query_row("PRAGMA schema_version", [], |_| Ok(())));
            if joined.is_err() || is_read_only(held) {
                *anchor = None;
            }
        }
    }
}

/// SQLite's busy handler: whether to look again, after so many looks.
fn wait_for_another_process(looks: i32) -> bool {
    std::thread::sleep(LOOK_AGAIN);
    LOOK_AGAIN.saturating_mul(looks.unsigned_abs()) < BUSY_TIMEOUT
}

/// Whether the file could be opened for reading alone.
///
/// Such a connection is not kept: what one connection of a process knows of a log that it can't write
/// to, all of them share, so that as long as it is open nobody writes, though the file may be writable
/// again.
fn is_read_only(connection: &rusqlite::Connection) -> bool {
    connection.is_readonly(rusqlite::MAIN_DB).unwrap_or(false)
}

/// As in Spin: a guest reaches no other file through `ATTACH`.
fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

/// A connection of a guest's.
pub struct Connection {
    database: Arc<Database>,
    // Dropped before the turn: an unfinished transaction is rolled back before the next may write.
    open: Mutex<Option<rusqlite::Connection>>,
    turn: Mutex<Option<OwnedMutexGuard<()>>>,
}

/// What came of trying a statement without the turn.
enum Attempt {
    Done(Outcome),
    Writes(Vec<Value>),
}

impl Connection {
    /// A connection that opens at its first use.
    pub fn new(database: Arc<Database>) -> Self {
        Self {
            database,
            open: Mutex::new(None),
            turn: Mutex::new(None),
        }
    }

    /// Runs one statement: at once if it only reads, in turn if it may write.
    ///
    /// Statements run in place. Most take a few microseconds, less than moving them to another thread.
    pub async fn execute(&self, statement: &str, parameters: Vec<Value>) -> Outcome {
        let parameters = match self.read(statement, parameters) {
            Attempt::Done(outcome) => return outcome,
            Attempt::Writes(parameters) => parameters,
        };
        let turn = match self.keep_turn(None) {
            Some(turn) => turn,
            None => {
                let turn = self.database.turn.clone().lock_owned();
                match tokio::time::timeout(BUSY_TIMEOUT, turn).await {
                    Ok(turn) => turn,
                    Err(_) => return Outcome::failed(Error::Io("database is locked".to_owned())),
                }
            }
        };
        let outcome = self.with_statement(statement, |s| values::run(s, parameters));
        self.keep_turn(Some(turn));
        outcome.unwrap_or_else(Outcome::failed)
    }

    /// Runs a statement that only reads. `COMMIT` and `ROLLBACK` count as such and may end a turn.
    fn read(&self, statement: &str, parameters: Vec<Value>) -> Attempt {
        let attempt = self.with_statement(statement, |statement| {
            if statement.readonly() {
                Attempt::Done(values::run(statement, parameters))
            } else {
                Attempt::Writes(parameters)
            }
        });
        if let Some(turn) = self.keep_turn(None) {
            self.keep_turn(Some(turn));
        }
        attempt.unwrap_or_else(|error| Attempt::Done(Outcome::failed(error)))
    }

    /// Takes the kept turn out, or puts one back: it stays if a transaction is open, else it is over.
    fn keep_turn(&self, turn: Option<OwnedMutexGuard<()>>) -> Option<OwnedMutexGuard<()>> {
        let mut kept = lock(&self.turn);
        let Some(turn) = turn else {
            return kept.take();
        };
        let in_transaction = lock(&self.open)
            .as_ref()
            .is_some_and(|c| !c.is_autocommit());
        if in_transaction {
            *kept = Some(turn);
        }
        None
    }

    fn with_statement<R>(
        &self,
        statement: &str,
        run: impl FnOnce(&mut rusqlite::Statement<'_>) -> R,
    ) -> Result<R, Error> {
        let mut open = lock(&self.open);
        let connection = match &mut *open {
            Some(connection) => connection,
            none => none.insert(self.database.connect().map_err(io_error)?),
        };
        let done = connection
            .prepare_cached(statement)
            .map(|mut statement| run(&mut statement));
        if is_read_only(connection) && connection.is_autocommit() {
            *open = None;
        }
        done.map_err(io_error)
    }

    /// The rowid of the last insert on this connection.
    pub fn last_insert_rowid(&self) -> i64 {
        let open = lock(&self.open);
        open.as_ref().map_or(0, |c| c.last_insert_rowid())
    }

    /// How many rows the last write on this connection changed.
    pub fn changes(&self) -> u64 {
        lock(&self.open).as_ref().map_or(0, |c| c.changes())
    }
}

/// A panic elsewhere doesn't make a connection unusable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fresh database with a table `t(v)`, and two connections to it.
    async fn two_connections(name: &str) -> (PathBuf, Arc<Connection>, Arc<Connection>) {
        let directory =
            std::env::temp_dir().join(format!("sluicegate-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        let database = Arc::new(Database::new(directory.join("test.db")).unwrap());
        let [a, b] = [(); 2].map(|()| Arc::new(Connection::new(database.clone())));
        run(&a, "PRAGMA journal_mode = WAL").await.unwrap();
        run(&a, "CREATE TABLE t (v)").await.unwrap();
        (directory, a, b)
    }

    /// The first value of the first row, as text for people.
    async fn run(connection: &Arc<Connection>, statement: &str) -> Result<String, String> {
        let outcome = connection.execute(statement, Vec::new()).await;
        let result = outcome
            .into_result()
            .map_err(|error| format!("{error:?}"))?;
        let value = result.rows.first().and_then(|row| row.values.first());
        Ok(value.map_or_else(String::new, |value| format!("{value:?}")))
    }

    #[tokio::test]
    async fn writers_stand_in_line_behind_a_transaction() {
        let (directory, a, b) = two_connections("line").await;
        run(&a, "BEGIN").await.unwrap();
        run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
        let waiting = tokio::spawn({
            let b = b.clone();
            async move { run(&b, "INSERT INTO t SELECT max(v) + 1 FROM t RETURNING v").await }
        });
        // Reads go past the line, and see nothing of the open transaction.
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(
            run(&b, "SELECT count(*) FROM t").await.unwrap(),
            "Value::Integer(0)"
        );
        run(&a, "INSERT INTO t VALUES (10)").await.unwrap();
        assert!(!waiting.is_finished());
        run(&a, "COMMIT").await.unwrap();
        assert_eq!(waiting.await.unwrap().unwrap(), "Value::Integer(11)");
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[tokio::test]
    async fn a_dropped_connection_gives_up_its_transaction_and_its_turn() {
        let (directory, a, b) = two_connections("dropped").await;
        run(&a, "BEGIN IMMEDIATE").await.unwrap();
        run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
        drop(a);
        run(&b, "INSERT INTO t VALUES (2)").await.unwrap();
        assert_eq!(
            run(&b, "SELECT group_concat(v) FROM t").await.unwrap(),
            "Value::Text(\"2\")"
        );
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[tokio::test]
    async fn a_failed_write_does_not_keep_the_turn() {
        let (directory, a, b) = two_connections("failed").await;
        assert!(run(&a, "INSERT INTO t VALUES (1, 2)").await.is_err());
        run(&a, "CREATE UNIQUE INDEX u ON t (v)").await.unwrap();
        run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
        assert!(run(&a, "INSERT INTO t VALUES (1)").await.is_err());
        run(&b, "INSERT INTO t VALUES (2)").await.unwrap();
        assert_eq!((b.changes(), b.last_insert_rowid()), (1, 2));
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[tokio::test]
    async fn nothing_stays_open_for_reading_alone() {
        let (directory, a, _b) = two_connections("read-only").await;
        run(&a, "INSERT INTO t VALUES (1)").await.unwrap();
        let uri = format!("file:{}?mode=ro", directory.join("test.db").display());
        let database = Arc::new(Database {
            path: uri.into(),
            turn: Arc::default(),
            anchor: Mutex::default(),
        });
        let c = Arc::new(Connection::new(database.clone()));
        for _ in 0..2 {
            let count = run(&c, "SELECT count(*) FROM t").await.unwrap();
            assert_eq!(count, "Value::Integer(1)");
            let error = run(&c, "INSERT INTO t VALUES (2)").await.unwrap_err();
            assert!(
                error.contains("attempt to write a readonly database"),
                "{error}"
            );
            assert!(lock(&c.open).is_none() && lock(&database.anchor).is_none());
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[tokio::test]
    async fn other_files_are_out_of_reach() {
        let (directory, a, _) = two_connections("attach").await;
        let other = directory.join("other.db");
        let error = run(&a, &format!("ATTACH '{}' AS o", other.display()))
            .await
            .unwrap_err();
        assert!(error.contains("not authorized"), "{error}");
        assert!(!other.exists());
        run(&a, "ATTACH ':memory:' AS m").await.unwrap();
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[tokio::test]
    async fn a_result_has_a_largest_size() {
        let (directory, a, _) = two_connections("size").await;
        let rows = |rows: usize| {
            format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
                 SELECT zeroblob(1 << 20) FROM n"
            )
        };
        run(&a, &rows(127)).await.unwrap();
        let error = run(&a, &rows(128)).await.unwrap_err();
        assert!(
            error.contains("exceeds limit of 134217728 bytes"),
            "{error}"
        );
        std::fs::remove_dir_all(&directory).unwrap();
    }
}

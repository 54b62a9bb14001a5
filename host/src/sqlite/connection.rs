//! A guest's connection: what it was set to, and which open connection runs its statements.
//!
//! Most statements touch rows of the file alone, so any connection with the same settings may run
//! them ([`Pool`](super::pool::Pool)); those that write may be committed with others'
//! ([`Queue`](super::together::Queue)). With the first statement that speaks of the connection itself,
//! such as `BEGIN`, a guest gets one for itself and keeps it. So guests see what they see under
//! Spin, but for one thing: `changes()` as a function in SQL is refused after a write that another
//! connection ran. The connection's `changes` is right.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use super::database::Database;
use super::kind::Kind;
use super::lock;
use super::pool::{Done, Open, Settings};
use super::together::locked;
use super::values::Outcome;
use crate::bindings::spin::sqlite::sqlite::{Error, Value};

/// How long a writer stands in line.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection of a guest's.
pub struct Connection {
    database: Arc<Database>,
    guest: Mutex<Guest>,
}

/// What a guest's connection has come to.
#[derive(Default)]
struct Guest {
    settings: Settings,
    last_insert_rowid: i64,
    changes: u64,
    /// Whether another connection has written for this one.
    has_written: bool,
    // Dropped before the turn: an unfinished transaction is rolled back before the next may write.
    own: Option<Open>,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Guest {
    fn take(&mut self, done: Done) -> Outcome {
        if done.outcome.end.is_ok() {
            self.last_insert_rowid = done.last_insert_rowid;
            self.changes = done.changes;
        }
        done.outcome
    }

    /// Runs a statement on the guest's own connection. A turn to write ends with the transaction.
    fn run_on_own(&mut self, statement: &str, parameters: &[Value]) -> Outcome {
        let Some(own) = &mut self.own else {
            return Outcome::failed(Error::InvalidConnection);
        };
        let done = own.run(statement, parameters, self.last_insert_rowid);
        if own.is_autocommit() {
            self.turn = None;
        }
        self.take(done)
    }
}

/// How a statement is run.
enum Way {
    /// It was, this is what came of it.
    Done(Outcome),
    /// By the guest's own connection, when it is its turn.
    OwnInTurn,
    /// By any connection alone, when it is its turn.
    AloneInTurn(Settings),
    /// By any connection, together with what others write.
    Together(Settings, i64),
}

impl Connection {
    /// A connection that opens at its first use.
    pub fn new(database: Arc<Database>) -> Self {
        database.pool.look_at_file();
        Self {
            database,
            guest: Mutex::default(),
        }
    }

    /// Runs one statement: at once if it only reads, in turn if it may write.
    ///
    /// Statements run in place. Most take a few microseconds, less than moving them to another thread.
    pub async fn execute(&self, statement: &str, parameters: Vec<Value>) -> Outcome {
        let database = &self.database;
        match self
            .begin(statement, &parameters)
            .unwrap_or_else(|error| Way::Done(Outcome::failed(error)))
        {
            Way::Done(outcome) => outcome,
            Way::Together(settings, last) => {
                let queue = &database.queue;
                let done = queue
                    .run(
                        &database.pool,
                        &database.turn,
                        settings,
                        statement,
                        parameters,
                        last,
                    )
                    .await;
                let mut guest = lock(&self.guest);
                guest.has_written = true;
                guest.take(done)
            }
            Way::AloneInTurn(settings) => {
                let Some(_turn) = self.turn().await else {
                    return Outcome::failed(locked());
                };
                let mut open = match database.pool.take(&settings, true) {
                    Ok(open) => open,
                    Err(error) => return Outcome::failed(error),
                };
                let mut guest = lock(&self.guest);
                let done = open.run(statement, &parameters, guest.last_insert_rowid);
                database.pool.put(open);
                guest.take(done)
            }
            Way::OwnInTurn => {
                let Some(turn) = self.turn().await else {
                    return Outcome::failed(locked());
                };
                let mut guest = lock(&self.guest);
                guest.turn = Some(turn);
                guest.run_on_own(statement, &parameters)
            }
        }
    }

    async fn turn(&self) -> Option<OwnedMutexGuard<()>> {
        let turn = self.database.turn.clone().lock_owned();
        tokio::time::timeout(PATIENCE, turn).await.ok()
    }

    /// Runs a statement that needs no turn, or says how it is to be run.
    fn begin(&self, statement: &str, parameters: &[Value]) -> Result<Way, Error> {
        let pool = &self.database.pool;
        let mut guest = lock(&self.guest);
        if guest.own.is_none() {
            let kind = pool.kind(&guest.settings, statement)?;
            match kind {
                Kind::Setting(pragma) => {
                    let (settings, outcome) = pool.set(&guest.settings, pragma, statement);
                    guest.settings = settings;
                    return Ok(Way::Done(outcome));
                }
                Kind::Counts if guest.has_written => {
                    return Err(Error::Io(
                        "changes() is not known here: ask the connection for its changes, or begin a transaction first".to_owned(),
                    ));
                }
                Kind::Connection | Kind::Counts => {
                    guest.own = Some(pool.take(&guest.settings, false)?);
                }
                Kind::Rows | Kind::File => {
                    let mut open = pool.take(&guest.settings, false)?;
                    let way = match open.only_reads(statement) {
                        Err(error) => Err(error),
                        Ok(true) => {
                            let done = open.run(statement, parameters, guest.last_insert_rowid);
                            Ok(Way::Done(done.outcome))
                        }
                        Ok(false) if kind == Kind::Rows => Ok(Way::Together(
                            guest.settings.clone(),
                            guest.last_insert_rowid,
                        )),
                        Ok(false) => Ok(Way::AloneInTurn(guest.settings.clone())),
                    };
                    pool.put(open);
                    return way;
                }
            }
        }
        match &guest.own {
            Some(own) if guest.turn.is_none() && !own.only_reads(statement)? => Ok(Way::OwnInTurn),
            _ => Ok(Way::Done(guest.run_on_own(statement, parameters))),
        }
    }

    #[cfg(test)]
    pub(super) fn database(&self) -> &Arc<Database> {
        &self.database
    }

    /// The rowid of the last insert on this connection.
    pub fn last_insert_rowid(&self) -> i64 {
        lock(&self.guest).last_insert_rowid
    }

    /// How many rows the last write on this connection changed.
    pub fn changes(&self) -> u64 {
        lock(&self.guest).changes
    }
}

//! Group commit: what several guests write at about the same time is made durable at once.
//!
//! SQLite lets one connection write at a time, and a commit costs more than a row. So statements
//! that change rows wait in one queue; whoever has the turn runs all that wait, in the order of
//! arrival, in one transaction, and everybody is answered when it is on disk. To a guest that is as
//! if its statement had run alone: it is atomic by itself, it sees what came before it, and where
//! the transaction fails as a whole, each of its statements is run alone.
//!
//! Must not know what statements mean.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::lock;
use super::pool::{Done, Open, Pool, Settings};
use crate::bindings::spin::sqlite::sqlite::{Error, Value};

/// Statements that are committed together. Those that come first wait for those that come last.
const MAX_STATEMENTS: usize = 64;
/// No further statement is taken after so long.
const MAX_TIME: Duration = Duration::from_millis(5);
/// How long a writer waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose turn it is to write.
pub type Turn = Arc<tokio::sync::Mutex<()>>;

/// A statement that waits.
struct Waiting {
    number: u64,
    settings: Settings,
    statement: String,
    parameters: Vec<Value>,
    last_insert_rowid: i64,
    answer: oneshot::Sender<Done>,
}

impl Waiting {
    fn run(&self, open: &mut Open) -> Done {
        open.run(&self.statement, &self.parameters, self.last_insert_rowid)
    }
}

/// The statements that wait to be run together.
#[derive(Default)]
pub struct Queue(Mutex<Line>);

#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    /// The last one that was given out.
    number: u64,
}

impl Queue {
    /// Runs a statement that changes rows, in turn, for a guest with these settings whose last
    /// insert was this.
    pub async fn run(
        &self,
        pool: &Pool,
        turn: &Turn,
        settings: Settings,
        statement: &str,
        parameters: Vec<Value>,
        last_insert_rowid: i64,
    ) -> Done {
        let (answer, mut answered) = oneshot::channel();
        let number = self.push(|number| Waiting {
            number,
            settings,
            statement: statement.to_owned(),
            parameters,
            last_insert_rowid,
            answer,
        });
        let line = tokio::time::timeout(PATIENCE, turn.lock());
        tokio::select! {
            biased;
            done = &mut answered => return done.unwrap_or_else(|_| Done::failed(locked())),
            turn = line => match turn {
                Ok(_turn) => while answered.is_empty() && self.run_some(pool) {},
                Err(_) if self.withdraw(number) => return Done::failed(locked()),
                // It is being run.
                Err(_) => {}
            },
        }
        answered.await.unwrap_or_else(|_| Done::failed(locked()))
    }

    fn push(&self, waiting: impl FnOnce(u64) -> Waiting) -> u64 {
        let mut line = lock(&self.0);
        line.number += 1;
        let number = line.number;
        line.waiting.push_back(waiting(number));
        number
    }

    /// Takes a statement out; whether it still waited.
    fn withdraw(&self, number: u64) -> bool {
        let mut line = lock(&self.0);
        let waited = line.waiting.len();
        line.waiting.retain(|waiting| waiting.number != number);
        line.waiting.len() < waited
    }

    /// Runs some of the statements that wait, the first among them; whether there were any.
    fn run_some(&self, pool: &Pool) -> bool {
        let Some(first) = self.next(None) else {
            return false;
        };
        match pool.take(&first.settings, true) {
            Ok(mut open) => {
                self.run_with(&mut open, first);
                pool.put(open);
            }
            Err(error) => tell(first, Done::failed(error)),
        }
        true
    }

    fn run_with(&self, open: &mut Open, first: Waiting) {
        let settings = first.settings.clone();
        if !self.has_more(&settings) || open.host_runs("BEGIN IMMEDIATE").is_err() {
            let done = first.run(open);
            return tell(first, done);
        }
        let start = Instant::now();
        let mut together = Vec::new();
        let mut next = Some(first);
        while let Some(waiting) = next.take() {
            let done = waiting.run(open);
            together.push((waiting, done));
            let is_enough = open.is_autocommit()
                || together.len() >= MAX_STATEMENTS
                || start.elapsed() >= MAX_TIME;
            if !is_enough {
                next = self.next(Some(&settings));
            }
        }
        let is_durable = !open.is_autocommit() && open.host_runs("COMMIT").is_ok();
        if !is_durable && !open.is_autocommit() {
            let _ = open.host_runs("ROLLBACK");
        }
        for (waiting, done) in together {
            let done = match is_durable {
                true => done,
                false => waiting.run(open),
            };
            tell(waiting, done);
        }
    }

    /// How many statements wait.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        lock(&self.0).waiting.len()
    }

    fn has_more(&self, settings: &Settings) -> bool {
        let line = lock(&self.0);
        line.waiting.iter().any(|w| w.settings == *settings)
    }

    /// The next statement that somebody waits for, of guests with these settings if they are given.
    fn next(&self, settings: Option<&Settings>) -> Option<Waiting> {
        let waiting = &mut lock(&self.0).waiting;
        waiting.retain(|waiting| !waiting.answer.is_closed());
        match settings {
            None => waiting.pop_front(),
            Some(settings) => {
                let place = waiting.iter().position(|w| w.settings == *settings)?;
                waiting.remove(place)
            }
        }
    }
}

/// A guest that has gone misses the answer.
fn tell(waiting: Waiting, done: Done) {
    let _ = waiting.answer.send(done);
}

/// SQLite's words for a writer that waited too long.
pub fn locked() -> Error {
    Error::Io("database is locked".to_owned())
}

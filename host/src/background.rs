//! The threads for requests that change something. They have a lower priority than the others.
//!
//! People wait for answers to what they ask, while what is submitted comes from machines, in bursts. So
//! when there is more to do than the processors can, decisions and queries go first, and submissions
//! share what is left. With processors to spare it makes no difference.
//!
//! Must not know which requests those are.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Runtime};

/// How much nicer these threads are. By Linux' weights a thread with a niceness of 0 gets nine times
/// the time of one with 10, if both want all of it.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Whoever asked so recently is expected to ask again.
const RECENTLY: Duration = Duration::from_millis(100);

/// Starts `threads` threads of a lower priority, where the system has priorities for threads.
pub fn background(threads: usize) -> Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("background")
        .on_thread_start(step_back)
        .enable_all()
        .build()
        .context("can't start threads")
}

/// Lowers the priority of the calling thread. Where that fails it is as important as the others.
#[cfg(target_os = "linux")]
fn step_back() {
    let _ = rustix::process::nice(NICENESS);
}

/// Elsewhere `nice` is about the whole process.
#[cfg(not(target_os = "linux"))]
fn step_back() {}

/// The requests that only ask: whether there are any for which others should step back.
pub struct Questions {
    in_flight: AtomicUsize,
    since: Instant,
    /// When the last one was answered, in microseconds; 0 before the first.
    answered_us: AtomicU64,
}

impl Default for Questions {
    fn default() -> Self {
        Self {
            in_flight: AtomicUsize::new(0),
            since: Instant::now(),
            answered_us: AtomicU64::new(0),
        }
    }
}

impl Questions {
    /// One more, until what is returned is dropped.
    pub fn begin(&self) -> Question<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Question(self)
    }

    /// Whether somebody asks, or did recently.
    pub fn are_asked(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) > 0 || self.were_answered(self.since.elapsed())
    }

    /// Whether the last answer was recent by then.
    fn were_answered(&self, now: Duration) -> bool {
        let answered = Duration::from_micros(self.answered_us.load(Ordering::Relaxed));
        !answered.is_zero() && now.saturating_sub(answered) < RECENTLY
    }
}

/// A question that is not answered yet.
pub struct Question<'q>(&'q Questions);

impl Drop for Question<'_> {
    fn drop(&mut self) {
        let Questions {
            in_flight,
            since,
            answered_us,
        } = self.0;
        let now = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        answered_us.store(now.max(1), Ordering::Relaxed);
        in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_counts_while_it_is_asked_and_a_while_longer() {
        let questions = Questions::default();
        assert!(!questions.are_asked(), "nobody has asked yet");
        let question = questions.begin();
        assert!(questions.are_asked());
        drop(question);
        std::thread::sleep(RECENTLY);
        assert!(!questions.are_asked());
    }

    #[test]
    fn an_answer_is_recent_for_a_while() {
        let questions = Questions::default();
        drop(questions.begin());
        let answered = Duration::from_micros(questions.answered_us.load(Ordering::Relaxed));
        assert!(questions.were_answered(answered), "another one may follow");
        assert!(questions.were_answered(answered + RECENTLY / 2));
        assert!(!questions.were_answered(answered + RECENTLY));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn background_threads_are_nicer_and_the_others_are_not() {
        let nice = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            let (_, fields) = stat.rsplit_once(')').unwrap();
            fields
                .split_whitespace()
                .nth(16)
                .unwrap()
                .parse::<i32>()
                .unwrap()
        };
        let before = nice();
        let runtime = background(1).unwrap();
        let there = runtime.block_on(async { tokio::spawn(async move { nice() }).await.unwrap() });
        assert_eq!(there, (before + NICENESS).min(19));
        assert_eq!(nice(), before);
    }
}

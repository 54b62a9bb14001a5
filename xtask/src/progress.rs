//! Progress on standard error: a bar on a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How often a plain line is printed where there is no terminal.
const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// Counts towards a known total.
pub struct Progress {
    bar: ProgressBar,
    name: String,
    total: u64,
    done: u64,
    last_line: Instant,
    plain: bool,
}

impl Progress {
    /// Starts at nothing of `total`.
    pub fn new(name: &str, total: u64) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let bar = if plain {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(total)
        };
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        if plain {
            eprintln!("{name}: {total} to do");
        }
        Self {
            bar,
            name: name.to_owned(),
            total,
            done: 0,
            last_line: Instant::now(),
            plain,
        }
    }

    /// `count` more are done; `message` says what is next.
    pub fn advance(&mut self, count: u64, message: &str) {
        self.done += count;
        self.bar.set_message(message.to_owned());
        self.bar.set_position(self.done);
        if self.plain && self.last_line.elapsed() >= PLAIN_EVERY {
            self.last_line = Instant::now();
            let line = format!("{}: {} of {} {message}", self.name, self.done, self.total);
            eprintln!("{}", line.trim_end());
        }
    }

    /// Prints a line of the command's own output; a bar makes way for it.
    pub fn print(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }

    /// Takes the bar off the screen.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// A header line for a step of a command.
pub fn step(text: &str) {
    eprintln!("==> {text}");
}

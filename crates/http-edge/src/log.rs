//! What is for the log: standard error, by lines. It does not know what is worth saying.

use std::io::Write;

/// Writes one line, if it can. `eprintln!` panics where it can't, as on a full disk, and would take
/// the instance and every answer of it along.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

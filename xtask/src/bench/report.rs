//! The tables at the end, and which targets are met.

use super::cold::Cold;
use super::scenarios::{Scenario, Target};
use super::wrk::Measured;
use crate::build::{LIMIT_KIB, Size};
use std::fmt::Write;

/// Where ratios to hello are compared with their targets.
pub const TARGET_CONNECTIONS: u32 = 32;
/// What a cold start may cost, in milliseconds.
const COLD_TARGET_MS: f64 = 5.0;

/// One measurement of one scenario.
pub struct Row {
    /// The scenario's name.
    pub name: String,
    /// The scenario's target.
    pub target: Option<Target>,
    /// How many connections.
    pub connections: u32,
    /// What was measured.
    pub measured: Measured,
    /// Hello's requests per second right before and right after, on average.
    pub hello_per_second: f64,
}

impl Row {
    /// A row for a scenario.
    pub fn new(
        scenario: &Scenario,
        connections: u32,
        measured: Measured,
        hello_per_second: f64,
    ) -> Self {
        Self {
            name: scenario.name.clone(),
            target: scenario.target,
            connections,
            measured,
            hello_per_second,
        }
    }

    fn ratio(&self) -> f64 {
        self.measured.per_second / self.hello_per_second
    }
}

/// The head of the table of measurements.
pub fn head() -> String {
    format!(
        "{:<20} {:>5} {:>11} {:>10} {:>10} {:>7} {:>9}",
        "scenario", "conn.", "requests/s", "p50 ms", "p99 ms", "errors", "to hello"
    )
}

/// One line of the table of measurements.
pub fn line(row: &Row) -> String {
    let Measured {
        per_second,
        p50_us,
        p99_us,
        errors,
    } = row.measured;
    format!(
        "{:<20} {:>5} {per_second:>11.0} {:>10.2} {:>10.2} {errors:>7} {:>9.2}",
        row.name,
        row.connections,
        p50_us / 1e3,
        p99_us / 1e3,
        row.ratio()
    )
}

/// The table of cold starts.
pub fn cold(colds: &[Cold]) -> String {
    let mut text = format!("{:<62} {:>8} {:>8}\n", "cold start", "extra ms", "warm ms");
    for Cold {
        name,
        extra_ms,
        warm_ms,
    } in colds
    {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{name:<62} {extra_ms:>8.2} {warm_ms:>8.2}");
    }
    text
}

/// The line of a target.
pub fn verdict(is_met: bool, what: &str) -> String {
    format!("{} {what}\n", if is_met { "met   " } else { "MISSED" })
}

/// One line per target: met, missed, or not measured.
pub fn targets(rows: &[Row], colds: &[Cold], sizes: &[Size]) -> String {
    let mut text = String::new();
    let mut say = |met, what: String| text.push_str(&verdict(met, &what));
    for row in rows {
        let (name, has_errors) = (&row.name, row.measured.errors > 0);
        match (row.target, row.connections) {
            (Some(Target::OfHello(target)), TARGET_CONNECTIONS) => {
                let ratio = row.ratio();
                let what = format!(
                    "{name} at {TARGET_CONNECTIONS} connections: {ratio:.2} of hello, target {target:.2}"
                );
                say(ratio >= target && !has_errors, what);
            }
            (Some(Target::Milliseconds(target)), 1) => {
                let ms = row.measured.p50_us / 1e3;
                let what = format!("{name} at one connection: {ms:.1} ms, target {target} ms");
                say(ms <= target && !has_errors, what);
            }
            _ => {}
        }
    }
    if let Some(slowest) = colds
        .iter()
        .max_by(|a, b| a.extra_ms.total_cmp(&b.extra_ms))
    {
        let met = slowest.extra_ms < COLD_TARGET_MS;
        say(
            met,
            format!(
                "cold start: at most {:.2} ms ({}), target {COLD_TARGET_MS} ms",
                slowest.extra_ms, slowest.name
            ),
        );
    }
    if let Some(largest) = sizes
        .iter()
        .max_by(|a, b| a.finished_kib().total_cmp(&b.finished_kib()))
    {
        let kib = largest.finished_kib();
        say(
            kib < LIMIT_KIB,
            format!(
                "component files: at most {kib:.0} KiB ({}), target {LIMIT_KIB} KiB",
                largest.folder
            ),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(per_second: f64, errors: u64, connections: u32) -> Row {
        let measured = Measured {
            per_second,
            p50_us: 1_000.0,
            p99_us: 2_000.0,
            errors,
        };
        Row {
            name: "latest".into(),
            target: Some(Target::OfHello(0.3)),
            connections,
            measured,
            hello_per_second: 1_000.0,
        }
    }

    #[test]
    fn targets_have_two_sides() {
        for (row, expected) in [
            (
                row(300.0, 0, 32),
                "met    latest at 32 connections: 0.30 of hello, target 0.30\n",
            ),
            (
                row(299.0, 0, 32),
                "MISSED latest at 32 connections: 0.30 of hello, target 0.30\n",
            ),
            (
                row(900.0, 1, 32),
                "MISSED latest at 32 connections: 0.90 of hello, target 0.30\n",
            ),
            (row(100.0, 0, 8), ""),
        ] {
            assert_eq!(targets(&[row], &[], &[]), expected);
        }
        for (p50_us, errors, connections, expected) in [
            (
                5_000.0,
                0,
                1,
                "met    latest at one connection: 5.0 ms, target 5 ms\n",
            ),
            (
                5_001.0,
                0,
                1,
                "MISSED latest at one connection: 5.0 ms, target 5 ms\n",
            ),
            (
                1.0,
                1,
                1,
                "MISSED latest at one connection: 0.0 ms, target 5 ms\n",
            ),
            (9_000.0, 0, 8, ""),
        ] {
            let mut row = row(1.0, errors, connections);
            row.target = Some(Target::Milliseconds(5.0));
            row.measured.p50_us = p50_us;
            assert_eq!(targets(&[row], &[], &[]), expected);
        }
        for (extra_ms, met) in [(4.99, true), (5.0, false)] {
            let cold = Cold {
                name: "a".into(),
                extra_ms,
                warm_ms: 1.0,
            };
            assert_eq!(targets(&[], &[cold], &[]).starts_with("met"), met);
        }
        for (bytes, met) in [(600 * 1024 - 1, true), (600 * 1024, false)] {
            assert_eq!(
                targets(&[], &[], &[Size::new("a", bytes)]).starts_with("met"),
                met
            );
        }
    }

    #[test]
    fn a_line_shows_milliseconds_and_the_ratio() {
        let line = line(&row(500.0, 3, 8));
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!(words, ["latest", "8", "500", "1.00", "2.00", "3", "0.50"]);
    }
}

//! The table of minutes, that of kinds, and what is met. Must not know how anything was measured.

use super::super::report::verdict;
use super::load::{Counts, Latencies};
use super::mix::SHARES;
use super::watch::Watched;
use std::fmt::Write;

/// How much of the first minute's throughput the last one has to have.
const LEAST_THROUGHPUT: f64 = 0.9;
/// How large the write-ahead log may be at any moment, in MiB: what the store cuts it to.
pub const WAL_LIMIT_MIB: f64 = 64.0;
/// How many times as much memory of its own the server may have in the last minute as in the second.
/// In the first it is still compiling and filling pools.
const MOST_MEMORY: f64 = 1.1;

/// One second.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// Answers, whatever their status.
    pub answers: u64,
    /// Half of the answers took no longer, in microseconds.
    pub p50_us: u64,
    /// 99 of 100 answers took no longer, in microseconds.
    pub p99_us: u64,
    /// Sizes at its end.
    pub watched: Watched,
}

/// The seconds that a row of the table stands for, and what they are compared by.
pub struct Minute<'a> {
    /// Counted from 1.
    pub number: usize,
    /// Its seconds.
    pub seconds: &'a [Second],
    /// Answers by kind and status.
    pub counts: &'a Counts,
    /// Latencies of all kinds.
    pub latencies: &'a Latencies,
    /// Sizes right before it.
    pub before: Watched,
}

/// Bytes as MiB.
#[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// Microseconds as milliseconds.
#[allow(clippy::cast_precision_loss, reason = "shown with two decimals")]
pub fn ms(us: u64) -> f64 {
    us as f64 / 1e3
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts of what happens in minutes"
)]
fn mean(values: impl ExactSizeIterator<Item = u64>) -> f64 {
    let count = values.len().max(1);
    values.sum::<u64>() as f64 / count as f64
}

/// Whether a status is what was hoped for.
fn is_success(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

/// Answers that are no success, and connections that broke.
pub fn errors(counts: &Counts) -> u64 {
    let errors = counts
        .iter()
        .filter(|((_, status), _)| !is_success(*status));
    errors.map(|(_, count)| count).sum()
}

/// The head of the table of minutes.
pub fn head() -> String {
    format!(
        "{:<6} {:>9} {:>8} {:>8} {:>8} {:>7} {:>8} {:>12} {:>8} {:>10} {:>9} {:>7}",
        "minute",
        "answers/s",
        "p50 ms",
        "p99 ms",
        "max ms",
        "errors",
        "WAL MiB",
        "database MiB",
        "own MiB",
        "mapped MiB",
        "server CPU",
        "load CPU"
    )
}

/// One line of it: the largest log, and the other sizes at the minute's end.
pub fn line(minute: &Minute<'_>) -> String {
    let seconds = minute.seconds;
    let last = seconds.last().map_or(minute.before, |s| s.watched);
    let wal = seconds.iter().map(|s| s.watched.wal_bytes).max();
    #[allow(clippy::cast_precision_loss, reason = "some minutes")]
    let length = seconds.len() as f64;
    let cores = |now: f64, before: f64| (now - before) / length;
    format!(
        "{:<6} {:>9.0} {:>8.2} {:>8.2} {:>8.1} {:>7} {:>8.1} {:>12.1} {:>8.1} {:>10.1} {:>10.2} {:>8.2}",
        minute.number,
        mean(seconds.iter().map(|second| second.answers)),
        ms(minute.latencies.value_at_quantile(0.5)),
        ms(minute.latencies.value_at_quantile(0.99)),
        ms(minute.latencies.max()),
        errors(minute.counts),
        mib(wal.unwrap_or(0)),
        mib(last.database_bytes),
        mib(last.own_bytes),
        mib(last.mapped_bytes),
        cores(last.server_cpu_s, minute.before.server_cpu_s),
        cores(last.load_cpu_s, minute.before.load_cpu_s),
    )
}

/// Answers and latencies of each kind, and their statuses, over all seconds.
pub fn kinds(counts: &Counts, latencies: &[Latencies]) -> String {
    let mut text = format!(
        "{:<8} {:>10} {:>8} {:>8}  {}\n",
        "kind", "answers", "p50 ms", "p99 ms", "statuses"
    );
    for ((kind, _), latencies) in SHARES.iter().zip(latencies) {
        let own = counts.iter().filter(|((other, _), _)| other == kind);
        let statuses: Vec<String> = own
            .map(|((_, status), count)| match status {
                Some(status) => format!("{status}: {count}"),
                None => format!("no answer: {count}"),
            })
            .collect();
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{:<8} {:>10} {:>8.2} {:>8.2}  {}",
            kind.name(),
            latencies.len(),
            ms(latencies.value_at_quantile(0.5)),
            ms(latencies.value_at_quantile(0.99)),
            statuses.join(", ")
        );
    }
    text
}

/// Seconds that are compared with each other: a minute, or a third of a run that is shorter than
/// three.
pub fn window(seconds: usize) -> usize {
    (seconds / 3).clamp(1, 60)
}

/// One line per target: met or missed.
pub fn verdicts(seconds: &[Second], counts: &Counts) -> String {
    let mut text = String::new();
    let mut say = |is_met, what: String| text.push_str(&verdict(is_met, &what));
    let length = window(seconds.len());
    let mut windows = seconds.chunks(length);
    let (first, second) = (windows.next(), windows.next());
    let last = seconds.rchunks(length).next();
    let (first, second, last) = (
        first.unwrap_or_default(),
        second.unwrap_or_default(),
        last.unwrap_or_default(),
    );

    let throughput = |of: &[Second]| mean(of.iter().map(|second| second.answers));
    let ratio = throughput(last) / throughput(first);
    say(
        ratio >= LEAST_THROUGHPUT,
        format!(
            "throughput: {:.0}/s in the last {length} s, {:.0}/s in the first: {ratio:.2}, target {LEAST_THROUGHPUT}",
            throughput(last),
            throughput(first)
        ),
    );
    let wal = seconds.iter().map(|s| s.watched.wal_bytes).max();
    let wal = mib(wal.unwrap_or(0));
    say(
        wal <= WAL_LIMIT_MIB,
        format!("write-ahead log: at most {wal:.1} MiB, target {WAL_LIMIT_MIB} MiB"),
    );
    let memory = |of: &[Second]| mean(of.iter().map(|second| second.watched.own_bytes));
    let growth = memory(last) / memory(second);
    say(
        growth <= MOST_MEMORY,
        format!(
            "the server's own memory: {:.1} MiB in the last {length} s, {:.1} MiB in the second: {growth:.2}, target {MOST_MEMORY}",
            memory(last) / 1_048_576.0,
            memory(second) / 1_048_576.0
        ),
    );
    let errors = errors(counts);
    say(
        errors == 0,
        format!("answers that are no success: {errors}, target 0"),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::super::load::no_latencies;
    use super::super::mix::Kind;
    use super::*;

    /// Three windows of two seconds each: answers, MiB of the log, MiB of memory.
    fn run(windows: [(u64, u64, u64); 3]) -> Vec<Second> {
        let second = |(answers, wal, own): (u64, u64, u64)| Second {
            answers,
            watched: Watched {
                wal_bytes: wal << 20,
                own_bytes: own << 20,
                ..Watched::default()
            },
            ..Second::default()
        };
        windows
            .into_iter()
            .flat_map(|w| [second(w), second(w)])
            .collect()
    }

    #[test]
    fn targets_have_two_sides() {
        let good = [(1000, 4, 100), (0, 64, 100), (900, 4, 110)];
        let mut slow = good;
        slow[2].0 = 899;
        let mut large = good;
        large[1].1 = 65;
        let mut grown = good;
        grown[2].2 = 111;
        let ok = Counts::from([((Kind::Submit, Some(201)), 6)]);
        for (windows, counts, missed) in [
            (good, ok.clone(), None),
            (slow, ok.clone(), Some("throughput")),
            (large, ok.clone(), Some("write-ahead log")),
            (grown, ok, Some("the server's own memory")),
            (
                good,
                Counts::from([((Kind::Submit, None), 1)]),
                Some("answers that"),
            ),
            (
                good,
                Counts::from([((Kind::Waive, Some(503)), 1)]),
                Some("answers that"),
            ),
        ] {
            let text = verdicts(&run(windows), &counts);
            let lines: Vec<_> = text
                .lines()
                .filter_map(|l| l.strip_prefix("MISSED "))
                .collect();
            assert_eq!(lines.len(), usize::from(missed.is_some()), "{text}");
            assert!(
                lines.iter().all(|line| line.starts_with(missed.unwrap())),
                "{text}"
            );
            assert_eq!(text.lines().count(), 4);
        }
    }

    #[test]
    fn short_runs_are_compared_by_thirds() {
        assert_eq!([1, 2, 6, 179, 180, 600].map(window), [1, 1, 2, 59, 60, 60]);
    }

    #[test]
    fn tables_show_rates_sizes_and_statuses() {
        let mut latencies = no_latencies().unwrap();
        latencies.saturating_record(2_000);
        let counts = Counts::from([
            ((Kind::Submit, Some(201)), 7),
            ((Kind::Submit, Some(503)), 2),
            ((Kind::Query, None), 1),
        ]);
        let seconds = run([(10, 3, 50), (20, 4, 60), (30, 2, 70)]);
        let minute = Minute {
            number: 2,
            seconds: &seconds,
            counts: &counts,
            latencies: &latencies,
            before: Watched::default(),
        };
        let line = line(&minute);
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!(words[..2], ["2", "20"]);
        assert_eq!(words[5..9], ["3", "4.0", "0.0", "70.0"]);
        assert_eq!(words.len(), 12);

        let empty = no_latencies().unwrap();
        let kinds = kinds(&counts, &[latencies, empty.clone(), empty.clone(), empty]);
        assert!(kinds.contains("201: 7, 503: 2"), "{kinds}");
        assert!(kinds.contains("no answer: 1"), "{kinds}");
    }
}

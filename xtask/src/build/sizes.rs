//! How large the components are and how large they may be: small files start fast.

use anyhow::{Result, bail};
use std::fmt::Write;

/// The limit for one finished file.
pub const LIMIT_KIB: f64 = 600.0;
/// Components that may be larger, each with its own limit in KiB and its reason beside it.
const LARGER: &[(&str, f64)] = &[
    // The store (500 KiB) and what finds remote rules (570 KiB: HTTP, YAML, XML) beside a YAML reader,
    // the gate, which is compiled for speed, and JSON both ways.
    ("evaluate-gate", 2_060.0),
    ("explain-gate", 2_050.0),
    ("measure-progress", 1_950.0),
    // The same beside what sums up a simulation.
    ("simulate-gate", 2_000.0),
    // The OpenAPI document, which it serves as it is.
    ("describe-api", 680.0),
    // The store and the part that knows callers, beside the tables of fields, URLs with international
    // domains (126 KiB of tables from Unicode) and a YAML reader.
    ("submit-artifact-result", 2_090.0),
    // The store and the part that knows callers, beside the reading of JSON bodies and the hand-over
    // to the component behind.
    ("submit-result", 1_800.0),
    // The same two beside a reader of XML, one of TAP, and what unpacks both.
    ("submit-report", 1_870.0),
    // The same beside the formats of messages, and of the reports in them (XML, zlib).
    ("submit-message", 2_120.0),
    // The store beside the same formats.
    ("take-message", 1_300.0),
    ("waive", 1_930.0),
    ("put-group", 1_680.0),
    ("put-test-case", 1_670.0),
    ("request-waiver", 1_890.0),
    ("decide-on-waiver", 1_880.0),
    ("withdraw-waiver", 1_880.0),
    // The same two beside a YAML reader and a page.
    ("fill-in-waiver", 1_800.0),
    ("submit-manual-result", 1_840.0),
    // Signatures over RSA and three curves, JSON Web Keys, an HTTP client.
    ("identify-caller", 900.0),
    // The store beside the reading of JSON bodies.
    ("filter-waivers", 800.0),
    ("match-waivers", 790.0),
    // The store beside the query grammar of results and their JSON.
    ("get-test-case", 740.0),
    ("latest-results", 730.0),
    ("query-group-results", 740.0),
    ("query-results", 740.0),
    // The store, which alone is two thirds of it, beside the JSON of a page.
    ("query-groups", 700.0),
    ("query-test-cases", 690.0),
    ("query-waivers", 720.0),
    ("list-waivers", 710.0),
    ("trace-waiver", 710.0),
    // The store, which knows the life of waivers, beside one record.
    ("check-health", 630.0),
    ("report-metrics", 630.0),
    ("get-group", 660.0),
    ("get-result", 670.0),
    ("get-waiver", 680.0),
];

/// The size of one component.
#[derive(Clone)]
pub struct Size {
    /// The component's folder.
    pub folder: String,
    /// What the compiler wrote.
    pub alone_bytes: usize,
    /// With the store in it, for those that use the store.
    pub plugged_bytes: Option<usize>,
}

impl Size {
    /// A component that has not been plugged.
    pub fn new(folder: &str, alone_bytes: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            alone_bytes,
            plugged_bytes: None,
        }
    }

    /// The size of the file that is served.
    pub fn finished_kib(&self) -> f64 {
        kib(self.plugged_bytes.unwrap_or(self.alone_bytes))
    }

    fn limit_kib(&self) -> f64 {
        LARGER
            .iter()
            .find(|(name, _)| *name == self.folder)
            .map_or(LIMIT_KIB, |(_, limit)| *limit)
    }

    fn is_over(&self) -> bool {
        self.finished_kib() > self.limit_kib()
    }
}

/// One line per component; those over their limit are marked.
pub fn table(sizes: &[Size]) -> String {
    let mut text = format!(
        "{:<28} {:>10} {:>12}\n",
        "component", "KiB alone", "KiB plugged"
    );
    for size in sizes {
        let plugged = size
            .plugged_bytes
            .map_or_else(|| "-".into(), |bytes| format!("{:.0}", kib(bytes)));
        let mark = if size.is_over() {
            "  over the limit"
        } else {
            ""
        };
        let alone = kib(size.alone_bytes);
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{:<28} {alone:>10.0} {plugged:>12}{mark}",
            size.folder
        );
    }
    text
}

/// An error that names every component over its limit.
pub fn check(sizes: &[Size]) -> Result<()> {
    let over: Vec<_> = sizes
        .iter()
        .filter(|size| size.is_over())
        .map(|size| size.folder.as_str())
        .collect();
    if !over.is_empty() {
        bail!("over the limit of {LIMIT_KIB} KiB: `{}`", over.join("`, `"));
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // sizes of files, far below 2^52
fn kib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_has_two_sides() {
        let at = Size::new("at", 600 * 1024);
        let over = Size::new("over", 600 * 1024 + 1);
        let plugged = Size {
            plugged_bytes: Some(700 * 1024),
            ..Size::new("plugged", 1)
        };
        assert!(check(std::slice::from_ref(&at)).is_ok());
        let error = check(&[at.clone(), over.clone(), plugged.clone()]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "over the limit of 600 KiB: `over`, `plugged`"
        );
        let lines = table(&[at, plugged]);
        assert!(!lines.lines().nth(1).unwrap().contains("over"));
        assert!(
            lines
                .lines()
                .nth(2)
                .unwrap()
                .ends_with("700  over the limit")
        );
    }
}

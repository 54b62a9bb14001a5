//! Test cases that are kept for the messages of some publishers, as resultsdb-updater's pairs of
//! patterns and publishers keep them.

use fnmatch::fnmatch;

/// Which test cases are kept for whom, and whose word on publishers is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    entries: Vec<(String, String)>,
    bridges: Vec<String>,
}

impl Reserved {
    /// Reads entries `pattern=publisher` and the callers that hand on messages of others, each
    /// separated by commas.
    ///
    /// # Errors
    /// What is wrong with an entry: who may submit is not guessed.
    pub fn parse(entries: &str, bridges: &str) -> Result<Self, String> {
        let parts = |text: &str| {
            let parts = text.split(',').map(str::trim);
            let parts = parts.filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect::<Vec<_>>()
        };
        let pair = |entry: String| match entry.rsplit_once('=').map(|(a, b)| (a.trim(), b.trim())) {
            Some((pattern, owner)) if !pattern.is_empty() && !owner.is_empty() => {
                Ok((pattern.to_owned(), owner.to_owned()))
            }
            _ => Err(format!("`{entry}` is no `pattern=publisher`")),
        };
        Ok(Self {
            entries: parts(entries)
                .into_iter()
                .map(pair)
                .collect::<Result<_, _>>()?,
            bridges: parts(bridges),
        })
    }

    /// Who a message is from: its publisher if a bridge hands it on, else the caller itself.
    #[must_use]
    pub fn sender<'a>(&self, caller: &'a str, publisher: Option<&'a str>) -> &'a str {
        let is_bridge = self.bridges.iter().any(|bridge| bridge == caller);
        publisher.filter(|_| is_bridge).unwrap_or(caller)
    }

    /// Whether the sender may submit results of the test case. Several entries that fit it let each
    /// of their publishers.
    #[must_use]
    pub fn allow(&self, sender: &str, test_case: &str) -> bool {
        let fits = |(pattern, _): &&(String, String)| fnmatch(test_case, pattern);
        let mut owners = self.entries.iter().filter(fits).peekable();
        owners.peek().is_none() || owners.any(|(_, owner)| owner == sender)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_test_cases_are_for_their_publishers() {
        let reserved = Reserved::parse("osci.*=msg-osci, osci.*=joe,a=b=c", "bus, other").unwrap();
        let check = |caller: &str, publisher: Option<&str>, test_case: &str, expected: bool| {
            let sender = reserved.sender(caller, publisher);
            let found = reserved.allow(sender, test_case);
            assert_eq!(found, expected, "{caller} {publisher:?} {test_case}");
        };
        check("bus", Some("msg-osci"), "osci.x", true);
        check("bus", Some("other"), "osci.x", false);
        check("bus", None, "osci.x", false);
        check("mallory", Some("msg-osci"), "osci.x", false);
        check("joe", None, "osci.x", true);
        check("mallory", None, "free", true);
        check("c", None, "a=b", true);
    }

    #[test]
    fn what_is_no_pair_is_refused() {
        for entries in ["a", "=b", "a=", "a=b,c"] {
            assert!(Reserved::parse(entries, "").is_err(), "{entries}");
        }
        assert_eq!(Reserved::parse(" , ", ""), Ok(Reserved::default()));
    }
}

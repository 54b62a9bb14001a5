//! What Python's `fnmatch.fnmatchcase` says of 1,200 random patterns and names, half of which match.
//! Each entry of `python.json` is a pattern, a name, and whether it matches.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use fnmatch::fnmatch;

#[test]
fn python_says_the_same() {
    let table: Vec<(String, String, bool)> =
        serde_json::from_str(include_str!("python.json")).unwrap();
    assert_eq!(table.len(), 1_200);
    for (pattern, name, expected) in table {
        assert_eq!(
            fnmatch(&name, &pattern),
            expected,
            "{pattern:?} on {name:?}"
        );
    }
}

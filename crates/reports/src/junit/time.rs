//! Times as writers of reports have them: `0.25`, `1,234.5`, `0,014`, `*`, nothing.

/// Seconds, if that is what it says. Negative times are none.
#[must_use]
pub fn seconds(written: &str) -> Option<f64> {
    let written = written.trim();
    let written = written.strip_suffix('s').unwrap_or(written);
    let plain = match (written.matches(',').count(), written.contains('.')) {
        (0, _) => written.to_owned(),
        // One comma alone is a decimal comma; otherwise commas part thousands.
        (1, false) => written.replace(',', "."),
        _ => written.replace(',', ""),
    };
    let is_number = plain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'));
    let seconds: f64 = plain.parse().ok().filter(|_| is_number)?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times_are_read_as_they_are_meant() {
        for (written, expected) in [
            ("0.25", Some(0.25)),
            (" 1,234.5 ", Some(1234.5)),
            ("1,234,567", Some(1_234_567.0)),
            ("0,014", Some(0.014)),
            ("1e-3", Some(0.001)),
            ("7s", Some(7.0)),
            ("-3", None),
            ("", None),
            ("*", None),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
        ] {
            assert_eq!(seconds(written), expected, "{written}");
        }
    }
}

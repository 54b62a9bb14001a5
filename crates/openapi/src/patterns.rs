//! Regular expressions for what the code reads by hand. They are ECMA-262's. Those of times take the
//! days of each month into account, but of leap days only that they are none; that of URLs
//! leaves out what is taken but rare, such as letters beyond ASCII.

use artifact_results::SPECIAL_DOMAINS;

/// A day, `YYYY-MM-DD`.
const DAY: &str = "[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";
/// A time of day, `HH:MM:SS`.
const CLOCK: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
/// A time zone.
const ZONE: &str = "(?:Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)";

/// A submit time as text.
pub fn submit_time() -> String {
    format!("^(?:[0-9]{{1,14}}|{DAY}T{CLOCK}\\.[0-9]{{1,6}}(?:Z|[+-][0-9]{{2}}(?:[0-9]{{2}})?)?)$")
}

/// The time of a decision.
pub fn when() -> String {
    format!("^{DAY}T{CLOCK}\\.[0-9]{{1,6}}$")
}

/// A time in ISO 8601 as `since` takes it.
fn iso8601() -> String {
    format!("{DAY}(?:[T ]{CLOCK}(?:[.,][0-9]{{1,6}})?{ZONE}?)?")
}

/// `start` or `start,end` of results.
pub fn since_of_results() -> String {
    // The comma divides, so that a fraction has a point.
    let end = iso8601().replace("[.,]", "\\.");
    format!("^{end}(?:,{end})?$")
}

/// `start`, `start,`, `start,end`, `,end` or nothing, of waivers.
pub fn since_of_waivers() -> String {
    let end = iso8601().replace("[.,]", "\\.");
    format!("^(?:{end})?(?:,(?:{end})?)?$")
}

/// A time with a zone, as RFC 3339 has it.
pub fn with_zone() -> String {
    format!("^{DAY}T{CLOCK}(?:\\.[0-9]{{1,6}})?{ZONE}$")
}

/// A URL template of remote rules. Placeholders are whole parts of the path here, which is narrower than what is taken.
pub fn url_template() -> String {
    let label = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*";
    let part = "[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*";
    let placeholder = "\\{(?:subject_id|pkg_namespace|pkg_name|rev)\\}";
    format!(
        "^https?://{label}(?:\\.{label})*(?::[1-9][0-9]{{0,3}})?(?:/(?:{part}|{placeholder}))+$"
    )
}

/// The time of a rule.
pub fn valid() -> String {
    format!("^{DAY}(?:[T ]{CLOCK}(?:\\.[0-9]{{1,6}})?{ZONE}?)?$")
}

/// A character of a host name but hyphen and point. Many signs are none of a real one, and taken.
const OF_HOST: &str = "[A-Za-z0-9!$&'()*+,;=_~]";

/// A URL of the web. In its host no two hyphens are side by side, as they would begin an
/// internationalised name, and the last part is no number.
pub fn url() -> String {
    let label = format!("{OF_HOST}(?:-?{OF_HOST})*");
    let last = format!("[A-Za-z](?:-?{OF_HOST})*");
    format!("^https?://(?:{label}\\.)*{last}(?::[0-9]{{1,4}})?(?:[/?#][!-~]*)?$")
}

/// What ends in a domain that no mail is delivered to.
pub fn of_special_domain() -> String {
    let domains = SPECIAL_DOMAINS.map(either_case);
    format!("\\.(?:{})$", domains.join("|"))
}

/// A word in letters of either case.
pub fn either_case(word: &str) -> String {
    let either = |letter: char| match letter.is_ascii_alphabetic() {
        true => format!("[{}{letter}]", letter.to_ascii_uppercase()),
        false => letter.to_string(),
    };
    word.chars().map(either).collect()
}

/// A whole number as text: an underscore may part digits, and a fraction is zero.
pub fn whole_number() -> String {
    "^[-+]?[0-9]+(?:_[0-9]+)*(?:\\.0+)?$".to_owned()
}

/// An idempotency key: visible ASCII characters, as they are or as a string in quotes.
pub fn idempotency_key(most: usize) -> String {
    let rest = most.saturating_sub(1);
    format!(r#"^(?:[!#-~][!-~]{{0,{rest}}}|"(?:[!#-\[\]-~]|\\["\\]){{1,{most}}}")$"#)
}

//! Regular expressions for what the code reads by hand: times. They are ECMA-262's, and take the days
//! of each month into account, but of leap days only that they are none.

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

/// The time of a rule.
pub fn valid() -> String {
    format!("^{DAY}(?:[T ]{CLOCK}(?:\\.[0-9]{{1,6}})?{ZONE}?)?$")
}

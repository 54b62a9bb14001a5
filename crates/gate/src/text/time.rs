//! Points in time from text. Inside, a time is microseconds since the epoch, UTC.

use time::{Date, Month, OffsetDateTime};

/// The Julian day of 1970-01-01.
const EPOCH_JULIAN_DAY: i32 = 2_440_588;

/// Reads `when` of a decision request: `%Y-%m-%dT%H:%M:%S.%f` as Python's `strptime` takes it. The year has four digits and the fraction one
/// to six; the other fields may leave out a leading zero.
pub(crate) fn parse_when(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let (time, fraction) = time.split_once('.')?;
    Some(parse_date(date, 1)? + parse_clock(time, 1)? + parse_fraction(fraction)?)
}

/// Reads a date or a date and time of a policy (`valid_since`, `valid_until`) or of Koji, as µs since the epoch. Without a zone it is UTC, without a time it is midnight.
///
/// Greenwave hands this to a parser that guesses at nearly any text; we take ISO 8601, with a blank for the `T` and `UTC` or `GMT` for the
/// `Z` if liked, and refuse the rest.
pub fn parse_date_time(text: &str) -> Option<i64> {
    let text = text.trim();
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return parse_date(text, 2);
    };
    let (time, offset_us) = split_zone(time.trim_start())?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let seconds = if clock.len() == "00:00".len() {
        ":00"
    } else {
        ""
    };
    let clock = parse_clock(&format!("{clock}{seconds}"), 2)?;
    Some(parse_date(date, 2)? + clock + parse_fraction(fraction)? - offset_us)
}

/// Writes a time as RFC 3339 in UTC, with a fraction only if there is one: `2024-05-01T10:00:00Z`. A time beyond the calendar's years is
/// written as its number.
pub(crate) fn format(time_us: i64) -> String {
    let Ok(at) = OffsetDateTime::from_unix_timestamp_nanos(i128::from(time_us) * 1_000) else {
        return format!("{time_us} µs");
    };
    let (date, clock) = (at.date(), at.time());
    let fraction = match at.microsecond() {
        0 => String::new(),
        fraction => format!(".{fraction:06}"),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

/// The time without its zone, and the zone's offset from UTC in µs.
fn split_zone(time: &str) -> Option<(&str, i64)> {
    for utc in ["Z", "z", "UTC", "GMT"] {
        if let Some(time) = time.strip_suffix(utc) {
            return Some((time.trim_end(), 0));
        }
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (time, zone) = time.split_at(at);
    let (sign, zone) = if let Some(west) = zone.strip_prefix('-') {
        (-1, west)
    } else {
        (1, zone.get(1..)?)
    };
    let (hours, minutes) = match zone.split_once(':') {
        Some(parts) => parts,
        None if zone.len() > 2 => (zone.get(..2)?, zone.get(2..)?),
        None => (zone, "00"),
    };
    Some((
        time.trim_end(),
        sign * clock_us(field(hours, 2, 0..=23)?, field(minutes, 2, 0..=59)?, 0),
    ))
}

/// `YYYY-MM-DD` as µs since the epoch; months and days have at least so many digits.
fn parse_date(text: &str, shortest: usize) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let year = field(parts.next()?, 4, 1..=9999)?;
    let month = u8::try_from(two_digits(parts.next()?, shortest)?).ok()?;
    let day = u8::try_from(two_digits(parts.next()?, shortest)?).ok()?;
    let date =
        Date::from_calendar_date(i32::try_from(year).ok()?, Month::try_from(month).ok()?, day)
            .ok()?;
    Some(clock_us(24, 0, 0) * i64::from(date.to_julian_day() - EPOCH_JULIAN_DAY))
}

/// `HH:MM:SS` in µs; each part has at least so many digits.
fn parse_clock(text: &str, shortest: usize) -> Option<i64> {
    let mut parts = text.splitn(3, ':');
    let mut part = |most: i64| two_digits(parts.next()?, shortest).filter(|value| *value <= most);
    Some(clock_us(part(23)?, part(59)?, part(59)?))
}

fn clock_us(hours: i64, minutes: i64, seconds: i64) -> i64 {
    ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
}

/// One to six digits of a fraction of a second, in µs.
fn parse_fraction(text: &str) -> Option<i64> {
    let scale = 6_usize.checked_sub(text.len())?;
    Some(digits(text)? * 10_i64.pow(u32::try_from(scale).ok()?))
}

fn two_digits(text: &str, shortest: usize) -> Option<i64> {
    digits(text).filter(|_| (shortest..=2).contains(&text.len()))
}

fn field(text: &str, length: usize, allowed: std::ops::RangeInclusive<i64>) -> Option<i64> {
    digits(text).filter(|value| text.len() == length && allowed.contains(value))
}

fn digits(text: &str) -> Option<i64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_is_strict() {
        let check =
            |text: &str, expected: Option<i64>| assert_eq!(parse_when(text), expected, "{text}");
        check("1970-01-01T00:00:01.000001", Some(1_000_001));
        check("1970-1-1T0:0:1.5", Some(1_500_000));
        check("2024-02-29T23:59:59.999999", Some(1_709_251_199_999_999));
        check("1969-12-31T23:59:59.9", Some(-100_000));
        for bad in [
            "",
            "2024-02-30T00:00:00.0",
            "2024-01-01T00:00:00",
            "2024-01-01 00:00:00.0",
            "2024-01-01T00:00:60.0",
            "2024-01-01T24:00:00.0",
            "2024-01-01T00:00:00.0000001",
            "2024-01-01T00:00:00.0Z",
            "24-01-01T00:00:00.0",
            "0000-01-01T00:00:00.0",
            "2024-01-01T+1:00:00.0",
            "2024-01-01T00:00:00.",
            "now",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn times_are_written_in_utc() {
        for text in ["2024-02-29T23:59:59.000001Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(parse_date_time(text).map(format).as_deref(), Some(text));
        }
        assert_eq!(format(i64::MAX), "9223372036854775807 µs");
    }

    #[test]
    fn policy_dates_take_zones_and_default_to_utc() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(parse_date_time(text), expected, "{text}")
        };
        check("1970-01-02", Some(86_400_000_000));
        check("1970-01-01T00:00:01", Some(1_000_000));
        check("1970-01-01 00:00:01Z", Some(1_000_000));
        check("1970-01-01 00:00:01 UTC", Some(1_000_000));
        check("1970-01-01T02:00:00+02:00", Some(0));
        check("1970-01-01T00:00:00.25-01:00", Some(3_600_250_000));
        check("1970-01-01T00:00:00-0100", Some(3_600_000_000));
        check("1970-01-01T00:01 +00", Some(60_000_000));
        for bad in [
            "1970-1-1",
            "1970-01-01T0:00",
            "1970-01-01T",
            "1970-01-01T00:00+",
            "1970-01-01T00:00+25:00",
            "1970-01-01T00:00é",
            "2023-02-29",
        ] {
            check(bad, None);
        }
        check("tomorrow", None);
        check("", None);
    }
}

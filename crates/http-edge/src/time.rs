//! Times of the wire. Inside they are microseconds since 1970-01-01T00:00:00Z; outside they are
//! texts without a zone that mean UTC.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

const US_PER_SECOND: i64 = 1_000_000;

/// A time as its text had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Microseconds since the epoch, the zone left out of account.
    pub naive_us: i64,
    /// The zone's distance from UTC in minutes, if there was a zone.
    pub offset_minutes: Option<i64>,
}

impl Written {
    /// Microseconds since the epoch, with the zone; without one it is UTC.
    #[must_use]
    pub fn utc_us(self) -> i64 {
        self.naive_us - self.offset_minutes.unwrap_or(0) * 60 * US_PER_SECOND
    }
}

/// `2022-08-24T06:54:57`, with six more digits if there is a fraction.
#[must_use]
pub fn format_us(time_us: i64) -> String {
    let nanoseconds = i128::from(time_us) * 1000;
    let Ok(time) = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds) else {
        return String::new();
    };
    let mut text = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    if time.microsecond() != 0 {
        text.push_str(&format!(".{:06}", time.microsecond()));
    }
    text
}

/// A submit time in ResultsDB's way: `YYYY-MM-DDTHH:MM:SS.f` with one to six digits of fraction,
/// followed by nothing, `Z` or a zone (dropped, not converted); or milliseconds since the epoch.
#[must_use]
pub fn parse_submit_time(text: &str) -> Option<i64> {
    if let Ok(milliseconds) = text.trim().parse::<i64>() {
        return from_milliseconds(milliseconds);
    }
    let mut scanner = Scanner(text);
    let date = scanner.date()?;
    scanner.expect('T')?;
    let (hour, minute, second) = (scanner.number(2)?, scanner.after(':')?, scanner.after(':')?);
    scanner.expect('.')?;
    let microsecond = scanner.fraction()?;
    if scanner.0.len() > 6 || !matches!(scanner.0.bytes().next(), None | Some(b'Z' | b'+' | b'-')) {
        return None;
    }
    scanner.zone()?;
    assemble(date, hour, minute, second, microsecond)
}

/// Milliseconds since the epoch as microseconds, if the year has four digits.
#[must_use]
pub fn from_milliseconds(milliseconds: i64) -> Option<i64> {
    let time_us = milliseconds.checked_mul(1000)?;
    in_range(time_us).then_some(time_us)
}

/// The beginning of the year 1.
pub const FIRST_US: i64 = -62_135_596_800 * US_PER_SECOND;

/// The last second of the year 9999.
pub const LAST_US: i64 = 253_402_300_799 * US_PER_SECOND;

fn in_range(time_us: i64) -> bool {
    (FIRST_US..=LAST_US).contains(&time_us)
}

/// An ISO 8601 date or date and time: `2022`, `2022-08`, `20220824`, `2022-08-24`, then `T` or a
/// blank, hours, minutes, seconds with a fraction after `.` or `,`, and `Z` or an offset; what is
/// left out is the beginning of the rest.
#[must_use]
pub fn parse_iso8601(text: &str) -> Option<Written> {
    let mut scanner = Scanner(text.trim());
    let date = scanner.date()?;
    let (mut hour, mut minute, mut second, mut microsecond) = (0, 0, 0, 0);
    let mut offset_minutes = None;
    if scanner
        .expect('T')
        .or_else(|| scanner.expect(' '))
        .is_some()
    {
        hour = scanner.number(2)?;
        if let Some(value) = scanner.part(':') {
            minute = value;
            if let Some(value) = scanner.part(':') {
                second = value;
                if scanner
                    .expect('.')
                    .or_else(|| scanner.expect(','))
                    .is_some()
                {
                    microsecond = scanner.fraction()?;
                }
            }
        }
        offset_minutes = scanner.zone()?;
    }
    let naive_us = assemble(date, hour, minute, second, microsecond)?;
    scanner.0.is_empty().then_some(Written {
        naive_us,
        offset_minutes,
    })
}

fn assemble(date: Date, hour: u32, minute: u32, second: u32, microsecond: u32) -> Option<i64> {
    let time = Time::from_hms_micro(
        u8::try_from(hour).ok()?,
        u8::try_from(minute).ok()?,
        u8::try_from(second).ok()?,
        microsecond,
    );
    let time = PrimitiveDateTime::new(date, time.ok()?).assume_utc();
    i64::try_from(time.unix_timestamp_nanos() / 1000).ok()
}

/// What is left of a text.
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    fn expect(&mut self, character: char) -> Option<()> {
        self.0 = self.0.strip_prefix(character)?;
        Some(())
    }

    /// Exactly this many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        number.parse().ok()
    }

    /// Two digits after a separator.
    fn after(&mut self, separator: char) -> Option<u32> {
        self.expect(separator)?;
        self.number(2)
    }

    /// Two digits after an optional separator, if they are there.
    fn part(&mut self, separator: char) -> Option<u32> {
        let before = self.0;
        let _ = self.expect(separator);
        let number = self.number(2);
        if number.is_none() {
            self.0 = before;
        }
        number
    }

    /// One digit or more; those after the sixth are cut off.
    fn fraction(&mut self) -> Option<u32> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
        (digits > 0).then(|| six.parse().ok())?
    }

    fn date(&mut self) -> Option<Date> {
        let year = i32::try_from(self.number(4)?)
            .ok()
            .filter(|year| *year > 0)?;
        let month = self.part('-');
        let day = month.and_then(|_| self.part('-'));
        let month = Month::try_from(u8::try_from(month.unwrap_or(1)).ok()?).ok()?;
        Date::from_calendar_date(year, month, u8::try_from(day.unwrap_or(1)).ok()?).ok()
    }

    /// `Z`, an offset, or nothing. `None` if there is something else.
    fn zone(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        if self.expect('Z').is_some() {
            return self.0.is_empty().then_some(Some(0));
        }
        let sign = match self.expect('+') {
            Some(()) => 1,
            None => {
                self.expect('-')?;
                -1
            }
        };
        let hours = self.number(2)?;
        let minutes = self.part(':').unwrap_or(0);
        self.0
            .is_empty()
            .then(|| Some(sign * i64::from(hours * 60 + minutes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn submit_times() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                parse_submit_time(text).map(format_us).as_deref(),
                expected,
                "{text}"
            );
        };
        check("2022-08-24T06:54:57.000000", Some("2022-08-24T06:54:57"));
        check("2022-08-24T06:54:57.5Z", Some("2022-08-24T06:54:57.500000"));
        check(
            "2022-08-24T06:54:57.123456+00",
            Some("2022-08-24T06:54:57.123456"),
        );
        check(
            "2022-08-24T06:54:57.123456+0200",
            Some("2022-08-24T06:54:57.123456"),
        );
        check("1661324097123", Some("2022-08-24T06:54:57.123000"));
        check("-1", Some("1969-12-31T23:59:59.999000"));
        check("2022-08-24T06:54:57", None);
        check("2020-01-01", None);
        check("2022-02-30T00:00:00.0", None);
        check("2022-08-24T06:54:57.5é", None);
        check("99999999999999999", None);
    }

    #[test]
    fn iso_8601() {
        let check = |text: &str, expected: Option<(&str, Option<i64>)>| {
            let parsed = parse_iso8601(text).map(|w| (format_us(w.naive_us), w.offset_minutes));
            let expected = expected.map(|(text, offset)| (text.to_owned(), offset));
            assert_eq!(parsed, expected, "{text}");
        };
        check("2022-08-24", Some(("2022-08-24T00:00:00", None)));
        check("20220824", Some(("2022-08-24T00:00:00", None)));
        check("2022", Some(("2022-01-01T00:00:00", None)));
        check(
            "2022-08-25T00:00:00Z",
            Some(("2022-08-25T00:00:00", Some(0))),
        );
        check("2022-08-25 01:02", Some(("2022-08-25T01:02:00", None)));
        check(
            "2022-08-25T01:02:03,5+02:30",
            Some(("2022-08-25T01:02:03.500000", Some(150))),
        );
        check("abc", None);
        check("", None);
        check("2022-13-01", None);
        check("2022-08-25T25:00:00", None);
        check("2022-08-25T", None);
        check("2022-08-25x", None);
    }

    #[test]
    fn zones_count_where_they_should() {
        let written = parse_iso8601("2022-08-25T01:00:00+01:00").unwrap();
        assert_eq!(format_us(written.utc_us()), "2022-08-25T00:00:00");
    }
}

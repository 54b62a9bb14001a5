//! JSON texts as the services we replace write them, and whole numbers as they read them.

use serde::Serialize;
use serde_json::Number;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// The largest double that is surely the whole number which was written.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number, however it is written: JSON has one kind of numbers, and some clients write 5 as
/// `5.0`. `None` for one with a fraction, and for one out of range.
#[must_use]
pub fn whole(number: &Number) -> Option<i64> {
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let float = number.as_f64()?;
    let is_whole = float.fract() == 0.0 && float.abs() <= LARGEST_EXACT;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "whole and in range, so exact"
    )]
    is_whole.then_some(float as i64)
}

/// Encodes with `", "` and `": "` between the parts and a final newline.
///
/// # Errors
/// When `value` can't be encoded.
pub fn spaced(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(512);
    value.serialize(&mut Serializer::with_formatter(&mut text, Spaced))?;
    text.push(b'\n');
    Ok(text)
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        separate(writer, first)
    }
    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        separate(writer, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

fn separate<W: ?Sized + Write>(writer: &mut W, first: bool) -> io::Result<()> {
    match first {
        true => Ok(()),
        false => writer.write_all(b", "),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn whole_numbers_may_have_a_point() {
        let check = |json: &str, expected: Option<i64>| {
            let number = serde_json::from_str(json).unwrap();
            assert_eq!(super::whole(&number), expected, "{json}");
        };
        check("5", Some(5));
        check("5.0", Some(5));
        check("-5e3", Some(-5000));
        check("9223372036854775807", Some(i64::MAX));
        check("9007199254740992.0", Some(9_007_199_254_740_992));
        check("9007199254740994.0", None);
        check("5.5", None);
        check("1e30", None);
        check("9223372036854775808", None);
    }

    #[test]
    fn blanks_follow_commas_and_colons() {
        let value = serde_json::json!({"a": [1, "x,y:z"], "b": null});
        assert_eq!(
            String::from_utf8(super::spaced(&value).unwrap()).unwrap(),
            "{\"a\": [1, \"x,y:z\"], \"b\": null}\n"
        );
    }
}

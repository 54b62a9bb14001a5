//! Whole numbers as Pydantic reads them where it is not strict: numbers without a fraction, and texts
//! and truth values that mean one.

use http_edge::validation::Kind;
use serde_json::{Number, Value};

/// Most digits of a whole number, which is Python's own limit.
pub const MAX_DIGITS: usize = 4_300;

/// The first number that is too large to come from one with a decimal point: 2^63.
const FLOAT_END: f64 = 9_223_372_036_854_775_808.0;

/// The digits of a whole number, with a `-` in front of a negative one and no needless zeros.
///
/// # Errors
/// What is wrong with it.
pub fn whole(value: &Value) -> Result<String, Kind> {
    match value {
        Value::Bool(is_true) => Ok(u8::from(*is_true).to_string()),
        Value::Number(number) => whole_number(number),
        Value::String(text) => whole_text(text),
        _ => Err(Kind::Integer),
    }
}

fn whole_number(number: &Number) -> Result<String, Kind> {
    let written = number.to_string();
    if !written.contains(['.', 'e', 'E']) {
        return whole_text(&written);
    }
    match written.parse::<f64>() {
        Ok(float) if !float.is_finite() => Err(Kind::NotFinite),
        Ok(float) if float.fract() != 0.0 => Err(Kind::IntegerFraction),
        Ok(float) if float.abs() >= FLOAT_END => Err(Kind::IntegerSize),
        // Adding zero makes one of minus zero.
        Ok(float) => Ok(format!("{:.0}", float + 0.0)),
        Err(_) => Err(Kind::Integer),
    }
}

fn whole_text(text: &str) -> Result<String, Kind> {
    let text = text.trim();
    if text.len() > MAX_DIGITS {
        return Err(Kind::IntegerSize);
    }
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = match digits.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            whole
        }
        Some(_) => return Err(Kind::IntegerText),
        None => digits,
    };
    // Single underscores may part digits.
    let is_number = digits
        .split('_')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_number {
        return Err(Kind::IntegerText);
    }
    let digits = digits.replace('_', "");
    Ok(match (digits.trim_start_matches('0'), is_negative) {
        ("", _) => "0".to_owned(),
        (digits, true) => format!("-{digits}"),
        (digits, false) => digits.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn whole_numbers_are_read_as_pydantic_does() {
        let check = |text: &str, expected: Result<&str, Kind>| {
            let expected = expected.map(str::to_owned);
            assert_eq!(whole(&parsed(text)), expected, "{text}");
        };
        check("7", Ok("7"));
        check("-1", Ok("-1"));
        check("-0", Ok("0"));
        check("7.0", Ok("7"));
        check("-0.0", Ok("0"));
        check("1e16", Ok("10000000000000000"));
        check("9.2e18", Ok("9200000000000000000"));
        check("-9.3e18", Err(Kind::IntegerSize));
        check("1e20", Err(Kind::IntegerSize));
        check("1e400", Err(Kind::NotFinite));
        check("7.5", Err(Kind::IntegerFraction));
        check(
            "1000000000000000000000000000000",
            Ok("1000000000000000000000000000000"),
        );
        check("true", Ok("1"));
        check("null", Err(Kind::Integer));
        check("[]", Err(Kind::Integer));
        check("{}", Err(Kind::Integer));
        for text in ["7", " 7 ", "7.0", "+7", "007", "0_7", "7.00", "\u{a0}7\n"] {
            check(&json!(text).to_string(), Ok("7"));
        }
        for text in [
            "", "-", "+", "0x1", "1e3", "7.5", "1.", ".0", "1__0", "_1", "1_", "+-1", "- 1", "1 0",
            "1.0_0", "٣",
        ] {
            check(&json!(text).to_string(), Err(Kind::IntegerText));
        }
        let long = "9".repeat(MAX_DIGITS);
        check(&json!(long).to_string(), Ok(&long));
        check(&long, Ok(&long));
        let longer = "9".repeat(MAX_DIGITS + 1);
        check(&json!(longer).to_string(), Err(Kind::IntegerSize));
        check(&longer, Err(Kind::IntegerSize));
    }
}

//! True and false as Pydantic reads them where it is not strict: also as words and numbers.

use crate::validation::Kind;
use serde_json::Value;

/// Numbers without a fraction are whole ones up to this, 2^63.
const WHOLE_END: f64 = 9_223_372_036_854_775_808.0;

/// The words for true, in lower case.
pub const TRUE_WORDS: [&str; 6] = ["1", "true", "t", "yes", "y", "on"];

/// The words for false, in lower case.
pub const FALSE_WORDS: [&str; 6] = ["0", "false", "f", "no", "n", "off"];

/// What a word means, whatever its case.
#[must_use]
pub fn of_word(text: &str) -> Option<bool> {
    let is_among = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match (is_among(&TRUE_WORDS), is_among(&FALSE_WORDS)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// What a value means.
///
/// # Errors
/// What is wrong with it.
pub fn of_value(value: &Value) -> Result<bool, Kind> {
    match value {
        Value::Bool(is_true) => Ok(*is_true),
        Value::Number(number) => match number.as_f64() {
            Some(0.0) => Ok(false),
            Some(1.0) => Ok(true),
            Some(float) if float.fract() == 0.0 && float.abs() < WHOLE_END => {
                Err(Kind::BooleanText)
            }
            _ => Err(Kind::Boolean),
        },
        Value::String(text) => of_word(text).ok_or(Kind::BooleanText),
        _ => Err(Kind::Boolean),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_has_many_words() {
        let check = |texts: &[&str], expected: Result<bool, Kind>| {
            for text in texts {
                let value = serde_json::from_str(text).unwrap();
                assert_eq!(of_value(&value), expected, "{text}");
            }
        };
        check(&["true", "1", "1.0", "\"TRUE\"", "\"yes\""], Ok(true));
        check(&["\"Y\"", "\"on\"", "\"t\"", "\"1\""], Ok(true));
        check(&["false", "0", "0.0", "\"No\"", "\"n\""], Ok(false));
        check(&["\"OFF\"", "\"F\"", "\"0\""], Ok(false));
        let no_word = Err(Kind::BooleanText);
        check(
            &["2", "-1", "2.0", "1e18", "\"\"", "\" yes\"", "\"t \""],
            no_word,
        );
        let huge = "1000000000000000000000000000000";
        check(
            &["0.5", "null", "[]", "{}", "1e400", huge],
            Err(Kind::Boolean),
        );
    }
}

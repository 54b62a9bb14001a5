//! What an untagged YAML scalar is by the YAML 1.1 rules PyYAML follows: `8`, `yes`, `1.0` and `2024-01-01` are not text.
//! A list of strings must refuse them with the same words, so the question has to be answered the same way.

use serde_json::{Map, Number, Value};

use yaml_tree::{Content, Node};

/// Types of the YAML 1.1 core that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScalarType {
    Null,
    Bool(bool),
    Int,
    Float,
    Timestamp,
    Text,
}

/// The type of a scalar node; `None` for a tag the safe loader has no constructor for.
pub(crate) fn scalar_type(tag: Option<&str>, text: &str, plain: bool) -> Option<ScalarType> {
    let core = |tag: &str| tag.strip_prefix("tag:yaml.org,2002:").map(str::to_owned);
    match tag.map(core) {
        None if plain => Some(plain_type(text)),
        None => Some(ScalarType::Text),
        Some(Some(name)) => match name.as_str() {
            "str" => Some(ScalarType::Text),
            "null" => Some(ScalarType::Null),
            "bool" => Some(ScalarType::Bool(matches!(
                text.to_ascii_lowercase().as_str(),
                "yes" | "true" | "on"
            ))),
            "int" => Some(ScalarType::Int),
            "float" => Some(ScalarType::Float),
            "timestamp" => Some(ScalarType::Timestamp),
            _ => None,
        },
        Some(None) => None,
    }
}

/// The type of a plain scalar by its text.
pub(crate) fn plain_type(text: &str) -> ScalarType {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => ScalarType::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            ScalarType::Bool(true)
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            ScalarType::Bool(false)
        }
        _ if is_int(text) => ScalarType::Int,
        _ if is_float(text) => ScalarType::Float,
        _ if is_timestamp(text) => ScalarType::Timestamp,
        _ => ScalarType::Text,
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn all(text: &str, accepts: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(accepts)
}

fn is_int(text: &str) -> bool {
    let text = unsigned(text);
    if let Some(binary) = text.strip_prefix("0b") {
        return all(binary, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return all(hex, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    if let Some(octal) = text.strip_prefix('0') {
        return octal.bytes().all(|b| matches!(b, b'0'..=b'7' | b'_'));
    }
    let mut parts = text.split(':');
    let Some(first) = parts.next() else {
        return false;
    };
    let decimal = first.starts_with(|c: char| c.is_ascii_digit())
        && all(first, |b| b.is_ascii_digit() || b == b'_');
    decimal && parts.all(is_sixtieth)
}

/// A later part of a base 60 number: `0` to `59`.
fn is_sixtieth(part: &str) -> bool {
    match part.as_bytes() {
        [one] => one.is_ascii_digit(),
        [b'0'..=b'5', one] => one.is_ascii_digit(),
        _ => false,
    }
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let signed = text;
    let text = unsigned(text);
    if matches!(text, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let Some((whole, fraction)) = text.split_once('.') else {
        return false;
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    // Without a whole part there is no sign, and the fraction must start with something.
    if whole.is_empty() {
        return signed == text
            && !fraction.is_empty()
            && has_exponent(fraction, digits)
            && !fraction.starts_with(['e', 'E']);
    }
    let mut sixtieths = whole.split(':');
    let starts = sixtieths
        .next()
        .is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit()) && digits(first));
    if whole.contains(':') {
        return starts && sixtieths.all(is_sixtieth) && digits(fraction);
    }
    starts && has_exponent(fraction, digits)
}

/// A fraction, maybe with an exponent, whose sign YAML 1.1 insists on.
fn has_exponent(fraction: &str, digits: impl Fn(&str) -> bool) -> bool {
    match fraction.split_once(['e', 'E']) {
        None => digits(fraction),
        Some((fraction, exponent)) => {
            digits(fraction)
                && exponent.starts_with(['-', '+'])
                && all(unsigned(exponent), |b| b.is_ascii_digit())
        }
    }
}

/// `YYYY-MM-DD`, or a date and time with one-digit months, days and hours allowed.
fn is_timestamp(text: &str) -> bool {
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let mut date = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (date.next(), date.next(), date.next()) else {
        return false;
    };
    if digits(rest, 2..=2) {
        return digits(year, 4..=4) && digits(month, 2..=2);
    }
    let Some((day, time)) = rest.split_once(['T', 't', ' ', '\t']) else {
        return false;
    };
    let time = time.trim_start_matches([' ', '\t']);
    let end = time
        .find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
        .unwrap_or(time.len());
    let (clock, zone) = time.split_at(end);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let clock: Vec<&str> = clock.split(':').collect();
    let zone = zone.trim_start_matches([' ', '\t']);
    let zone_fits = zone.is_empty()
        || zone == "Z"
        || zone.strip_prefix(['-', '+']).is_some_and(|zone| {
            let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
            digits(hours, 1..=2) && digits(minutes, 2..=2)
        });
    let clock_fits = matches!(clock.as_slice(), [hour, minute, second]
        if digits(hour, 1..=2) && digits(minute, 2..=2) && digits(second, 2..=2));
    digits(year, 4..=4)
        && digits(month, 1..=2)
        && digits(day, 1..=2)
        && clock_fits
        && digits(fraction, 0..=usize::MAX)
        && zone_fits
}

/// A node as JSON, for the free-form parts of a subject type. Depth is bounded by the reader. A key that is no text is written as text.
pub(crate) fn to_json(node: &Node<'_>) -> Value {
    match &node.content {
        Content::Scalar { text, plain } => match scalar_type(node.tag.as_deref(), text, *plain) {
            Some(ScalarType::Null) => Value::Null,
            Some(ScalarType::Bool(value)) => Value::Bool(value),
            Some(ScalarType::Int) => text
                .parse::<i64>()
                .map_or_else(|_| Value::String(text.to_string()), Value::from),
            Some(ScalarType::Float) => {
                let number = text.parse::<f64>().ok().and_then(Number::from_f64);
                number.map_or_else(|| Value::String(text.to_string()), Value::Number)
            }
            _ => Value::String(text.to_string()),
        },
        Content::Sequence(items) => Value::Array(items.iter().map(to_json).collect()),
        Content::Mapping(pairs) => Value::Object(
            pairs
                .iter()
                .map(|(key, value)| (key_text(key), to_json(value)))
                .collect::<Map<_, _>>(),
        ),
    }
}

/// A mapping key as text; a key that is a collection itself becomes empty, which nothing looks for.
pub(crate) fn key_text(key: &Node<'_>) -> String {
    match &key.content {
        Content::Scalar { text, .. } => text.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_have_the_types_of_yaml_1_1() {
        let check = |texts: &[&str], expected: ScalarType| {
            for text in texts {
                assert_eq!(plain_type(text), expected, "{text}");
            }
        };
        check(&["", "~", "null", "NULL"], ScalarType::Null);
        check(&["yes", "On", "TRUE"], ScalarType::Bool(true));
        check(&["no", "off", "False"], ScalarType::Bool(false));
        check(
            &[
                "0",
                "8",
                "-8",
                "+1_000",
                "0x1f",
                "0b10",
                "017",
                "1:30",
                "190:20:30",
            ],
            ScalarType::Int,
        );
        check(
            &[
                "1.0", "-1.", "1.5e+3", ".5", ".inf", "-.INF", ".NaN", "1:30.5",
            ],
            ScalarType::Float,
        );
        check(
            &[
                "2024-01-01",
                "2024-1-1 1:00:00",
                "2024-01-01T00:00:00Z",
                "2001-12-14t21:59:43.10-05:00",
            ],
            ScalarType::Timestamp,
        );
        check(
            &[
                "fedora-26",
                "fedora-*",
                "rhel-8",
                "y",
                "n",
                "1e5",
                "1.5e3",
                "089",
                "1.0.0",
                "-.5",
                "e",
                "_1",
                "2024-1-1",
                "nULL",
                "-",
                "1:99",
                "0x",
            ],
            ScalarType::Text,
        );
    }
}

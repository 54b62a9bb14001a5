//! Query strings: parameters in their order, and the two ways in which lists are written.

/// The parameters of a query string, decoded, in their order.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query string; `+` stands for a blank.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The parameters' names, each once, in the order of their first use.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &self.0 {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// How many parameters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A list as ResultsDB reads it: a single value is split at commas, its parts are trimmed and
    /// empty ones dropped; repeated values are taken as they are. `None` if it is not given.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let values: Vec<&str> = self.all(name).collect();
        match values.as_slice() {
            [] => None,
            [one] => Some(split(one)),
            many => Some(many.iter().map(|value| (*value).to_owned()).collect()),
        }
    }

    /// A list of which only the first occurrence counts.
    #[must_use]
    pub fn first_list(&self, name: &str) -> Option<Vec<String>> {
        self.first(name).map(split)
    }
}

/// A value as it stands in a query string, percent-encoded.
#[must_use]
pub fn encode_parameter(value: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'/')
        .remove(b':');
    utf8_percent_encode(value, PARAMETER).to_string()
}

/// A whole number, however long: one that does not fit is the largest of its sign. `None` if it is
/// none.
#[must_use]
pub fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim();
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().unwrap_or(i64::MAX);
    Some(if is_negative { -number } else { number })
}

fn split(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_be_long() {
        let check = |text: &str, expected| assert_eq!(whole_number(text), expected, "{text}");
        check("12", Some(12));
        check(" +7 ", Some(7));
        check("-3", Some(-3));
        check("99999999999999999999", Some(i64::MAX));
        check("-99999999999999999999", Some(-i64::MAX));
        check("", None);
        check("--1", None);
        check("1.5", None);
    }

    #[test]
    fn lists_are_split_only_when_given_once() {
        let check = |query: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|list| list.iter().map(|s| (*s).to_owned()).collect());
            assert_eq!(Query::parse(query).list("k"), expected, "{query}");
        };
        check("", None);
        check("k=", Some(&[]));
        check("k=a,+b,,c%20", Some(&["a", "b", "c"]));
        check("k=a,b&k=c", Some(&["a,b", "c"]));
    }
}

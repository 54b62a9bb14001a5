//! Statements as they are put together: text with numbered parameters, and their values.

use spin_sdk::sqlite::Value;

/// Parameters in the order of their numbers.
#[derive(Debug, Default)]
pub struct Parameters(Vec<Value>);

impl Parameters {
    /// Adds a value and returns what stands for it in the text, such as `?3`.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }

    /// `column = ?` for one value, `column IN (…)` for any other number of them.
    pub fn any_of(&mut self, column: &str, values: &[String]) -> String {
        match values {
            [value] => format!("{column} = {}", self.bind(value.as_str())),
            _ => format!(
                "{column} IN (SELECT value FROM json_each({}))",
                self.bind(json_list(values))
            ),
        }
    }

    /// `column GLOB ?` for any of these patterns, in which `*` stands for any text.
    pub fn any_like(&mut self, column: &str, patterns: &[String]) -> String {
        let alternatives: Vec<String> = patterns
            .iter()
            .map(|pattern| format!("{column} GLOB {}", self.bind(glob(pattern))))
            .collect();
        match alternatives.is_empty() {
            true => "0".to_owned(),
            false => format!("({})", alternatives.join(" OR ")),
        }
    }

    /// The values, for the call.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0
    }
}

/// A JSON list of strings.
#[must_use]
pub fn json_list(values: &[String]) -> String {
    // Nothing about strings can fail.
    serde_json::to_string(values).unwrap_or_default()
}

/// Sorts a list and drops what is in it more than once.
pub fn unique(list: &mut Vec<String>) {
    list.sort_unstable();
    list.dedup();
}

/// A GLOB pattern in which only `*` is special. GLOB, because LIKE ignores the case of letters.
#[must_use]
pub fn glob(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len());
    for character in pattern.chars() {
        match character {
            '?' | '[' => {
                glob.push('[');
                glob.push(character);
                glob.push(']');
            }
            _ => glob.push(character),
        }
    }
    glob
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_star_is_special() {
        assert_eq!(glob("a*b"), "a*b");
        assert_eq!(glob("a?[x]%_"), "a[?][[]x]%_");
    }

    #[test]
    fn one_value_is_compared_and_several_are_looked_up() {
        let mut parameters = Parameters::default();
        assert_eq!(parameters.any_of("c", &["a".into()]), "c = ?1");
        let several = parameters.any_of("c", &["a".into(), "b\"".into()]);
        assert_eq!(several, "c IN (SELECT value FROM json_each(?2))");
        assert_eq!(
            parameters.values(),
            [Value::text("a"), Value::text(r#"["a","b\""]"#)]
        );
    }
}

//! Patterns become lists of the values that match them, as long as these are few: a list can be
//! looked up in an index, a pattern can't.
//!
//! Values that begin alike are neighbours in the index, so a pattern's beginning leads to them. For
//! others the trigrams of the pattern name the results that were the first to have a value, and the
//! values of results that are not summarised yet are compared one by one. A pattern that very many
//! values match stays a pattern. Descriptions of groups have trigrams, too. How results are searched is not known here.

use crate::database::{Database, Failure};
use crate::row::Columns;
use crate::statement::{Parameters, glob, unique};
use endpoint::records::{DataFilter, ResultFilter};

/// Trigrams of a pattern that are looked up.
const MAX_TRIGRAMS: usize = 16;

/// The same filter with values for patterns where they are few, or nothing if no result can match.
///
/// # Errors
/// When the database fails.
pub fn resolve(
    database: &impl Database,
    filter: &ResultFilter,
) -> Result<Option<ResultFilter>, Failure> {
    let mut resolved = filter.clone();
    if !filter.test_cases_like.is_empty()
        && let Some(names) = test_cases(database, &filter.test_cases_like)?
    {
        resolved.test_cases_like.clear();
        resolved.test_cases.extend(names);
        unique(&mut resolved.test_cases);
        if resolved.test_cases.is_empty() {
            return Ok(None);
        }
    }
    for data in resolved.data.iter_mut().filter(|data| data.wildcard) {
        if let Some(values) = values(database, data)? {
            *data = DataFilter {
                values,
                wildcard: false,
                key: std::mem::take(&mut data.key),
            };
        }
    }
    let is_possible = |data: &DataFilter| !data.values.is_empty();
    Ok(resolved.data.iter().all(is_possible).then_some(resolved))
}

/// The test cases whose names match any of the patterns.
fn test_cases(
    database: &impl Database,
    patterns: &[String],
) -> Result<Option<Vec<String>>, Failure> {
    let most = database.bounds().test_cases;
    let mut parameters = Parameters::default();
    let condition = parameters.any_like("name", patterns);
    let limit = parameters.bind(most + 1);
    let statement = format!("SELECT name FROM test_cases WHERE {condition} LIMIT {limit}");
    let names = texts(database, &statement, &parameters)?;
    Ok(is_complete(&names, most).then_some(names))
}

/// The values of a key that match any of the patterns.
fn values(database: &impl Database, data: &DataFilter) -> Result<Option<Vec<String>>, Failure> {
    let mut values = Vec::new();
    for pattern in &data.values {
        let found = match neighbours(database, &data.key, pattern)? {
            Some(found) => Some(found),
            None => by_trigrams(database, &data.key, pattern)?,
        };
        match found {
            Some(found) => values.extend(found),
            None => return Ok(None),
        }
    }
    unique(&mut values);
    Ok(Some(values))
}

/// The values that match among those that begin as the pattern does, from one to the next.
fn neighbours(
    database: &impl Database,
    key: &str,
    pattern: &str,
) -> Result<Option<Vec<String>>, Failure> {
    let most = database.bounds().neighbours;
    let beginning = pattern.split('*').next().unwrap_or_default();
    let mut parameters = Parameters::default();
    let key = parameters.bind(key);
    let first = parameters.bind(beginning);
    let begins = parameters.bind(format!("{}*", glob(beginning)));
    let limit = parameters.bind(most + 1);
    let statement = format!(
        "WITH RECURSIVE found (value) AS (\
         SELECT (SELECT d.value FROM result_data AS d WHERE d.key = {key} AND d.value >= {first} \
         ORDER BY d.value LIMIT 1) \
         UNION ALL SELECT (SELECT d.value FROM result_data AS d WHERE d.key = {key} \
         AND d.value > found.value ORDER BY d.value LIMIT 1) FROM found \
         WHERE found.value GLOB {begins} LIMIT {limit}) \
         SELECT value FROM found WHERE value GLOB {begins}"
    );
    let found = texts(database, &statement, &parameters)?;
    if !is_complete(&found, most) {
        return Ok(None);
    }
    matching(database, found, pattern).map(Some)
}

/// Of `values` those that match, in the words of SQLite, which decides elsewhere, too.
fn matching(
    database: &impl Database,
    values: Vec<String>,
    pattern: &str,
) -> Result<Vec<String>, Failure> {
    let only_begins = pattern.find('*') == Some(pattern.len().saturating_sub(1));
    if values.is_empty() || only_begins {
        return Ok(values);
    }
    let mut parameters = Parameters::default();
    let list = parameters.bind(crate::statement::json_list(&values));
    let like = parameters.bind(glob(pattern));
    let statement = format!("SELECT value FROM json_each({list}) WHERE value GLOB {like}");
    texts(database, &statement, &parameters)
}

/// The values that match among those with all of the pattern's trigrams.
fn by_trigrams(
    database: &impl Database,
    key: &str,
    pattern: &str,
) -> Result<Option<Vec<String>>, Failure> {
    let Some(candidates) = named_by_trigrams(database, "value_trigrams", pattern)? else {
        return Ok(None);
    };
    let mut parameters = Parameters::default();
    let list = parameters.bind(serde_json::Value::from(candidates).to_string());
    let key = parameters.bind(key);
    let like = parameters.bind(glob(pattern));
    let values_of = |results: &str| {
        format!(
            "SELECT v.value FROM {results}, json_each(r.data) AS k, json_each(k.value) AS v \
             WHERE k.key = {key} AND v.value GLOB {like}"
        )
    };
    let first = values_of(&format!(
        "json_each({list}) AS f CROSS JOIN results AS r ON r.id = f.value"
    ));
    let rest = values_of(
        "(SELECT data FROM results WHERE id > (SELECT upto FROM summaries WHERE one = 1)) AS r",
    );
    texts(database, &format!("{first} UNION {rest}"), &parameters).map(Some)
}

/// The rows that have all of a pattern's trigrams by a full-text index, or nothing if the pattern has
/// none or they are too many.
fn named_by_trigrams(
    database: &impl Database,
    index: &str,
    pattern: &str,
) -> Result<Option<Vec<i64>>, Failure> {
    let Some(query) = trigram_query(pattern) else {
        return Ok(None);
    };
    let most = database.bounds().trigram_rows;
    let mut parameters = Parameters::default();
    let query = parameters.bind(query);
    let limit = parameters.bind(most + 1);
    let statement = format!("SELECT rowid FROM {index} WHERE {index} MATCH {query} LIMIT {limit}");
    let mut rows = Vec::new();
    for row in database.run(&statement, parameters.values())? {
        rows.push(Columns::of(row).integer()?);
    }
    Ok(is_complete(&rows, most).then_some(rows))
}

/// The groups whose descriptions may match any of the patterns, beside those that are not indexed
/// yet; nothing if they are too many.
///
/// # Errors
/// When the database fails.
pub fn groups(database: &impl Database, patterns: &[String]) -> Result<Option<Vec<i64>>, Failure> {
    let mut groups = Vec::new();
    for pattern in patterns {
        match named_by_trigrams(database, "group_trigrams", pattern)? {
            Some(found) => groups.extend(found),
            None => return Ok(None),
        }
    }
    Ok(Some(groups))
}

/// What finds the trigrams of a pattern's fixed parts, if there are any.
fn trigram_query(pattern: &str) -> Option<String> {
    let mut trigrams = Vec::new();
    for part in pattern.split('*') {
        let letters: Vec<char> = part.chars().collect();
        for trigram in letters.windows(3) {
            let text: String = trigram.iter().collect();
            trigrams.push(format!("\"{}\"", text.replace('"', "\"\"")));
        }
    }
    // Spread over the pattern, as its parts differ in how rare they are.
    let step = trigrams.len().div_ceil(MAX_TRIGRAMS).max(1);
    let some: Vec<String> = trigrams.into_iter().step_by(step).collect();
    (!some.is_empty()).then(|| some.join(" AND "))
}

fn is_complete<T>(found: &[T], most: i64) -> bool {
    i64::try_from(found.len()).is_ok_and(|length| length <= most)
}

fn texts(
    database: &impl Database,
    statement: &str,
    parameters: &Parameters,
) -> Result<Vec<String>, Failure> {
    let rows = database.run(statement, parameters.values())?;
    rows.into_iter()
        .map(|row| Columns::of(row).text())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigrams_are_of_the_fixed_parts() {
        let check = |pattern: &str, expected: Option<&str>| {
            assert_eq!(trigram_query(pattern).as_deref(), expected, "{pattern}");
        };
        check("*abcd*", Some(r#""abc" AND "bcd""#));
        check("*ab*cd*", None);
        check("a\"b*äöü", Some(r#""a""b" AND "äöü""#));
        check("", None);
        let long = "abcdefghij".repeat(50);
        let query = trigram_query(&long).unwrap();
        assert!(query.matches(" AND ").count() < MAX_TRIGRAMS, "{query}");
    }
}

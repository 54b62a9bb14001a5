//! What the results of a span of time are about, page by page. What a gate makes of it is not known
//! here.

use crate::database::{Database, Failure};
use crate::row::{Columns, string_list};
use spin_sdk::sqlite::Value;

/// What some results are about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Type and item of each subject, the one with the newest result first, and again for each result.
    pub subjects: Vec<(String, String)>,
    /// How many results were looked at.
    pub results: u32,
    /// Submit time, in µs since the epoch, and id of the last of them, if older ones may be left.
    pub next: Option<(i64, u64)>,
}

/// Looks at up to `limit` results from the newest on, or from the one behind `after` on: index
/// entries of that span alone, each with its row.
///
/// # Errors
/// When the database fails.
pub fn find(
    database: &impl Database,
    since_us: i64,
    until_us: i64,
    after: Option<(i64, u64)>,
    limit: u32,
) -> Result<Found, Failure> {
    // Ids are below i64::MAX, so that this is in front of all results of the last microsecond.
    let (time, id) = match after {
        Some((time, id)) if time <= until_us => (time, i64::try_from(id).unwrap_or(i64::MAX)),
        _ => (until_us, i64::MAX),
    };
    let statement = "SELECT r.submit_time_us, r.id, r.data -> '$.type', r.data -> '$.item' \
         FROM results AS r WHERE r.submit_time_us >= ?1 AND (r.submit_time_us, r.id) < (?2, ?3) \
         ORDER BY r.submit_time_us DESC, r.id DESC LIMIT ?4";
    let parameters = [since_us, time, id, i64::from(limit)].map(Value::from);
    let mut found = Found::default();
    for row in database.run(statement, &parameters)? {
        let mut columns = Columns::of(row);
        found.next = Some((columns.integer()?, columns.id()?));
        found.results = found.results.saturating_add(1);
        let types = values(columns.optional_text()?)?;
        let items = values(columns.optional_text()?)?;
        for subject_type in &types {
            for item in &items {
                found.subjects.push((subject_type.clone(), item.clone()));
            }
        }
    }
    if found.results < limit {
        found.next = None;
    }
    Ok(found)
}

/// The values of a data key, none if a result does not have it.
fn values(text: Option<String>) -> Result<Vec<String>, Failure> {
    text.map_or(Ok(Vec::new()), |text| string_list(&text))
}

//! How much is stored.

use crate::database::{Database, Failure};
use crate::row::Columns;

/// How many results and waivers there are.
///
/// Ids start at 1, each is one more than the highest, a refused insert uses none up, and no row is
/// ever deleted: the highest id is the count, and finding it takes one step however many there are.
///
/// # Errors
/// When the database fails.
pub fn count(database: &impl Database) -> Result<[u64; 2], Failure> {
    let statement = "SELECT coalesce((SELECT max(id) FROM results), 0), \
         coalesce((SELECT max(id) FROM waivers), 0)";
    let row = database.run(statement, &[])?.into_iter().next();
    let mut columns = Columns::of(row.unwrap_or_default());
    Ok([columns.id()?, columns.id()?])
}

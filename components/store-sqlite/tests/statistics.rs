//! Counting costs the same however much is stored.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

mod embedded;

use embedded::Embedded;
use store_sqlite::statistics;

#[test]
fn counting_walks_no_table() {
    let database = Embedded::in_memory();
    database.plans();
    assert_eq!(statistics::count(&database).unwrap(), [0, 0]);
    let plans = database.plans();
    let searches = plans.iter().filter(|step| step.starts_with("SEARCH"));
    assert_eq!(searches.count(), 2, "{plans:#?}");
    assert!(
        !plans
            .iter()
            .any(|step| step.starts_with("SCAN results") || step.starts_with("SCAN waivers")),
        "{plans:#?}"
    );
}

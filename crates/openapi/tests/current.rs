//! What is served is what the code says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly, too"
)]

use std::path::Path;

/// Where the text is that `components/describe-api` serves.
const FILE: &str = "../../components/describe-api/openapi.json";

#[test]
fn the_served_document_is_current() {
    let made = openapi::text().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let served = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = made.lines().zip(served.lines()).position(|(a, b)| a != b);
    assert!(
        made == served,
        "openapi.json differs from line {:?} on: look at the change, then run \
         `UPDATE_OPENAPI=1 cargo test -p openapi`",
        differs.map(|line| line + 1)
    );
}

//! How far a search looks before it chooses another way. Every way gives the same answer; tests set
//! other bounds, so that small stores take each of them.

/// Bounds, all of them counts.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Rows of each condition that are counted before shapes are asked, in two steps.
    pub rare: [i64; 2],
    /// Rows that are counted when shapes don't help; fewer may be sorted for a page.
    pub few: i64,
    /// Values of one condition whose lists of results are merged; those of more are sorted.
    pub merged: usize,
    /// Shapes that a page may start from.
    pub page_shapes: usize,
    /// Results of a test case that are walked before its shapes are asked for the latest.
    pub walked: i64,
    /// Test cases that a pattern may stand for.
    pub test_cases: i64,
    /// Neighbours in the index that are tried for a pattern.
    pub neighbours: i64,
    /// Rows whose text is compared because they have the pattern's trigrams.
    pub trigram_rows: i64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rare: [50, 400],
            few: 3_000,
            merged: 32,
            page_shapes: 200,
            walked: 48,
            test_cases: 400,
            neighbours: 200,
            trigram_rows: 1_000,
        }
    }
}

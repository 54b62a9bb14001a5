//! The version that knows policy sets: what policies there were, and when each set was active.
//!
//! What is inserted into the view `new_policy_activations` is one row of `policy_activations` and,
//! the first time, the set itself: one statement.

/// Statements, in order. `documents` is a list of [path, text].
pub const STATEMENTS: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS policy_sets (
        id INTEGER PRIMARY KEY,
        revision TEXT NOT NULL UNIQUE,
        documents TEXT NOT NULL
    ) STRICT",
    "CREATE TABLE IF NOT EXISTS policy_activations (
        id INTEGER PRIMARY KEY,
        since_us INTEGER NOT NULL,
        revision TEXT NOT NULL
    ) STRICT",
    "CREATE INDEX IF NOT EXISTS policy_activations_by_time ON policy_activations (since_us)",
    "CREATE VIEW IF NOT EXISTS new_policy_activations (since_us, revision, documents) AS
        SELECT since_us, revision, '' FROM policy_activations WHERE false",
    // Of instances that start at the same moment one is first.
    "CREATE TRIGGER IF NOT EXISTS new_policy_activations_are_stored
    INSTEAD OF INSERT ON new_policy_activations BEGIN
        INSERT INTO policy_sets (revision, documents) SELECT NEW.revision, NEW.documents
        WHERE NOT EXISTS (SELECT 1 FROM policy_sets WHERE revision = NEW.revision);
        INSERT INTO policy_activations (since_us, revision) SELECT NEW.since_us, NEW.revision
        WHERE NEW.revision IS NOT
            (SELECT a.revision FROM policy_activations AS a ORDER BY a.id DESC LIMIT 1);
    END",
    "CREATE TRIGGER IF NOT EXISTS policy_sets_are_kept BEFORE DELETE ON policy_sets BEGIN
        SELECT raise(ABORT, 'policy sets are never deleted');
    END",
    "CREATE TRIGGER IF NOT EXISTS policy_sets_stay BEFORE UPDATE ON policy_sets BEGIN
        SELECT raise(ABORT, 'policy sets are never changed');
    END",
    "CREATE TRIGGER IF NOT EXISTS policy_activations_are_kept BEFORE DELETE ON policy_activations
    BEGIN
        SELECT raise(ABORT, 'activations of policies are never deleted');
    END",
    "CREATE TRIGGER IF NOT EXISTS policy_activations_stay BEFORE UPDATE ON policy_activations BEGIN
        SELECT raise(ABORT, 'activations of policies are never changed');
    END",
];

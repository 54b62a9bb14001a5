//! The version that knows the life of a waiver: limits, expiry, requests and what is decided about
//! them, withdrawal.
//!
//! A step is one insert. A trigger refuses those that the steps before don't allow, so that of two
//! at the same moment one is taken. This room does not know who may take which step, but that
//! nobody decides about an own request.

use endpoint::records::StepOutcome;

/// Statements, in order.
///
/// `scope` are the limits as JSON, the same text for the same limits, or nothing. A step's
/// `newest_waiver_id` says after which waivers an approval came, as clocks may go back.
pub const STATEMENTS: &[&str] = &[
    "ALTER TABLE waivers ADD COLUMN needs_approval INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE waivers ADD COLUMN expires_us INTEGER",
    "ALTER TABLE waivers ADD COLUMN scope TEXT",
    "ALTER TABLE waivers ADD COLUMN reason TEXT",
    "ALTER TABLE waivers ADD COLUMN link TEXT",
    "CREATE INDEX IF NOT EXISTS waivers_requested ON waivers
        (subject_identifier, testcase, subject_type, product_version) WHERE needs_approval = 1",
    "CREATE INDEX IF NOT EXISTS waivers_requested_by_time ON waivers (timestamp_us)
        WHERE needs_approval = 1",
    "CREATE TABLE IF NOT EXISTS waiver_steps (
        id INTEGER PRIMARY KEY,
        waiver_id INTEGER NOT NULL,
        action TEXT NOT NULL CHECK (action IN ('approved', 'denied', 'withdrawn')),
        username TEXT NOT NULL,
        proxied_by TEXT,
        comment TEXT NOT NULL,
        timestamp_us INTEGER NOT NULL,
        newest_waiver_id INTEGER NOT NULL
    ) STRICT",
    // One decision and one withdrawal, whatever the trigger below may come to.
    "CREATE UNIQUE INDEX IF NOT EXISTS waiver_steps_by_waiver ON waiver_steps
        (waiver_id, action = 'withdrawn')",
    "CREATE TRIGGER IF NOT EXISTS waiver_steps_are_allowed BEFORE INSERT ON waiver_steps BEGIN
        SELECT raise(ABORT, 'step refused: no such waiver')
        WHERE NOT EXISTS (SELECT 1 FROM waivers WHERE id = NEW.waiver_id);
        SELECT CASE s.action
            WHEN 'withdrawn' THEN raise(ABORT, 'step refused: withdrawn')
            WHEN 'denied' THEN raise(ABORT, 'step refused: denied')
        END FROM waiver_steps AS s WHERE s.waiver_id = NEW.waiver_id ORDER BY s.id DESC;
        SELECT CASE
            WHEN NEW.action <> 'withdrawn' AND w.needs_approval = 0
                THEN raise(ABORT, 'step refused: needs no approval')
            WHEN NEW.action <> 'withdrawn'
                AND EXISTS (SELECT 1 FROM waiver_steps WHERE waiver_id = NEW.waiver_id)
                THEN raise(ABORT, 'step refused: approved')
            WHEN w.expires_us <= NEW.timestamp_us
                THEN raise(ABORT, 'step refused: expired')
            WHEN NEW.action <> 'withdrawn' AND (NEW.username IN (w.username, w.proxied_by)
                OR NEW.proxied_by IN (w.username, w.proxied_by))
                THEN raise(ABORT, 'step refused: own request')
        END FROM waivers AS w WHERE w.id = NEW.waiver_id;
    END",
    "CREATE TRIGGER IF NOT EXISTS waiver_steps_are_kept BEFORE DELETE ON waiver_steps BEGIN
        SELECT raise(ABORT, 'steps of waivers are never deleted');
    END",
    "CREATE TRIGGER IF NOT EXISTS waiver_steps_stay BEFORE UPDATE ON waiver_steps BEGIN
        SELECT raise(ABORT, 'steps of waivers are never changed');
    END",
];

/// What SQLite says when the trigger refuses a step, and what it means.
const REFUSALS: [(&str, StepOutcome); 7] = [
    ("step refused: no such waiver", StepOutcome::NoSuchWaiver),
    ("step refused: withdrawn", StepOutcome::IsWithdrawn),
    ("step refused: denied", StepOutcome::IsDenied),
    (
        "step refused: needs no approval",
        StepOutcome::NeedsNoApproval,
    ),
    ("step refused: approved", StepOutcome::IsApproved),
    ("step refused: expired", StepOutcome::HasExpired),
    ("step refused: own request", StepOutcome::IsOwnRequest),
];

/// Why the trigger refused a step, if SQLite's text says that it did.
#[must_use]
pub fn refusal(text: &str) -> Option<StepOutcome> {
    let found = REFUSALS.iter().find(|(said, _)| text.contains(said));
    found.map(|(_, outcome)| *outcome)
}

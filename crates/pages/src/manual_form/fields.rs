//! The fields, in the order of the page. `crates/openapi` compares their limits with those of the JSON
//! body that says the same.

use crate::form::{Field, Kind};

/// The most characters of most names.
const MAX_NAME: usize = 255;

/// All fields.
pub const FIELDS: [Field; 9] = [
    Field {
        name: "type",
        label: "Item type",
        hint: "What kind of thing was tested, such as koji_build, bodhi_update or compose.",
        when_empty: Some("Write the type of the item."),
        max_chars: MAX_NAME,
        kind: Kind::Line,
    },
    Field {
        name: "item",
        label: "Item",
        hint: "Which one: for a build its name-version-release.",
        when_empty: Some("Write which item was tested."),
        max_chars: 1_000,
        kind: Kind::Line,
    },
    Field {
        name: "testcase",
        label: "Test case",
        hint: "The name of what was tried, such as desktop.browser.",
        when_empty: Some("Write the name of the test case."),
        max_chars: 2_048,
        kind: Kind::Line,
    },
    Field {
        name: "scenario",
        label: "Scenario (optional)",
        hint: "If the test case is tried in several ways, the one that was tried.",
        when_empty: None,
        max_chars: MAX_NAME,
        kind: Kind::Line,
    },
    Field {
        name: "system_architecture",
        label: "Architecture (optional)",
        hint: "The machine that it was tried on, such as x86_64.",
        when_empty: None,
        max_chars: MAX_NAME,
        kind: Kind::Line,
    },
    Field {
        name: "system_variant",
        label: "Variant (optional)",
        hint: "The variant of the product, such as Workstation.",
        when_empty: None,
        max_chars: MAX_NAME,
        kind: Kind::Line,
    },
    Field {
        name: "outcome",
        label: "Outcome",
        hint: "What came out.",
        when_empty: Some("Choose what came out."),
        max_chars: MAX_NAME,
        kind: Kind::Choice,
    },
    Field {
        name: "comment",
        label: "Comment",
        hint: "What you did and saw. It is kept for ever.",
        when_empty: Some("Write what you saw."),
        max_chars: 10_000,
        kind: Kind::Lines,
    },
    Field {
        name: "attachments",
        label: "Attachments (optional)",
        hint: "Links to logs, pictures and notes that are kept elsewhere, one on each line.",
        when_empty: None,
        max_chars: 2_000,
        kind: Kind::Links(20),
    },
];

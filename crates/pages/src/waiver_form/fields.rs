//! The fields, in the order of the page.

use crate::form::{Field, Kind};

/// The most characters of the texts that a waiver does not limit otherwise.
const MAX_TEXT: usize = 10_000;

/// All fields.
pub const FIELDS: [Field; 6] = [
    Field {
        name: "subject_type",
        label: "Subject type",
        hint: "What kind of thing was tested, such as koji_build, bodhi_update or compose.",
        when_empty: Some("Write the type of the subject."),
        max_chars: MAX_TEXT,
        kind: Kind::Line,
    },
    Field {
        name: "subject_identifier",
        label: "Subject",
        hint: "Which one: for a build its name-version-release.",
        when_empty: Some("Write which subject the waiver is for."),
        max_chars: MAX_TEXT,
        kind: Kind::Line,
    },
    Field {
        name: "testcase",
        label: "Test case",
        hint: "The test whose failed or missing result may be overlooked, such as dist.abicheck.",
        when_empty: Some("Write the name of the test case."),
        max_chars: MAX_TEXT,
        kind: Kind::Line,
    },
    Field {
        name: "scenario",
        label: "Scenario (optional)",
        hint: "Only if one scenario of the test is to be waived. Empty means all of them.",
        when_empty: None,
        max_chars: 255,
        kind: Kind::Line,
    },
    Field {
        name: "product_version",
        label: "Product version",
        hint: "The product that the subject goes into, such as fedora-40.",
        when_empty: Some("Write the product version."),
        max_chars: 200,
        kind: Kind::Line,
    },
    Field {
        name: "comment",
        label: "Reason",
        hint: "Why this may be overlooked. It is kept for ever; name the issue if there is one.",
        when_empty: Some("Write why the result may be overlooked."),
        max_chars: MAX_TEXT,
        kind: Kind::Lines,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Form;
    use http_edge::query::Query;

    fn form(query: &str) -> Form {
        Form::read(&FIELDS, &Query::parse(query))
    }

    #[test]
    fn texts_are_read_and_trimmed() {
        let form = form("testcase=+a%20b+&comment=%0D%0Ax%0D%0Ay&other=1&testcase=second");
        assert_eq!(form.text("testcase"), "a b");
        assert_eq!(form.text("comment"), "x\ny");
        assert_eq!((form.text("scenario"), form.text("other")), ("", ""));
    }

    #[test]
    fn mistakes_are_found() {
        let good = "subject_type=t&subject_identifier=i&testcase=c&product_version=p";
        let check = |query: &str, expected: &[&str]| {
            let mistakes = form(query).mistakes();
            let found: Vec<&str> = mistakes.iter().map(|mistake| mistake.field).collect();
            assert_eq!(found, expected, "{query}");
        };
        check(
            "",
            &[
                "subject_type",
                "subject_identifier",
                "testcase",
                "product_version",
                "comment",
            ],
        );
        check(&format!("{good}&comment=a%0Ab"), &[]);
        check(&format!("{good}&comment=+"), &["comment"]);
        check(&format!("{good}&comment=a%00"), &["comment"]);
        check(&format!("{good}&comment=c&scenario=a%0Ab"), &["scenario"]);
        for (name, most) in [("scenario", 255), ("comment", 10_000)] {
            let text = "\u{e4}".repeat(most);
            let rest = if name == "comment" { "" } else { "&comment=c" };
            check(&format!("{good}{rest}&{name}={text}"), &[]);
            check(&format!("{good}{rest}&{name}={text}x"), &[name]);
        }
    }
}

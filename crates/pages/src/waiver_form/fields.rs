//! The fields, in the order of the page, and the rules for what is filled in.

use http_edge::query::Query;

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in queries, in the form's body and in a waiver.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What to write into it.
    pub hint: &'static str,
    /// What to do when it is empty; `None` if it may be.
    pub when_empty: Option<&'static str>,
    /// The most characters.
    pub max_chars: usize,
    /// Whether it has several lines.
    pub is_long: bool,
}

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
        is_long: false,
    },
    Field {
        name: "subject_identifier",
        label: "Subject",
        hint: "Which one: for a build its name-version-release.",
        when_empty: Some("Write which subject the waiver is for."),
        max_chars: MAX_TEXT,
        is_long: false,
    },
    Field {
        name: "testcase",
        label: "Test case",
        hint: "The test whose failed or missing result may be overlooked, such as dist.abicheck.",
        when_empty: Some("Write the name of the test case."),
        max_chars: MAX_TEXT,
        is_long: false,
    },
    Field {
        name: "scenario",
        label: "Scenario (optional)",
        hint: "Only if one scenario of the test is to be waived. Empty means all of them.",
        when_empty: None,
        max_chars: 255,
        is_long: false,
    },
    Field {
        name: "product_version",
        label: "Product version",
        hint: "The product that the subject goes into, such as fedora-40.",
        when_empty: Some("Write the product version."),
        max_chars: 200,
        is_long: false,
    },
    Field {
        name: "comment",
        label: "Reason",
        hint: "Why this may be overlooked. It is kept for ever; name the issue if there is one.",
        when_empty: Some("Write why the result may be overlooked."),
        max_chars: MAX_TEXT,
        is_long: true,
    },
];

/// What is filled in, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form([String; FIELDS.len()]);

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field's name.
    pub field: &'static str,
    /// What to do about it.
    pub text: String,
}

impl Form {
    /// Reads a query or a form's body. Blanks around texts are dropped, other parameters ignored.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        Self(FIELDS.map(|field| {
            let text = query.first(field.name).unwrap_or_default();
            // Browsers send line ends of long fields in the form of mail.
            text.replace("\r\n", "\n").trim().to_owned()
        }))
    }

    /// What is in a field; empty for one that there is not.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let mut fields = self.filled();
        fields
            .find(|(field, _)| field.name == name)
            .map_or("", |(_, text)| text)
    }

    /// Each field with what is in it.
    pub fn filled(&self) -> impl Iterator<Item = (&'static Field, &str)> {
        FIELDS.iter().zip(self.0.iter().map(String::as_str))
    }

    /// What is wrong, in the order of the fields.
    #[must_use]
    pub fn mistakes(&self) -> Vec<Mistake> {
        let problem = |(field, text): (&'static Field, &str)| {
            let text = problem(field, text)?;
            Some(Mistake {
                field: field.name,
                text,
            })
        };
        self.filled().filter_map(problem).collect()
    }
}

fn problem(field: &Field, text: &str) -> Option<String> {
    if text.is_empty() {
        return field.when_empty.map(str::to_owned);
    }
    let is_allowed = |c: char| !c.is_control() || (field.is_long && matches!(c, '\n' | '\t'));
    if !text.chars().all(is_allowed) {
        return Some("Remove the control characters.".to_owned());
    }
    let length = text.chars().count();
    (length > field.max_chars).then(|| {
        format!(
            "Write at most {} characters; these are {length}.",
            field.max_chars
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> Form {
        Form::read(&Query::parse(query))
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

//! Fields, and the rules for what is filled in.

use http_edge::query::Query;

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in queries, in the form's body and in what is stored.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What to write into it.
    pub hint: &'static str,
    /// What to do when it is empty; `None` if it may be.
    pub when_empty: Option<&'static str>,
    /// The most characters; of links those of each.
    pub max_chars: usize,
    /// What may be in it.
    pub kind: Kind,
}

/// What may be in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// One of the form's choices.
    Choice,
    /// So many links at most, each on a line of its own.
    Links(usize),
}

/// Fields and what is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    fields: &'static [Field],
    texts: Vec<String>,
    choices: Vec<String>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field's name.
    pub field: &'static str,
    /// What to do about it.
    pub text: String,
}

impl Form {
    /// With nothing in its fields.
    #[must_use]
    pub fn empty(fields: &'static [Field]) -> Self {
        Self::read(fields, &Query::default())
    }

    /// Reads a query or a form's body. Blanks around texts are dropped, other parameters ignored.
    #[must_use]
    pub fn read(fields: &'static [Field], query: &Query) -> Self {
        let text = |field: &Field| {
            let text = query.first(field.name).unwrap_or_default();
            // Browsers send line ends of long fields in the form of mail.
            text.replace("\r\n", "\n").trim().to_owned()
        };
        Self {
            fields,
            texts: fields.iter().map(text).collect(),
            choices: Vec::new(),
        }
    }

    /// With these to choose from.
    #[must_use]
    pub fn with_choices(self, choices: &[String]) -> Self {
        Self {
            choices: choices.to_vec(),
            ..self
        }
    }

    /// What there is to choose from.
    #[must_use]
    pub fn choices(&self) -> &[String] {
        &self.choices
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
        self.fields
            .iter()
            .zip(self.texts.iter().map(String::as_str))
    }

    /// What is wrong, in the order of the fields.
    #[must_use]
    pub fn mistakes(&self) -> Vec<Mistake> {
        let problem = |(field, text): (&'static Field, &str)| {
            let text = self.problem(field, text)?;
            Some(Mistake {
                field: field.name,
                text,
            })
        };
        self.filled().filter_map(problem).collect()
    }

    fn problem(&self, field: &Field, text: &str) -> Option<String> {
        if text.is_empty() {
            return field.when_empty.map(str::to_owned);
        }
        match field.kind {
            Kind::Line => line_problem(field, text, |c| !c.is_control()),
            Kind::Lines => {
                let is_allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
                line_problem(field, text, is_allowed)
            }
            Kind::Choice => {
                let is_known = self.choices.iter().any(|choice| choice == text);
                (!is_known).then(|| format!("Choose one of: {}.", self.choices.join(", ")))
            }
            Kind::Links(most) => links_problem(field, text, most),
        }
    }
}

impl Field {
    /// The lines of a text that have something in them, such as links.
    pub fn lines(text: &str) -> impl Iterator<Item = &str> {
        text.lines().map(str::trim).filter(|line| !line.is_empty())
    }
}

fn line_problem(field: &Field, text: &str, is_allowed: impl Fn(char) -> bool) -> Option<String> {
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

fn links_problem(field: &Field, text: &str, most: usize) -> Option<String> {
    let count = Field::lines(text).count();
    if count > most {
        return Some(format!("Write at most {most} links; these are {count}."));
    }
    let is_link = |link: &str| {
        (link.starts_with("https://") || link.starts_with("http://"))
            && !link.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if !Field::lines(text).all(is_link) {
        let text = "Write one link on each line; a link begins with https:// or http://.";
        return Some(text.to_owned());
    }
    Field::lines(text).find_map(|link| line_problem(field, link, |_| true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn field(name: &'static str, when_empty: Option<&'static str>, kind: Kind) -> Field {
        Field {
            name,
            label: "",
            hint: "",
            when_empty,
            max_chars: 12,
            kind,
        }
    }

    const FIELDS: [Field; 4] = [
        field("line", Some("Write it."), Kind::Line),
        field("lines", None, Kind::Lines),
        field("choice", None, Kind::Choice),
        field("links", None, Kind::Links(2)),
    ];

    fn form(query: &str) -> Form {
        Form::read(&FIELDS, &Query::parse(query)).with_choices(&["A".to_owned(), "B".to_owned()])
    }

    #[test]
    fn texts_are_read_and_trimmed() {
        let form = form("line=+a%20b+&lines=%0D%0Ax%0D%0Ay&other=1&line=second");
        assert_eq!(form.text("line"), "a b");
        assert_eq!(form.text("lines"), "x\ny");
        assert_eq!((form.text("links"), form.text("other")), ("", ""));
        assert_eq!(Form::empty(&FIELDS).text("line"), "");
    }

    #[test]
    fn mistakes_are_found() {
        let check = |query: &str, expected: &[&str]| {
            let mistakes = form(query).mistakes();
            let found: Vec<&str> = mistakes.iter().map(|mistake| mistake.field).collect();
            assert_eq!(found, expected, "{query}");
        };
        let check_one = |query: &str, is_good: bool| {
            let name = query.split('=').next().unwrap_or_default();
            let expected: &[&str] = if is_good { &[] } else { &[name] };
            check(&format!("line=a&{query}"), expected);
        };
        check("", &["line"]);
        check("line=+&choice=C", &["line", "choice"]);
        check("line=a%0Ab", &["line"]);
        check(&format!("line={}", "\u{e4}".repeat(12)), &[]);
        check(&format!("line={}x", "\u{e4}".repeat(12)), &["line"]);
        check_one("lines=a%0Ab%09c", true);
        check_one("lines=a%00", false);
        check_one("choice=B", true);
        check_one("choice=b", false);
        check_one("links=+http://a+%0D%0A%0D%0Ahttps://b", true);
        check_one("links=https://abcd", true);
        check_one("links=https://abcde", false);
        check_one("links=http://a%0Ahttp://b%0Ahttp://c", false);
        for wrong in ["ftp://a", "http://a http://b", "javascript:x", "a"] {
            check_one(&format!("links={wrong}"), false);
        }
    }
}

//! Who may waive, as a page.

use crate::frame::page as frame;
use http_edge::Reply;
use maud::{Markup, html};

/// Where the application begins, seen from `/api/v1.0/permissions`.
const TOP: &str = "../../";

/// One entry.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it is for; may be empty.
    pub description: &'a str,
    /// Whom to ask about it.
    pub maintainers: &'a [String],
    /// Patterns of its test cases.
    pub testcases: &'a [String],
    /// Patterns of test cases that it is not about.
    pub testcases_ignore: &'a [String],
    /// The regular expression of its test cases, in the older form.
    pub regex: Option<&'a str>,
    /// Users who may.
    pub users: &'a [String],
    /// Groups whose members may.
    pub groups: &'a [String],
}

/// The page: the entries about `testcase`, or all; `is_open` if there are none at all, so that
/// everybody may waive.
#[must_use]
pub fn page(testcase: Option<&str>, rows: &[Row<'_>], is_open: bool) -> Reply {
    let content = html! {
        h1 { "Who may waive" @if let Some(name) = testcase { " " (name) } }
        @if is_open {
            p { "Everybody who says a name may waive results of every test case." }
        } @else if rows.is_empty() {
            p { "Nobody may waive results of this test case." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Permissions" { (table(rows)) }
        }
    };
    frame(200, "Who may waive", TOP, &content)
}

fn table(rows: &[Row<'_>]) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Name" }
                    th scope="col" { "Test cases" }
                    th scope="col" { "Who may" }
                    th scope="col" { "Maintainers" }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        td { (row.name) @if !row.description.is_empty() { p.hint { (row.description) } } }
                        td { (test_cases(row)) }
                        td { (people(row)) }
                        td { (list(row.maintainers)) }
                    }
                }
            }
        }
    }
}

fn test_cases(row: &Row<'_>) -> Markup {
    html! {
        ul {
            @if let Some(regex) = row.regex { li { code { "/" (regex) "/" } } }
            @for pattern in row.testcases { li { code { (pattern) } } }
            @for pattern in row.testcases_ignore { li { "not " code { (pattern) } } }
        }
    }
}

fn people(row: &Row<'_>) -> Markup {
    html! {
        ul {
            @for user in row.users {
                li { @if user == "*" { "everybody" } @else { (user) } }
            }
            @for group in row.groups { li { "group " (group) } }
        }
    }
}

fn list(texts: &[String]) -> Markup {
    html! { ul { @for text in texts { li { (text) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let evil = "<script>\"&'".to_owned();
        let texts = std::slice::from_ref(&evil);
        let row = Row {
            name: &evil,
            description: &evil,
            maintainers: texts,
            testcases: texts,
            testcases_ignore: texts,
            regex: Some(&evil),
            users: texts,
            groups: texts,
        };
        let page = page(Some(&evil), &[row], false);
        let page = String::from_utf8(page.body).unwrap();
        assert!(!page.contains("<script>"), "{page}");
        assert_eq!(page.matches("&lt;script&gt;").count(), 9, "{page}");
    }
}

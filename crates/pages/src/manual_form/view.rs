//! The pages: the form with or without mistakes, and what is said when it has been sent.

use crate::form::{About, Field, Form, Kind, Notice, filled_in, form_page};
use crate::page;
use http_edge::Reply;
use http_edge::query::encode_parameter;
use maud::{Markup, html};

/// Where the application begins, seen from `/api/v1/manual-results`.
const TOP: &str = "../../";

/// Where the form is, seen from itself.
const FORM: &str = "manual-results";

/// The form, as the page that answers with `status`; `caller` is who records.
#[must_use]
pub fn form(status: u16, caller: &str, form: &Form, notice: &Notice) -> Reply {
    let testcase = form.text("testcase");
    let about = About {
        title: "Record a manual result",
        problem: "Problem: record a manual result",
        top: TOP,
        action: FORM,
        button: "Record",
        introduction: html! {
            "What you found out by hand counts like the result of any test. It is stored with your name, "
            strong { (caller) } ", and the time, and can't be changed afterwards; a newer result of the "
            "same test case takes its place."
        },
        denied: "You may not record results of this test case",
        permissions: (
            format!("../v3/permissions?testcase={}", encode_parameter(testcase)),
            format!("See who may submit results of {testcase}"),
        ),
    };
    form_page(status, &about, form, notice)
}

/// A result that has been stored, as far as the page shows it.
pub struct Recorded<'a> {
    /// Its id.
    pub id: u64,
    /// Who recorded it.
    pub user: &'a str,
    /// When, as the result says it.
    pub time: &'a str,
    /// What was filled in.
    pub form: &'a Form,
}

/// The page that says that a result has been stored.
#[must_use]
pub fn recorded(recorded: &Recorded<'_>) -> Reply {
    let Recorded {
        id,
        user,
        time,
        form,
    } = recorded;
    let parameter = |name| format!("{name}={}", encode_parameter(form.text(name)));
    let next = ["type", "item"].map(parameter).join("&");
    let content = html! {
        h1 { "The result is recorded" }
        div.box.good role="status" {
            p {
                "Result " a #result href={ "../v2.0/results/" (id) } { (id) } " is stored. "
                "Gates count it from now on."
            }
        }
        dl {
            (filled_in(form, value))
            dt { "Recorded by" }
            dd { (user) }
            dt { "Recorded at" }
            dd { (time) " UTC" }
        }
        p { a #next href={ (FORM) "?" (next) } { "Record another result of this item" } }
    };
    page(201, "The result is recorded", TOP, &content)
}

/// What was filled in; links lead there.
fn value(field: &Field, text: &str) -> Markup {
    match field.kind {
        Kind::Links(_) => html! {
            @for link in Field::lines(text) {
                div { a href=(link) rel="nofollow noreferrer" { (link) } }
            }
        },
        Kind::Line | Kind::Lines | Kind::Choice => html! { (text) },
    }
}

#[cfg(test)]
mod tests {
    use super::super::FIELDS;
    use super::*;
    use crate::form::Mistake;
    use http_edge::query::Query;

    const EVIL: &str = "https://\"><script>alert('&')</script></textarea></select>";

    fn text(reply: Reply) -> String {
        String::from_utf8(reply.body).unwrap()
    }

    fn filled(value: &str) -> Form {
        let value = encode_parameter(value);
        let names = FIELDS.map(|field| format!("{}={value}", field.name));
        Form::read(&FIELDS, &Query::parse(&names.join("&"))).with_choices(&[EVIL.to_owned()])
    }

    #[test]
    fn no_text_becomes_markup() {
        let form = filled(EVIL);
        let mistakes = vec![Mistake {
            field: "comment",
            text: EVIL.into(),
        }];
        for page in [
            super::form(200, EVIL, &form, &Notice::None),
            super::form(400, EVIL, &form, &Notice::Mistakes(mistakes)),
            super::form(403, EVIL, &form, &Notice::Denied(EVIL.into())),
            super::form(403, EVIL, &form, &Notice::Refused(EVIL.into())),
            recorded(&Recorded {
                id: 1,
                user: EVIL,
                time: EVIL,
                form: &form,
            }),
        ] {
            let page = text(page);
            assert!(
                !page.contains("<script") && !page.contains("alert('&'"),
                "{page}"
            );
            assert!(page.contains("&lt;script&gt;"), "{page}");
            for element in ["textarea", "select"] {
                assert_eq!(
                    page.matches(&format!("</{element}>")).count(),
                    page.matches(&format!("<{element} ")).count()
                );
            }
        }
    }

    #[test]
    fn what_was_chosen_stays_chosen() {
        let form = Form::read(&FIELDS, &Query::parse("outcome=FAILED"))
            .with_choices(&["PASSED".to_owned(), "FAILED".to_owned()]);
        let page = text(super::form(200, "ann", &form, &Notice::None));
        assert!(
            page.contains("<option value=\"\">Please choose</option>"),
            "{page}"
        );
        assert!(page.contains("<option value=\"PASSED\">"), "{page}");
        assert!(
            page.contains("<option value=\"FAILED\" selected>"),
            "{page}"
        );
    }
}

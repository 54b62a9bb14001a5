//! The pages: the form with or without mistakes, and what is said when it has been sent.

use crate::form::{About, Field, Form, Notice, filled_in, form_page};
use crate::page;
use http_edge::Reply;
use http_edge::query::encode_parameter;
use maud::html;

/// Where the application begins, seen from `/api/v1.0/waivers/new`.
const TOP: &str = "../../../";

/// The form, as the page that answers with `status`; `caller` is who signs the waiver.
#[must_use]
pub fn form(status: u16, caller: &str, form: &Form, notice: &Notice) -> Reply {
    let testcase = form.text("testcase");
    let encoded = encode_parameter(testcase);
    let about = About {
        title: "Waive a result",
        problem: "Problem: waive a result",
        top: TOP,
        action: "new",
        button: "Waive",
        introduction: html! {
            "A waiver lets a build pass a gate although a test has failed or is missing. "
            "It is stored with your name, " strong { (caller) } ", and can't be changed afterwards, "
            "only withdrawn by another one."
        },
        denied: "You may not waive this test case",
        permissions: (
            format!("../permissions?testcase={encoded}&html=on"),
            format!("See who may waive {testcase}"),
        ),
    };
    form_page(status, &about, form, notice)
}

/// A waiver that has been stored, as far as the page shows it.
pub struct Created<'a> {
    /// Its id.
    pub id: u64,
    /// The subject's type as stored, which for some differs from what was filled in.
    pub subject_type: &'a str,
    /// Who signed it.
    pub username: &'a str,
    /// What was filled in.
    pub form: &'a Form,
}

/// The page that says that a waiver has been stored.
#[must_use]
pub fn created(created: &Created<'_>) -> Reply {
    let Created {
        id,
        subject_type,
        username,
        form,
    } = created;
    let stored = |field: &Field, text: &str| match field.name {
        "subject_type" => html! { (subject_type) },
        _ => html! { (text) },
    };
    let content = html! {
        h1 { "The result is waived" }
        div.box.good role="status" {
            p { "Waiver " a #waiver href=(id) { (id) } " is stored. Gates count it from now on." }
        }
        dl {
            (filled_in(form, stored))
            dt { "Waived by" }
            dd { (username) }
        }
        p { a href="new" { "Waive another result" } }
    };
    page(201, "The result is waived", TOP, &content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Mistake;
    use http_edge::query::Query;

    const EVIL: &str = "\"><script>alert('&')</script></textarea>";

    fn text(reply: Reply) -> String {
        String::from_utf8(reply.body).unwrap()
    }

    fn filled(value: &str) -> Form {
        let value = encode_parameter(value);
        let names = super::super::FIELDS.map(|field| format!("{}={value}", field.name));
        Form::read(&super::super::FIELDS, &Query::parse(&names.join("&")))
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
            created(&Created {
                id: 1,
                subject_type: EVIL,
                username: EVIL,
                form: &form,
            }),
        ] {
            let page = text(page);
            assert!(
                !page.contains("<script") && !page.contains("alert('&'"),
                "{page}"
            );
            assert!(page.contains("&lt;script&gt;"), "{page}");
            assert_eq!(
                page.matches("</textarea>").count(),
                page.matches("<textarea").count()
            );
        }
    }

    #[test]
    fn a_mistake_is_told_above_and_at_its_field() {
        let mistakes = vec![Mistake {
            field: "testcase",
            text: "Write it.".into(),
        }];
        let page = text(super::form(
            400,
            "joe",
            &filled("x"),
            &Notice::Mistakes(mistakes),
        ));
        for part in [
            "<a href=\"#testcase\">Write it.</a>",
            "<p class=\"mistake\" id=\"testcase-mistake\">Write it.</p>",
            "value=\"x\" aria-describedby=\"testcase-hint testcase-mistake\" aria-invalid=\"true\"",
            "value=\"x\" aria-describedby=\"scenario-hint\" autocapitalize",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
}

//! How forms are shown. A mistake is named twice, above the form with a link to its field and at the
//! field itself. The box above has the focus when the page opens, so that a screen reader begins with it.

use super::fields::{Field, Form, Kind, Mistake};
use crate::page;
use http_edge::Reply;
use maud::{Markup, html};

/// What is said above the form.
pub enum Notice {
    /// Nothing: an empty or filled form.
    None,
    /// These mistakes are to be mended.
    Mistakes(Vec<Mistake>),
    /// The caller may not do this to the test case, says the text. Before the form was sent this is a
    /// warning.
    Denied(String),
    /// The form can't be taken as it was sent, says the text.
    Refused(String),
}

/// The words and links of a form's page.
pub(crate) struct About<'a> {
    /// What the form is for.
    pub title: &'a str,
    /// The window's title when there is something to mend.
    pub problem: &'a str,
    /// Where the application begins, seen from the form.
    pub top: &'a str,
    /// Where the form is sent, seen from itself.
    pub action: &'a str,
    /// What the button says.
    pub button: &'a str,
    /// What follows the title.
    pub introduction: Markup,
    /// The title of [`Notice::Denied`].
    pub denied: &'a str,
    /// The link to who may, and its text.
    pub permissions: (String, String),
}

/// The form, as the page that answers with `status`.
pub(crate) fn form_page(status: u16, about: &About<'_>, form: &Form, notice: &Notice) -> Reply {
    let mistakes = match notice {
        Notice::Mistakes(mistakes) => mistakes.as_slice(),
        _ => &[],
    };
    let title = match notice {
        Notice::None => about.title,
        _ => about.problem,
    };
    let content = html! {
        h1 { (about.title) }
        (notice_box(about, notice))
        p { (about.introduction) }
        form method="post" action=(about.action) novalidate {
            @for (field, text) in form.filled() {
                (input(form, field, text, mistakes))
            }
            button type="submit" { (about.button) }
        }
    };
    page(status, title, about.top, &content)
}

/// The fields that have something in them, for a list of what has been stored.
pub(crate) fn filled_in(form: &Form, value: impl Fn(&Field, &str) -> Markup) -> Markup {
    html! {
        @for (field, text) in form.filled().filter(|(_, text)| !text.is_empty()) {
            dt { (field.label.trim_end_matches(" (optional)")) }
            dd { (value(field, text)) }
        }
    }
}

fn notice_box(about: &About<'_>, notice: &Notice) -> Markup {
    match notice {
        Notice::None => html! {},
        Notice::Mistakes(mistakes) => mistakes_box(mistakes),
        Notice::Denied(text) => {
            let (link, link_text) = &about.permissions;
            let content = html! {
                p { (text) "." }
                p { a href=(link) { (link_text) } }
            };
            problem_box(about.denied, &content)
        }
        Notice::Refused(text) => problem_box("The form was not taken", &html! { p { (text) } }),
    }
}

fn mistakes_box(mistakes: &[Mistake]) -> Markup {
    let list = html! {
        ul {
            @for mistake in mistakes {
                li { a href={ "#" (mistake.field) } { (mistake.text) } }
            }
        }
    };
    problem_box("Please mend this first", &list)
}

fn problem_box(title: &str, content: &Markup) -> Markup {
    html! {
        div.box.bad #notice role="alert" aria-labelledby="problem" tabindex="-1" autofocus {
            h2 #problem { (title) }
            (content)
        }
    }
}

fn input(form: &Form, field: &Field, text: &str, mistakes: &[Mistake]) -> Markup {
    let name = field.name;
    let hint = format!("{name}-hint");
    let mistake_id = format!("{name}-mistake");
    let mistake = mistakes.iter().find(|mistake| mistake.field == name);
    let described_by = match mistake {
        Some(_) => format!("{hint} {mistake_id}"),
        None => hint.clone(),
    };
    let invalid = mistake.map(|_| "true");
    let is_required = field.when_empty.is_some();
    html! {
        div.field {
            label for=(name) { (field.label) }
            p.hint id=(hint) { (field.hint) }
            @if let Some(mistake) = mistake {
                p.mistake id=(mistake_id) { (mistake.text) }
            }
            @match field.kind {
                // A browser drops the first line end of a text area.
                Kind::Lines | Kind::Links(_) => {
                    textarea id=(name) name=(name) rows="4" aria-describedby=(described_by)
                        aria-invalid=[invalid] required[is_required] { "\n" (text) }
                }
                Kind::Line => {
                    input type="text" id=(name) name=(name) value=(text)
                        aria-describedby=(described_by) aria-invalid=[invalid]
                        required[is_required] autocapitalize="off" spellcheck="false";
                }
                Kind::Choice => {
                    select id=(name) name=(name) aria-describedby=(described_by)
                        aria-invalid=[invalid] required[is_required] {
                        option value="" { "Please choose" }
                        @for choice in form.choices() {
                            option value=(choice) selected[choice == text] { (choice) }
                        }
                    }
                }
            }
        }
    }
}

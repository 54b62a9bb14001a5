//! How fields are shown. A mistake is named twice, above the form with a link to its field and at the
//! field itself. The box above has the focus when the page opens, so that a screen reader begins with it.

use super::fields::{Field, Form, Kind, Mistake};
use maud::{Markup, html};

/// The fields, each with its label, its hint and what is wrong with it.
pub(crate) fn inputs(form: &Form, mistakes: &[Mistake]) -> Markup {
    html! {
        @for (field, text) in form.filled() {
            (input(form, field, text, mistakes))
        }
    }
}

/// The box above a form with mistakes.
pub(crate) fn mistakes_box(mistakes: &[Mistake]) -> Markup {
    let list = html! {
        ul {
            @for mistake in mistakes {
                li { a href={ "#" (mistake.field) } { (mistake.text) } }
            }
        }
    };
    problem_box("Please mend this first", &list)
}

/// The box above a form that is not taken.
pub(crate) fn problem_box(title: &str, content: &Markup) -> Markup {
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

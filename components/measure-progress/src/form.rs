//! In which form an answer is wanted: what the parameter `format` says, or else what is accepted.

use http_edge::query::Query;
use http_edge::validation::Mistakes;
use http_edge::{Request, Result};

/// What says it, for those who can't choose their headers, such as images of a page.
pub const PARAMETER: &str = "format";

/// A form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For machines.
    Json,
    /// For people.
    Page,
    /// An image, for pages of others.
    Badge,
}

/// The forms with their values of the parameter and their media types.
const FORMS: [(Form, &str, &str); 3] = [
    (Form::Json, "json", "application/json"),
    (Form::Page, "html", "text/html"),
    (Form::Badge, "svg", "image/svg+xml"),
];

impl Form {
    /// The form that a request asks for; JSON if it names none.
    ///
    /// # Errors
    /// 400 if the parameter names another.
    pub fn of(request: &Request, query: &Query) -> Result<Self> {
        let Some(asked) = query.first(PARAMETER) else {
            // Who shows a page accepts images, too.
            let order = [Form::Page, Form::Badge];
            let mut forms = order.iter().filter_map(|form| {
                let (_, _, media_type) = FORMS.iter().find(|(known, ..)| known == form)?;
                request.accepts(media_type).then_some(*form)
            });
            return Ok(forms.next().unwrap_or(Form::Json));
        };
        let found = FORMS.iter().find(|(_, name, _)| *name == asked);
        if let Some((form, ..)) = found {
            return Ok(*form);
        }
        let mut mistakes = Mistakes::default();
        let names = FORMS.map(|(_, name, _)| name).join(", ");
        mistakes.add_value_error(&[PARAMETER], asked, &format!("has to be one of: {names}"));
        mistakes.check().map(|()| Form::Json)
    }
}

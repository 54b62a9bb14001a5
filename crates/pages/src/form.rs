//! What forms have in common: fields with rules, what is filled in, what is wrong with it, and how both
//! are shown. It does not know what a form is for.

mod fields;
mod view;

pub use fields::{Field, Form, Kind, Mistake};
pub use view::Notice;
pub(crate) use view::{About, filled_in, form_page};

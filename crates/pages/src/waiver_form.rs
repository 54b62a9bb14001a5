//! The form for a new waiver: its fields, what may be wrong with them, and the pages around it.

mod fields;
mod view;

pub use fields::{FIELDS, Field, Form, Mistake};
pub use view::{Created, Notice, created, form};

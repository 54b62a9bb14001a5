//! The form for a new waiver: its fields and the pages around it.

mod fields;
mod view;

pub use crate::form::Notice;
pub use fields::FIELDS;
pub use view::{Created, created, form};

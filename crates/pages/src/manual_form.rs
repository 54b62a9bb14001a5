//! The form for what a person found out by hand: its fields and the pages around it.

mod fields;
mod view;

pub use crate::form::Notice;
pub use fields::FIELDS;
pub use view::{Recorded, form, recorded};

//! The form for what a person found out by hand: its fields and the pages around it.

mod fields;
mod view;

pub use fields::FIELDS;
pub use view::{Notice, Recorded, form, recorded};

//! HTML pages for people: their common frame, and what is in them.
//!
//! Pure: values in, an answer out. `maud` escapes every value, so that no text of a user becomes
//! markup. Pages need no script and load nothing but their icon. This room knows neither the store
//! nor who may do what.

pub mod explanation;
pub mod form;
mod frame;
pub mod manual_form;
pub mod permissions;
pub mod progress;
pub mod waiver_form;

pub use frame::page;
